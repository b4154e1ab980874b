// Applies other services' news exactly once in effect (events.md, "The consumer"): one Postgres transaction per batch holds the rows, the
// markers that drop repeats, and the next offset. A poison event parks its KEY, so that the customer's later events wait behind it in order.
import type { EntityManager } from 'typeorm';
import { SYSTEM } from './actor.ts';
import type { ServiceContext } from './context.ts';
import { isTransient } from './database.ts';
import type { ConsumedRecord } from './kafka.ts';
import { safeError } from './log.ts';
import { sql } from './sql.ts';
import { lockKeys, openTx, type Tx } from './transact.ts';

/** An event as a handler sees it. */
export interface Received<D = any> {
  /** Without the installation's prefix. */
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly id: string;
  /** Gapless per key on fact topics; the row's version on state topics; absent on inbound ones. */
  readonly sequence?: number;
  readonly time: Date;
  /** null is a tombstone. */
  readonly data: D | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Of state records the newest of each key: the highest version, wherever it stands in the batch (a former relay leader may have put an older one behind it). */
export function newestStates<D>(records: ReadonlyArray<Received<D>>): Array<Received<D>> {
  const newest = new Map<string, Received<D>>();
  for (const record of records) if ((record.sequence ?? 0) >= (newest.get(record.key)?.sequence ?? 0)) newest.set(record.key, record);
  return [...newest.values()];
}

/** Sets a key aside: its event and all later ones wait, in order, until replayed. */
export interface Parked {
  readonly event: Received;
  /** `UNKNOWN_CUSTOMER` is drained when the directory learns of the key; others by the replay command. */
  readonly reason: string;
}

export interface Subscription {
  readonly topic: string;
  /** facts: de-duplicated by sequence per key, a gap parks. state: the handler upserts by version. inbound: de-duplicated by event id. */
  readonly from: 'facts' | 'state' | 'inbound';
  /** Applies a batch (at most 500, ordered per key) set-based. May answer events to park; a throw makes the kernel go event by event. */
  handle(tx: Tx, events: readonly Received[], ctx: ServiceContext): Promise<void | readonly Parked[]>;
}

export const MAX_BATCH = 500;

/** Applies one partition's records; throws (nothing applied) on transient trouble. */
export async function applyBatch(
  ctx: ServiceContext,
  subscriptions: readonly Subscription[],
  records: readonly ConsumedRecord[],
  secondTry = false,
): Promise<void> {
  const { topic, partition } = records[0]!;
  const subscription = subscriptions.find((s) => s.topic === topic);
  if (!subscription) throw new Error(`no subscription for ${topic}`);
  try {
    await inTransaction(ctx, async (tx) => {
      const fresh = await advanceOffset(tx, topic, partition, records);
      if (fresh.length > 0) await applyFresh(ctx, tx, subscription, fresh);
    });
  } catch (error) {
    if (isTransient(error)) throw error;
    if (records.length === 1) {
      // A connection that broke in an unknown way looks like poison; real poison fails again.
      if (!secondTry) return applyBatch(ctx, subscriptions, records, true);
      return parkPoison(ctx, topic, partition, records[0]!, error);
    }
    // Something in here is poison: halve, so that the good ones go through in few transactions and the bad one is found.
    const middle = records.length >> 1;
    await applyBatch(ctx, subscriptions, records.slice(0, middle));
    await applyBatch(ctx, subscriptions, records.slice(middle));
  }
}

async function inTransaction(ctx: ServiceContext, work: (tx: Tx) => Promise<void>): Promise<void> {
  const committed = await ctx.db.dataSource.transaction(async (manager: EntityManager) => {
    const { tx, flush } = openTx(ctx, SYSTEM, manager);
    await work(tx);
    return flush();
  });
  committed();
}

/** Moves the stored offset over these records and answers those that were not applied before. Two members never both win a range. */
async function advanceOffset(
  tx: Tx,
  topic: string,
  partition: number,
  records: readonly ConsumedRecord[],
): Promise<readonly ConsumedRecord[]> {
  const next = String(records.at(-1)!.offset + 1n);
  const moved = await tx.one<{ applied: string | null }>(
    'advanceOffset',
    sql`insert into consumer_offset as o (topic, partition, next_offset) values (${topic}, ${partition}, ${next})
        on conflict (topic, partition) do update set next_offset = greatest(o.next_offset, excluded.next_offset)
        returning old.next_offset as applied`,
  );
  const from = BigInt(moved!.applied ?? 0);
  return records.filter((record) => record.offset >= from);
}

/** `replaying`: these are the oldest parked events of one key, so that what is still parked of it comes after them. */
async function applyFresh(
  ctx: ServiceContext,
  tx: Tx,
  subscription: Subscription,
  records: readonly ConsumedRecord[],
  replaying = false,
): Promise<void> {
  const { topic } = subscription;
  const keys = [...new Set(records.map((record) => record.key))];
  // Also what makes parking safe: a customer cannot arrive between a handler's look at the directory and the parked row.
  await lockKeys(tx, keys);
  const waiting = new Map(
    (replaying
      ? []
      : await tx.query<{ key: string; gap: boolean }>(
          'findParkedKeys',
          sql`select key, bool_and(reason = 'GAP') as gap from parked where topic = ${topic} and key = any(${keys}) group by key`,
        )
    ).map((row) => [row.key, row.gap]),
  );
  const ready: Array<{ record: ConsumedRecord; event: Received }> = [];
  const parked: Array<{ record: ConsumedRecord; reason: string; detail?: string }> = [];
  for (const record of records) {
    const event = readEvent(ctx, record);
    if (typeof event === 'string') {
      parked.push({ record, reason: 'INVALID', detail: event });
      waiting.set(record.key, false);
    } else if (waiting.get(record.key) === false) parked.push({ record, reason: 'BEHIND' });
    else ready.push({ record, event });
  }
  const deduplicated = await dropRepeats(ctx, tx, subscription, ready, parked);
  if (deduplicated.length > 0) {
    const refused =
      (await subscription.handle(
        tx,
        deduplicated.map(({ event }) => event),
        ctx,
      )) ?? [];
    for (const { event, reason } of refused) parked.push({ record: deduplicated.find((d) => d.event === event)!.record, reason });
    if (subscription.from === 'facts') parked.push(...behind(deduplicated, refused));
    await forgetMarkers(tx, subscription, refused);
  }
  await park(ctx, tx, parked);
  if ([...waiting.values()].some((gap) => gap)) await drainGaps(tx, topic, keys);
}

function readEvent(ctx: ServiceContext, record: ConsumedRecord): Received | string {
  const { headers, topic, key } = record;
  const { ce_type: type, ce_id: id } = headers;
  if (!type || !id) return 'not a CloudEvent: ce_id or ce_type is missing';
  let data: unknown = null;
  if (record.value !== null) {
    try {
      data = JSON.parse(record.value);
    } catch {
      return 'the value is not JSON';
    }
    const mismatch = ctx.contracts.readProblem(type, data);
    if (mismatch) return mismatch;
  }
  const sequence = headers.ce_sequence === undefined ? undefined : Number(headers.ce_sequence);
  if (sequence !== undefined && !Number.isSafeInteger(sequence)) return 'ce_sequence is not a number';
  const time = new Date(headers.ce_time ?? Number.NaN);
  return { topic, key, type, id, sequence, time: Number.isNaN(time.getTime()) ? new Date() : time, data, headers };
}

type Ready = { record: ConsumedRecord; event: Received };

async function dropRepeats(
  ctx: ServiceContext,
  tx: Tx,
  { topic, from }: Subscription,
  ready: readonly Ready[],
  parked: Array<{ record: ConsumedRecord; reason: string }>,
): Promise<readonly Ready[]> {
  if (ready.length === 0 || from === 'state') return ready;
  if (from === 'inbound') {
    const fresh = new Set(
      (
        await tx.query<{ event_id: string }>(
          'claimInbox',
          sql`insert into consumer_inbox (event_id) select distinct unnest(${ready.map(({ event }) => `${topic}/${event.id}`)}::text[])
              on conflict do nothing returning event_id`,
        )
      ).map((row) => row.event_id),
    );
    return ready.filter(({ event }) => fresh.delete(`${topic}/${event.id}`));
  }
  const keys = [...new Set(ready.map(({ event }) => event.key))];
  const seen = new Map(
    (
      await tx.query<{ key: string; sequence: number }>(
        'findSeen',
        sql`select key, sequence from consumer_seen where topic = ${topic} and key = any(${keys})`,
      )
    ).map((row) => [row.key, row.sequence]),
  );
  const gaps = new Set<string>();
  const fresh = ready.filter(({ record, event }) => {
    const last = seen.get(event.key);
    const sequence = event.sequence ?? 0;
    if (last !== undefined && sequence <= last) return false;
    if (gaps.has(event.key) || (last !== undefined && sequence > last + 1)) {
      if (!gaps.has(event.key)) ctx.log.error({ topic, key: event.key, seen: last, sequence }, 'gap in a key: events are missing');
      gaps.add(event.key);
      parked.push({ record, reason: 'GAP' });
      return false;
    }
    seen.set(event.key, sequence);
    return true;
  });
  if (fresh.length > 0) {
    const marks = new Map(fresh.map(({ event }) => [event.key, event.sequence ?? 0]));
    await tx.query(
      'markSeen',
      sql`insert into consumer_seen as s (topic, key, sequence)
          select ${topic}, key, sequence from unnest(${[...marks.keys()]}::text[], ${[...marks.values()]}::int[]) as mark(key, sequence)
          on conflict (topic, key) do update set sequence = excluded.sequence where excluded.sequence > s.sequence`,
    );
  }
  return fresh;
}

/** Later facts of a refused key, which the handler passed over: they wait too, or their sequence would be missing after the replay. */
function behind(applied: readonly Ready[], refused: readonly Parked[]): Array<{ record: ConsumedRecord; reason: string }> {
  const first = new Map<string, number>();
  for (const { event } of refused) first.set(event.key, Math.min(first.get(event.key) ?? Number.POSITIVE_INFINITY, event.sequence ?? 0));
  const set = new Set(refused.map(({ event }) => event));
  return applied
    .filter(({ event }) => !set.has(event) && (event.sequence ?? 0) > (first.get(event.key) ?? Number.POSITIVE_INFINITY))
    .map(({ record }) => ({ record, reason: 'BEHIND' }));
}

/** What a handler parks was not applied: its repeat marker must go, or the replay would be dropped as a repeat. */
async function forgetMarkers(tx: Tx, { topic, from }: Subscription, refused: readonly Parked[]): Promise<void> {
  if (refused.length === 0) return;
  if (from === 'inbound') {
    await tx.query(
      'forgetInbox',
      sql`delete from consumer_inbox where event_id = any(${refused.map(({ event }) => `${topic}/${event.id}`)}::text[])`,
    );
  } else if (from === 'facts') {
    await tx.query(
      'forgetSeen',
      sql`update consumer_seen s set sequence = r.sequence - 1
          from (select key, min(sequence) as sequence from unnest(${refused.map(({ event }) => event.key)}::text[], ${refused.map(({ event }) => event.sequence ?? 0)}::int[]) as e(key, sequence) group by key) r
          where s.topic = ${topic} and s.key = r.key`,
    );
  }
}

async function park(
  ctx: ServiceContext,
  tx: Tx,
  items: ReadonlyArray<{ record: ConsumedRecord; reason: string; detail?: string }>,
): Promise<void> {
  if (items.length === 0) return;
  for (const { record, reason, detail } of items) {
    if (reason !== 'UNKNOWN_CUSTOMER' && reason !== 'BEHIND')
      ctx.log.warn({ topic: record.topic, key: record.key, reason, detail }, 'event parked');
  }
  await tx.query(
    'park',
    sql`insert into parked (topic, key, event_id, sequence, headers, payload, partition, record_offset, reason, detail)
        select * from unnest(
          ${items.map(({ record }) => record.topic)}::text[], ${items.map(({ record }) => record.key)}::text[],
          ${items.map(({ record }) => record.headers.ce_id ?? `${record.topic}/${record.partition}/${record.offset}`)}::text[],
          ${items.map(({ record }) => (record.headers.ce_sequence === undefined ? null : Number(record.headers.ce_sequence)))}::int[],
          ${items.map(({ record }) => JSON.stringify(record.headers))}::jsonb[], ${items.map(({ record }) => record.value)}::text[],
          ${items.map(({ record }) => record.partition)}::int[], ${items.map(({ record }) => String(record.offset))}::bigint[],
          ${items.map(({ reason }) => reason)}::text[], ${items.map(({ detail }) => detail ?? null)}::text[])
        on conflict (topic, event_id) do nothing`,
  );
}

/** The missing event arrived: what waited behind the gap is due now. */
async function drainGaps(tx: Tx, topic: string, keys: readonly string[]): Promise<void> {
  await tx.query(
    'drainGaps',
    sql`update parked set retry_at = now() where topic = ${topic} and key = any(${[...keys]}) and reason = 'GAP'`,
  );
}

async function parkPoison(ctx: ServiceContext, topic: string, partition: number, record: ConsumedRecord, error: unknown): Promise<void> {
  ctx.log.error({ topic, partition, key: record.key, err: error }, 'event could not be applied');
  await inTransaction(ctx, async (tx) => {
    const fresh = await advanceOffset(tx, topic, partition, [record]);
    if (fresh.length > 0) await park(ctx, tx, [{ record, reason: 'FAILED', detail: String(safeError(error).message).slice(0, 300) }]);
  });
}

/**
 * Replays keys that are due (`retry_at <= now()`), each key's events in order in one transaction, at most `maxKeys` keys. What cannot be
 * applied yet stays parked. Answers how many events were applied.
 */
export async function drainParked(ctx: ServiceContext, subscriptions: readonly Subscription[], maxKeys = 100): Promise<number> {
  const due = await ctx.db.query<{ topic: string; key: string }>(
    'findDueKeys',
    sql`select topic, key from parked where retry_at <= now() group by topic, key order by min(id) limit ${maxKeys}`,
  );
  let applied = 0;
  for (const { topic, key } of due) {
    const subscription = subscriptions.find((s) => s.topic === topic);
    if (subscription) applied += await replayKey(ctx, subscription, key);
  }
  return applied;
}

interface ParkedRow {
  id: string;
  topic: string;
  key: string;
  event_id: string;
  headers: Record<string, string>;
  payload: string | null;
  partition: number;
  record_offset: string;
}

async function replayKey(ctx: ServiceContext, subscription: Subscription, key: string): Promise<number> {
  const { topic } = subscription;
  let applied = 0;
  try {
    await inTransaction(ctx, async (tx) => {
      await lockKeys(tx, [key]);
      const rows = await tx.query<ParkedRow>(
        'takeParked',
        sql`select id, topic, key, event_id, headers, payload, partition, record_offset from parked
            where topic = ${topic} and key = ${key} order by sequence nulls last, id limit ${MAX_BATCH} for update`,
      );
      await tx.query('deleteParked', sql`delete from parked where id = any(${rows.map((row) => row.id)}::bigint[])`);
      const records = rows.map((row) => ({
        topic,
        key,
        partition: row.partition,
        offset: BigInt(row.record_offset),
        headers: row.headers,
        value: row.payload,
      }));
      await applyFresh(ctx, tx, subscription, records, true);
      const left = await tx.one<{ again: number; later: number }>(
        'countParked',
        sql`select count(*) filter (where mine)::int as again, count(*) filter (where not mine)::int as later
            from (select event_id = any(${rows.map((row) => row.event_id)}) as mine from parked where topic = ${topic} and key = ${key}) p`,
      );
      // Parked anew they would stand behind the later ones: better none of them now than one out of order.
      if (left!.again > 0 && left!.later > 0) throw new Error('some of the oldest events cannot be applied yet');
      applied = rows.length - left!.again;
    });
  } catch (error) {
    if (isTransient(error)) throw error;
    const detail = String(safeError(error).message).slice(0, 300);
    ctx.log.error({ topic, key, err: error }, 'parked key could not be replayed');
    await ctx.db.query(
      'markReplayFailed',
      sql`update parked set attempts = attempts + 1, retry_at = null, detail = ${detail} where topic = ${topic} and key = ${key}`,
    );
  }
  return applied;
}

/** Puts offsets where the applied rows end; for `startConsumer`. */
export async function storedOffset(ctx: ServiceContext, topic: string, partition: number): Promise<bigint | undefined> {
  const rows = await ctx.db.query<{ next_offset: string }>(
    'storedOffset',
    sql`select next_offset from consumer_offset where topic = ${topic} and partition = ${partition}`,
  );
  return rows[0] && BigInt(rows[0].next_offset);
}

/** In a consumer's transaction: keys that waited for a customer are due now. */
export async function wakeParked(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.query(
    'wakeParked',
    sql`update parked set retry_at = now() where key = any(${[...keys]}::text[]) and retry_at is null and key in
          (select key from parked where key = any(${[...keys]}::text[]) and reason = 'UNKNOWN_CUSTOMER')`,
  );
}
