// The test kit: replays a recorded topic (JSON lines, as `npm run events -- tail <topic> --recording` writes them) through your handlers, by the very code
// that runs in production, without a broker. It needs a Postgres to write to, since that is where the effect is.
import { readFileSync } from 'node:fs';
import { type Applying, applyRecords, MAX_BATCH, type TopicRecord, topicsOf } from './apply.ts';
import { type EventData, type EventType, KIND_OF, type StateType, TOPIC_OF } from './generated/contracts.ts';
import type { Handlers } from './handlers.ts';
import type { Log } from './log.ts';
import { performNext } from './outside.ts';
import { drainParked, type ParkedKey, parkedKeys } from './parking.ts';
import { createTables, inTransaction, type Postgres } from './store.ts';

export interface ReplayOptions {
  /** The consumer's name, as in `consume`. A second replay of the same name goes on where the first one ended. */
  readonly name: string;
  readonly handlers: Handlers;
  /** A pool of `pg`. */
  readonly database: Postgres;
  /** Path of a file of JSON lines, or records. */
  readonly recording: string | readonly TopicRecord[];
  /**
   * `bootstrap` (default): as a first start would: state first, then those facts that it does not contain yet. `follow`: as a consumer that was there
   * all the time, in the order of the recording.
   */
  readonly as?: 'bootstrap' | 'follow';
  readonly log?: Log;
}

/** Replays everything, drains what is due, performs the effects outside; answers how many records were taken and which keys are parked. */
export async function replayRecorded(options: ReplayOptions): Promise<{ records: number; parked: ParkedKey[] }> {
  const { name, handlers, database, as = 'bootstrap', log = () => {} } = options;
  const applying: Applying = { name, database, handlers, log };
  const topics = new Set(topicsOf(handlers));
  const recording = typeof options.recording === 'string' ? readRecording(options.recording) : options.recording;
  const records = recording.filter(({ topic }) => topics.has(topic));
  await createTables(database);
  const ends = new Map<string, TopicRecord>();
  for (const record of records) ends.set(`${record.topic}/${record.partition}`, record);
  const known = await inTransaction(database, async (tx) => {
    for (const { topic, partition, offset } of ends.values()) {
      const until = as === 'bootstrap' && KIND_OF[topic] === 'state' ? String(offset + 1n) : null;
      await tx.query(
        'insert into customer360.position (consumer, topic, partition, bootstrap_until) values ($1, $2, $3, $4) on conflict do nothing',
        [name, topic, partition, until],
      );
    }
    const rows = await tx.query<any>('select topic, partition, next_offset from customer360.position where consumer = $1', [name]);
    return new Map<string, bigint>(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
  });
  const inOrder =
    as === 'follow' ? records : [...records].sort((a, b) => Number(KIND_OF[b.topic] === 'state') - Number(KIND_OF[a.topic] === 'state'));
  let taken = 0;
  for (const batch of batches(inOrder)) {
    const place = `${batch[0]!.topic}/${batch[0]!.partition}`;
    const position = known.get(place)!;
    const fresh = batch.filter(({ offset }) => offset >= position);
    if (fresh.length === 0) continue;
    known.set(place, await applyRecords(applying, fresh, position));
    taken += fresh.length;
  }
  await drainParked(applying);
  while (await performNext(applying));
  return { records: taken, parked: await parkedKeys(database, name) };
}

/** Neighbours of one partition together, at most as many as in production. */
function* batches(records: readonly TopicRecord[]): Generator<TopicRecord[]> {
  let batch: TopicRecord[] = [];
  for (const record of records) {
    const first = batch[0];
    if (first && (batch.length >= MAX_BATCH || first.topic !== record.topic || first.partition !== record.partition)) {
      yield batch;
      batch = [];
    }
    batch.push(record);
  }
  if (batch.length > 0) yield batch;
}

/** Reads a recording: one record per line, `{ topic, key, headers, value, partition?, offset? }`; the value as JSON, text for poison, null for a tombstone. */
export function readRecording(file: string): TopicRecord[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, number) => {
      const { topic, partition = 0, offset = number, key, headers, value } = JSON.parse(line);
      const text = value === null || typeof value === 'string' ? value : JSON.stringify(value);
      return { topic, partition, offset: BigInt(offset), key: key ?? '', headers, value: text };
    });
}

/** One record made by hand, with the headers that Customer 360 writes; `offset` counts up per topic in a recording. */
export function record<T extends EventType>(
  type: T,
  key: string,
  sequence: number,
  data: T extends StateType ? EventData[T] | null : EventData[T],
  more: { id?: string; time?: Date; offset?: number; partition?: number } = {},
): TopicRecord {
  const headers = {
    ce_specversion: '1.0',
    ce_id: more.id ?? `${type}/${key}/${sequence}`,
    ce_type: type,
    ce_source: '/recorded',
    ce_subject: key,
    ce_time: (more.time ?? new Date(0)).toISOString(),
    ce_sequence: String(sequence),
    'content-type': 'application/json',
  };
  const { partition = 0, offset = 0 } = more;
  return { topic: TOPIC_OF[type], partition, offset: BigInt(offset), key, headers, value: data === null ? null : JSON.stringify(data) };
}

/** Gives records of a recording their offsets: 0, 1, 2, … per partition. */
export function recording(...records: TopicRecord[]): TopicRecord[] {
  const next = new Map<string, bigint>();
  return records.map((one) => {
    const place = `${one.topic}/${one.partition}`;
    const offset = next.get(place) ?? 0n;
    next.set(place, offset + 1n);
    return { ...one, offset };
  });
}
