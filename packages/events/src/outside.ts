// Effects outside the database, from the inbox: in order per key, one call at a time per key over all instances, again after a failure. A crash in the
// middle of a call makes it come again with the same `event.id`; a receiver that honours it as an idempotency key sees the effect once.
import { type Applying, readEvent } from './apply.ts';
import { inTransaction, type Postgres } from './store.ts';

const MAX_ATTEMPTS = 20;
const CALL_MS = 30_000;

/** An effect that was given up after 20 attempts; the key's later ones wait behind it. */
export interface FailedEffect {
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly attempts: number;
  readonly failed: string;
}

/** Performs the oldest due effect, if there is one; answers whether there was. */
export async function performNext(consumer: Applying): Promise<boolean> {
  return inTransaction(consumer.database, async (tx) => {
    const [row] = await tx.query<any>(
      `select * from customer360.outside o where consumer = $1 and done_at is null and failed is null and due_at <= now()
         and not exists (select from customer360.outside e where e.consumer = o.consumer and e.key = o.key and e.done_at is null and e.id < o.id)
       order by id limit 1 for update skip locked`,
      [consumer.name],
    );
    if (!row) return false;
    const event = readEvent({ topic: row.topic, partition: 0, offset: 0n, key: row.key, headers: row.headers, value: row.payload });
    try {
      if (typeof event === 'string') throw new Error(event);
      await within(CALL_MS, Promise.resolve(consumer.handlers.routes.get(event.type)?.outside?.(event)));
      await tx.query('update customer360.outside set done_at = clock_timestamp(), payload = null where id = $1', [row.id]);
    } catch (error) {
      const attempts = row.attempts + 1;
      const reason = String((error as Error)?.message ?? error).slice(0, 300);
      consumer.log('warn', 'an effect outside failed; it is tried again', { topic: row.topic, key: row.key, attempts });
      await tx.query(
        `update customer360.outside set attempts = $2::int, failed = $3, due_at = now() + least(power(2, $2::int) * 0.1, 300) * interval '1 second' where id = $1`,
        [row.id, attempts, attempts >= MAX_ATTEMPTS ? reason : null],
      );
    }
    return true;
  });
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Effects that were given up, at most 1,000. */
export const failedEffects = (database: Postgres, consumer: string): Promise<FailedEffect[]> =>
  inTransaction(database, (tx) =>
    tx.query<FailedEffect>(
      'select event_id as "eventId", topic, key, attempts, failed from customer360.outside where consumer = $1 and failed is not null order by id limit 1000',
      [consumer],
    ),
  );

/** Tries given-up effects again; answers how many. */
export const retryEffects = (database: Postgres, consumer: string): Promise<number> =>
  inTransaction(database, async (tx) => {
    const rows = await tx.query(
      'update customer360.outside set failed = null, attempts = 0, due_at = now() where consumer = $1 and failed is not null returning 1',
      [consumer],
    );
    return rows.length;
  });
