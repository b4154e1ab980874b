// The frame of a command: its failure is one sentence where it can be, its exit code tells.
import { report } from './sentence.ts';

export async function command(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect(); // the channel to boot.mjs would keep the process alive
}

/** Calls `stop` once when the user, the system or the end of boot.mjs asks for it; a second Ctrl-C does not interrupt the orderly stop. */
export function onStop(stop: (why: string) => void): void {
  let asked = false;
  const once = (why: string) => {
    if (asked) return;
    asked = true;
    stop(why);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => once(signal));
  if (process.connected) process.on('disconnect', () => once('parent gone'));
}
