// One HTTP exchange with a service over undici's dispatch: the whole answer as text within a deadline. Measured in performance.md: this is
// where a stock gateway spends a third of its time, and dispatch costs 0.39 of it (no fetch, no streams, no signals).
import type { Dispatcher } from 'undici';

export interface Exchanged {
  readonly status: number;
  readonly statements: string | undefined;
  readonly text: string;
}

/** Why an exchange failed; `sent` = the service may have begun to work on it. */
export class ExchangeFailed extends Error {
  readonly reason: 'timeout' | 'connection' | 'protocol';
  readonly sent: boolean;
  constructor(reason: 'timeout' | 'connection' | 'protocol', sent: boolean, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.sent = sent;
  }
}

export interface ExchangeRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly deadlineMs: number;
}

const MAX_ANSWER_BYTES = 32 * 1_048_576;
/** A timer that comes later than this was held up by this process (a new supergraph is built in one piece). */
const HELD_UP_MS = 50;

/** Posts `body`; rejects with ExchangeFailed. */
export function exchange(pool: Dispatcher, request: ExchangeRequest): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let done = false;
    let status = 0;
    let statements: string | undefined;
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (): boolean => {
      if (done) return false;
      done = true;
      clearTimeout(timer);
      return true;
    };
    const fail = (reason: 'timeout' | 'connection' | 'protocol', cause?: unknown): void => {
      if (!settle()) return;
      const failure = new ExchangeFailed(reason, controller !== undefined, cause);
      controller?.abort(failure);
      reject(failure);
    };
    const due = performance.now() + request.deadlineMs;
    let timer = setTimeout(() => {
      // So was the answer, which may lie in the socket already: it gets the lost time back, once.
      const lost = performance.now() - due;
      if (lost < HELD_UP_MS) fail('timeout');
      else timer = setTimeout(fail, lost, 'timeout');
    }, request.deadlineMs);

    pool.dispatch(
      {
        path: request.path,
        method: 'POST',
        headers: request.headers,
        body: request.body,
        headersTimeout: 0, // the deadline above covers waiting for a connection, headers and body
        bodyTimeout: 0,
      },
      {
        onRequestStart(own) {
          controller = own;
          if (done) own.abort(new ExchangeFailed('timeout', false)); // gave up while it waited for a connection
        },
        onResponseStart(_controller, code, headers) {
          status = code;
          const counted = headers['x-statements'];
          statements = typeof counted === 'string' ? counted : undefined;
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) fail('protocol');
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (settle())
            resolve({ status, statements, text: chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks, size).toString() });
        },
        onResponseError(_controller, error) {
          fail('connection', error);
        },
      },
    );
  });
}
