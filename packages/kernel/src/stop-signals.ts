// When a process must go: SIGTERM, SIGINT, or (EXIT_WITH_PARENT) the end of the parent that started it.

/** Calls `stop` for each of them; `stop` has to bear being called twice. */
export function onStopSignals(withParent: boolean, stop: (why: string) => unknown): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  if (!withParent) return;
  const gone = () => stop('parent gone');
  if (process.connected) process.on('disconnect', gone);
  else process.stdin.on('end', gone).on('error', gone).resume();
}
