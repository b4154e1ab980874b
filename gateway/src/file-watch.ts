// Notices that files changed by asking for their state twice a second. The kernel's notifications would miss what matters here: a rename over
// the file, the `..data` link that Kubernetes turns under a mounted ConfigMap, and network file systems.
import { stat } from 'node:fs/promises';

const LOOK_EVERY_MS = 500;

/**
 * Calls `changed` when the files have been quiet for one look after a change, so that files that belong together are seen together, and once in the
 * beginning, so that what changed before the first look is not missed. `again` makes it call once more: who looked in between may have seen
 * a state that came and went between two looks.
 */
export function watchFiles(files: readonly string[], changed: () => void): { again(): void; close(): void } {
  let restless = true;
  let before: string | undefined;
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    const now = (await Promise.all(files.map(stateOf))).join();
    looking = false;
    if (now !== before) restless = true;
    else if (restless) {
      restless = false;
      changed();
    }
    before = now;
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    again: () => {
      restless = true;
    },
    close: () => clearInterval(timer),
  };
}

async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [dev, ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return 'absent';
  }
}
