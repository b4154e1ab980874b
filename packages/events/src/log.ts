// Where the SDK says what happens: ids, topics and counts, never payloads.

/** Receives one line of the SDK's log. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** JSON lines on standard error, from `info` on. */
export const logToStderr: Log = (level, message, fields) => {
  if (level !== 'debug') process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), message, ...fields })}\n`);
};
