// Structured logs, one JSON object a line. Personal data never belongs here: log ids, names of operations, counts and codes.
import { type Logger, pino } from 'pino';

export type Log = Logger;

/** A logger for one process; an error's message and stack are kept, its SQL parameters and detail are not. */
export function createLog(name: string, level = 'info'): Log {
  return pino({
    name,
    level,
    base: { service: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: safeError },
  });
}

/** What may be logged of an error: Postgres puts row values into `detail` and into some messages, so those are dropped. */
export function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, table } = error as { code?: string; constraint?: string; table?: string };
  const fromDatabase = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  return {
    type: error.name,
    message: fromDatabase ? `database error ${code}` : error.message.slice(0, 500),
    code,
    constraint,
    table,
    stack: error.stack?.split('\n').slice(1, 12).join('\n'),
  };
}
