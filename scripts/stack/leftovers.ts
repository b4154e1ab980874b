// What a stack that was killed with everything around it has left running in its folder is ended before anything else is done there.
import { join } from 'node:path';
import { readJson } from './files.ts';
import { end, type Identity } from './pids.ts';

export async function endLeftovers(dir: string): Promise<void> {
  const left = Object.values(readJson<Record<string, Identity>>(join(dir, 'processes.json')) ?? {});
  await Promise.all(
    left.map((identity) =>
      end(identity, [
        [identity.command.includes('postgres') ? 'SIGINT' : 'SIGTERM', 5_000],
        ['SIGKILL', 5_000],
      ]),
    ),
  );
}
