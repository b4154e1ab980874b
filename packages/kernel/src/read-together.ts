// Reads that one request asks for in the same turn travel together: one connection, one packet, answers in order. Sending a packet to Postgres is what
// a read costs most in a service (two fifths of its CPU at the load of Customer 360), and the seven reads of a customer need one, not seven. They
// follow one another there, so this is for reads that are short; each is still a statement of its own, and one that fails fails alone.
import type { Socket } from 'node:net';
import type pg from 'pg';

const MAX_TOGETHER = 16;

export type Read = (statement: pg.QueryConfig) => Promise<pg.QueryResult>;

interface Waiting {
  readonly statement: pg.QueryConfig;
  readonly answer: PromiseWithResolvers<pg.QueryResult>;
}

/** Reads from a pool whose clients pipeline; `requestOf` answers what the reads of one request have in common, undefined outside requests. */
export function readTogether(pool: pg.Pool, requestOf: () => object | undefined): Read {
  const open = new Map<object, Waiting[]>();
  return (statement) => {
    const request = requestOf();
    if (!request) return pool.query(statement);
    const waiting: Waiting = { statement, answer: Promise.withResolvers() };
    const batch = open.get(request);
    if (batch && batch.length < MAX_TOGETHER) {
      batch.push(waiting);
    } else {
      const begun = [waiting];
      open.set(request, begun);
      process.nextTick(() => {
        if (open.get(request) === begun) open.delete(request);
        void send(pool, begun);
      });
    }
    return waiting.answer.promise;
  };
}

async function send(pool: pg.Pool, batch: readonly Waiting[]): Promise<void> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    for (const { answer } of batch) answer.reject(error);
    return;
  }
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  let failure: Error | undefined;
  const failed = (error: Error) => {
    failure ??= error;
  };
  client.on('error', failed); // a lost connection says so beside failing what was on it; unheard, that would end the process
  stream.cork();
  const answers = batch.map(({ statement, answer }) =>
    client.query(statement).then(answer.resolve, (error) => {
      failed(error);
      answer.reject(error);
    }),
  );
  stream.uncork();
  await Promise.all(answers);
  client.off('error', failed);
  client.release(failure); // as pool.query does: a connection on which something failed is not used again
}
