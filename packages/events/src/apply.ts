// One batch of one partition, one transaction: lock the position, drop what was seen, call the handlers, mark, move the position. A poison event is
// found by halving and parks its KEY: later facts of the key wait behind it in order, all other keys pass.
import { type EventType, KIND_OF, TOPIC_OF } from './generated/contracts.ts';
import type { ConsumedEvent, Handlers, Transaction } from './handlers.ts';
import type { Log } from './log.ts';
import { type ParkedItem, park, waitingKeys } from './parking.ts';
import { claimInbox, inTransaction, isTransient, lockKeys, lockPosition, markSeen, movePosition, type Postgres, seenOf } from './store.ts';

/** A record as it lies on the topic. */
export interface TopicRecord {
  /** Without the installation's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | null;
}

/** What applying needs to know of its consumer. */
export interface Applying {
  readonly name: string;
  readonly database: Postgres;
  readonly handlers: Handlers;
  readonly log: Log;
}

/** The stored position is not where the caller believes: another member applied, or a rebuild began. Read on from `next`. */
export class Moved extends Error {
  readonly next: bigint;
  constructor(next: bigint) {
    super('the position moved');
    this.next = next;
  }
}

export const MAX_BATCH = 500;

/** The topics that these handlers listen to. */
export const topicsOf = ({ routes }: Handlers): string[] => [...new Set([...routes.keys()].map((type) => TOPIC_OF[type]))];

/** Applies records of one partition, in order, and answers the next position. `position` is where the caller believes the applied ones end. */
export async function applyRecords(consumer: Applying, records: readonly TopicRecord[], position: bigint): Promise<bigint> {
  const { topic, partition } = records[0]!;
  const next = records.at(-1)!.offset + 1n;
  const attempt = (work: (tx: Transaction, bootstrapUntil: bigint | undefined) => Promise<void>) =>
    inTransaction(consumer.database, async (tx) => {
      const stored = await lockPosition(tx, consumer.name, topic, partition);
      if (stored.next !== position) throw new Moved(stored.next);
      await work(tx, stored.bootstrapUntil);
      await movePosition(tx, consumer.name, topic, partition, next);
    });
  try {
    await attempt((tx, bootstrapUntil) => applyFresh(consumer, tx, records, { bootstrapUntil }));
    return next;
  } catch (error) {
    if (error instanceof Moved || isTransient(error)) throw error;
    if (records.length === 1) {
      const detail = String((error as Error)?.message ?? error).slice(0, 300);
      consumer.log('error', 'an event could not be applied; its key is parked', { topic, partition, key: records[0]!.key });
      await attempt((tx) => park(tx, consumer.name, [{ record: records[0]!, reason: 'FAILED', detail }]));
      return next;
    }
    const middle = records.length >> 1;
    const half = await applyRecords(consumer, records.slice(0, middle), position);
    return applyRecords(consumer, records.slice(middle), half);
  }
}

export interface Circumstances {
  /** State below this offset was there before the consumer: facts that it already contains are not news. */
  readonly bootstrapUntil?: bigint;
  /** These are parked events of one key, tried again: nothing of the key waits before them. */
  readonly replaying?: boolean;
  /** Take a gap in the sequence for what it is: lost for good. */
  readonly acceptGap?: boolean;
}

type Ready = { record: TopicRecord; event: ConsumedEvent };

/** Within a transaction: everything but the position. */
export async function applyFresh(
  consumer: Applying,
  tx: Transaction,
  records: readonly TopicRecord[],
  circumstances: Circumstances,
): Promise<void> {
  const { topic } = records[0]!;
  const kind = KIND_OF[topic]!;
  const keys = [...new Set(records.map((record) => record.key))];
  await lockKeys(tx, consumer.name, keys);
  // A later state record says all that an earlier one said: it need not wait. Facts and inbound events wait behind their key.
  const waiting =
    circumstances.replaying || kind === 'state' ? new Map<string, boolean>() : await waitingKeys(tx, consumer.name, topic, keys);
  const items: ParkedItem[] = [];
  const ready: Ready[] = [];
  for (const record of records) {
    const event = readEvent(record);
    if (typeof event === 'string') {
      items.push({ record, reason: 'INVALID', detail: event });
      if (kind !== 'state') waiting.set(record.key, false);
    } else if (waiting.get(record.key) === false) items.push({ record, reason: 'BEHIND' });
    else ready.push({ record, event });
  }
  const fresh = await dropRepeats(consumer, tx, ready, items, circumstances);
  await callHandlers(consumer, tx, fresh);
  if (kind === 'state') await afterState(consumer, tx, fresh, circumstances.bootstrapUntil);
  await park(tx, consumer.name, items);
  if ([...waiting.values()].some((gap) => gap)) {
    await tx.query(
      `update customer360.parked set retry_at = now() where consumer = $1 and topic = $2 and key = any($3) and reason = 'GAP'`,
      [consumer.name, topic, keys],
    );
  }
}

/** The record as an event, or what is wrong with it. */
export function readEvent(record: TopicRecord): ConsumedEvent | string {
  const { headers, topic, key, value } = record;
  const { ce_type: type, ce_id: id } = headers;
  if (!type || !id) return 'not a CloudEvent: ce_id or ce_type is missing';
  let data: unknown = null;
  if (value !== null) {
    try {
      data = JSON.parse(value);
    } catch {
      return 'the value is not JSON';
    }
  } else if (KIND_OF[topic] !== 'state') return 'only state has tombstones';
  const sequence = headers.ce_sequence === undefined ? undefined : Number(headers.ce_sequence);
  if (KIND_OF[topic] === 'inbound' ? sequence !== undefined && !Number.isSafeInteger(sequence) : !Number.isSafeInteger(sequence))
    return 'ce_sequence is not a number';
  const time = new Date(headers.ce_time ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return 'ce_time is not a time';
  return { topic, key, type: type as EventType, id, sequence, time, data: data as never, headers };
}

async function dropRepeats(
  { name, log }: Applying,
  tx: Transaction,
  ready: readonly Ready[],
  items: ParkedItem[],
  { acceptGap }: Circumstances,
): Promise<readonly Ready[]> {
  if (ready.length === 0) return ready;
  const { topic } = ready[0]!.record;
  const kind = KIND_OF[topic]!;
  if (kind === 'inbound') {
    const fresh = await claimInbox(
      tx,
      name,
      ready.map(({ event }) => `${topic}/${event.id}`),
    );
    return ready.filter(({ event }) => fresh.delete(`${topic}/${event.id}`));
  }
  const seen = await seenOf(tx, name, topic, [...new Set(ready.map(({ event }) => event.key))]);
  const marks = new Map<string, number>();
  const gaps = new Set<string>();
  const fresh = ready.filter(({ record, event }) => {
    const last = marks.get(event.key) ?? seen.get(event.key);
    const sequence = event.sequence!;
    if (last !== undefined && sequence <= last) return false;
    if (kind === 'facts' && !acceptGap && (gaps.has(event.key) || (last !== undefined && sequence > last + 1))) {
      if (!gaps.has(event.key)) log('error', 'a gap in a key: events are missing', { topic, key: event.key, seen: last, sequence });
      gaps.add(event.key);
      items.push({ record, reason: 'GAP' });
      return false;
    }
    marks.set(event.key, sequence);
    return true;
  });
  await markSeen(tx, name, topic, marks);
  return kind === 'state' ? [...new Map(fresh.map((one) => [one.event.key, one])).values()] : fresh;
}

/** Consecutive events of one type go to its handler together; types without a handler are passed over. */
async function callHandlers({ name, handlers }: Applying, tx: Transaction, fresh: readonly Ready[]): Promise<void> {
  for (let from = 0; from < fresh.length; ) {
    const { type } = fresh[from]!.event;
    let to = from + 1;
    while (to < fresh.length && fresh[to]!.event.type === type) to++;
    const run = fresh.slice(from, to);
    const route = handlers.routes.get(type);
    if (route?.apply)
      await route.apply(
        run.map(({ event }) => event),
        tx,
      );
    if (route?.outside) await keepForOutside(tx, name, run);
    from = to;
  }
}

async function keepForOutside(tx: Transaction, name: string, run: readonly Ready[]): Promise<void> {
  await tx.query(
    `insert into customer360.outside (consumer, event_id, topic, key, sequence, headers, payload)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::jsonb[], $7::text[]) on conflict (consumer, event_id) do nothing`,
    [
      name,
      run.map(({ event }) => event.id),
      run.map(({ event }) => event.topic),
      run.map(({ event }) => event.key),
      run.map(({ event }) => event.sequence ?? null),
      run.map(({ event }) => JSON.stringify(event.headers)),
      run.map(({ record }) => record.value),
    ],
  );
}

/** A newer record settles what was parked of its key; a record of the bootstrap says which facts are no news any more. */
async function afterState(consumer: Applying, tx: Transaction, fresh: readonly Ready[], bootstrapUntil: bigint | undefined): Promise<void> {
  if (fresh.length === 0) return;
  const { topic } = fresh[0]!.record;
  const keys = fresh.map(({ event }) => event.key);
  await tx.query('delete from customer360.parked where consumer = $1 and topic = $2 and key = any($3)', [consumer.name, topic, keys]);
  const facts = /^(crm\.[a-z-]+)\.state\.v1$/.exec(topic)?.[1];
  if (facts === undefined || bootstrapUntil === undefined) return;
  const before = fresh.filter(({ record }) => record.offset < bootstrapUntil);
  await markSeen(tx, consumer.name, `${facts}.events.v1`, new Map(before.map(({ event }) => [event.key, event.sequence!])));
}
