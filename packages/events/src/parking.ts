// The parking lot: keys whose event could not be applied, with everything that came after it, in order. Visible, countable, replayable.
import { type Applying, applyFresh, type TopicRecord } from './apply.ts';
import type { Transaction } from './handlers.ts';
import { inTransaction, isTransient, lockKeys, type Postgres } from './store.ts';

/** FAILED: a handler threw. INVALID: not a readable event. GAP: an event before it is missing. BEHIND: another of the key waits before it. */
export type ParkedReason = 'FAILED' | 'INVALID' | 'GAP' | 'BEHIND';

export interface ParkedItem {
  readonly record: TopicRecord;
  readonly reason: ParkedReason;
  readonly detail?: string;
}

/** A key that waits. */
export interface ParkedKey {
  readonly topic: string;
  readonly key: string;
  readonly events: number;
  /** Of its oldest event. */
  readonly reason: ParkedReason;
  readonly detail: string | null;
  readonly since: Date;
}

export async function park(tx: Transaction, consumer: string, items: readonly ParkedItem[]): Promise<void> {
  if (items.length === 0) return;
  await tx.query(
    `insert into customer360.parked (consumer, topic, partition, record_offset, key, sequence, headers, payload, reason, detail)
     select $1, * from unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::int[], $7::jsonb[], $8::text[], $9::text[], $10::text[])
     on conflict (consumer, topic, partition, record_offset) do nothing`,
    [
      consumer,
      items.map(({ record }) => record.topic),
      items.map(({ record }) => record.partition),
      items.map(({ record }) => String(record.offset)),
      items.map(({ record }) => record.key),
      items.map(({ record }) => (/^\d{1,9}$/.test(record.headers.ce_sequence ?? '') ? Number(record.headers.ce_sequence) : null)),
      items.map(({ record }) => JSON.stringify(record.headers)),
      items.map(({ record }) => record.value),
      items.map(({ reason }) => reason),
      items.map(({ detail }) => detail ?? null),
    ],
  );
}

/** Which of these keys wait; true: only behind a gap, which the missing event may close. */
export async function waitingKeys(
  tx: Transaction,
  consumer: string,
  topic: string,
  keys: readonly string[],
): Promise<Map<string, boolean>> {
  const rows = await tx.query<{ key: string; gap: boolean }>(
    `select key, bool_and(reason = 'GAP') as gap from customer360.parked where consumer = $1 and topic = $2 and key = any($3) group by key`,
    [consumer, topic, keys],
  );
  return new Map(rows.map((row) => [row.key, row.gap]));
}

/** The keys that wait, the oldest first, at most 1,000. */
export const parkedKeys = (database: Postgres, consumer: string): Promise<ParkedKey[]> =>
  inTransaction(database, (tx) =>
    tx.query<ParkedKey>(
      `select topic, key, count(*)::int as events, (array_agg(reason order by sequence nulls last, id))[1] as reason,
         (array_agg(detail order by sequence nulls last, id))[1] as detail, min(parked_at) as since
       from customer360.parked where consumer = $1 group by topic, key order by since limit 1000`,
      [consumer],
    ),
  );

/** Makes a key due, or all of them; a running consumer drains it within a second. Answers how many events are due now. */
export const replayParked = (database: Postgres, consumer: string, topic?: string, key?: string): Promise<number> =>
  inTransaction(database, async (tx) => {
    const rows = await tx.query(
      'update customer360.parked set retry_at = now() where consumer = $1 and ($2::text is null or topic = $2) and ($3::text is null or key = $3) returning 1',
      [consumer, topic ?? null, key ?? null],
    );
    return rows.length;
  });

/** Applies keys that are due, each in order and in one transaction, at most 100 keys. Answers how many events were applied. */
export async function drainParked(consumer: Applying, acceptGap = false): Promise<number> {
  const due = await inTransaction(consumer.database, (tx) =>
    tx.query<{ topic: string; key: string }>(
      'select topic, key from customer360.parked where consumer = $1 and retry_at <= now() group by topic, key order by min(id) limit 100',
      [consumer.name],
    ),
  );
  let applied = 0;
  for (const { topic, key } of due) applied += await drainKey(consumer, topic, key, acceptGap);
  return applied;
}

const MAX_REPLAY = 500;

async function drainKey(consumer: Applying, topic: string, key: string, acceptGap: boolean): Promise<number> {
  try {
    return await inTransaction(consumer.database, async (tx) => {
      await lockKeys(tx, consumer.name, [key]);
      const rows = await tx.query<{
        id: string;
        partition: number;
        record_offset: string;
        headers: Record<string, string>;
        payload: string | null;
      }>(
        `select id, partition, record_offset, headers, payload from customer360.parked where consumer = $1 and topic = $2 and key = $3
         order by sequence nulls last, id limit ${MAX_REPLAY} for update`,
        [consumer.name, topic, key],
      );
      await tx.query('delete from customer360.parked where id = any($1::bigint[])', [rows.map((row) => row.id)]);
      const records = rows.map((row) => ({
        topic,
        key,
        partition: row.partition,
        offset: BigInt(row.record_offset),
        headers: row.headers,
        value: row.payload,
      }));
      if (records.length === 0) return 0;
      await applyFresh(consumer, tx, records, { replaying: true, acceptGap });
      const [left] = await tx.query<{ again: number; later: number }>(
        `select count(*) filter (where mine)::int as again, count(*) filter (where not mine)::int as later from (
           select record_offset = any($4::bigint[]) as mine from customer360.parked where consumer = $1 and topic = $2 and key = $3) p`,
        [consumer.name, topic, key, rows.map((row) => row.record_offset)],
      );
      // Parked anew they would stand behind the later ones: better none of them now than one out of order.
      if (left!.again > 0 && left!.later > 0) throw new Error('some of the oldest events cannot be applied yet');
      return rows.length - left!.again;
    });
  } catch (error) {
    if (isTransient(error)) throw error;
    const detail = String((error as Error)?.message ?? error).slice(0, 300);
    consumer.log('warn', 'a parked key could not be replayed', { topic, key });
    await inTransaction(consumer.database, (tx) =>
      tx.query(
        'update customer360.parked set attempts = attempts + 1, retry_at = null, detail = $4 where consumer = $1 and topic = $2 and key = $3',
        [consumer.name, topic, key, detail],
      ),
    );
    return 0;
  }
}
