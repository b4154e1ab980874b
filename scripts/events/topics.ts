// What is on the topics and how far everybody is: `topics`, `lag`, `tail`. Personal values are hidden unless the operator asks for a recording.
import { readFileSync } from 'node:fs';
import { inRoot } from '../stack/root.ts';
import { Sentence } from '../stack/sentence.ts';
import { masked } from './masked.ts';
import { broker, databaseOf, on, print, SERVICES, table } from './place.ts';
import { endsOf, type ReadRecord, read } from './reader.ts';

interface Topic {
  name: string;
  kind: string;
  owner: string;
  holds: string;
}
const declared = (): Topic[] => JSON.parse(readFileSync(inRoot('schemas', 'topics.json'), 'utf8')).topics;

/** Every topic with its kind, owner, partitions and records. */
export async function listTopics(): Promise<void> {
  const { kafka, prefix } = broker();
  const admin = kafka.admin();
  await admin.connect();
  try {
    const rows = [];
    for (const { name, kind, owner, holds } of declared()) {
      const partitions = await admin.fetchTopicOffsets(prefix + name).catch(() => undefined);
      const records = partitions?.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
      rows.push({ topic: name, kind, owner, partitions: partitions?.length ?? 'absent', records: records ?? '', holds });
    }
    table(rows);
  } finally {
    await admin.disconnect();
  }
}

/** Per service: what it has not published yet, and per topic what it has not applied yet. */
export async function showLag(): Promise<void> {
  const ends = await endsOf(declared().map(({ name }) => name));
  const rows = [];
  for (const service of SERVICES) {
    const { offsets, outbox, parked } = await on(databaseOf(service), async (client) => ({
      offsets: (await client.query('select topic, partition, next_offset from consumer_offset order by topic')).rows,
      outbox: (
        await client.query('select count(*)::int as n, coalesce(extract(epoch from now() - min(created_at)), 0)::int as age from outbox')
      ).rows[0],
      parked: (await client.query('select topic, count(distinct key)::int as n from parked group by topic')).rows,
    }));
    rows.push({ service, topic: 'outbox', behind: outbox.n, parked: '', remark: outbox.n > 0 ? `oldest ${outbox.age} s` : '' });
    const topics = new Map<string, number>();
    for (const { topic, partition, next_offset } of offsets) {
      const end = ends.get(`${topic}/${partition}`) ?? 0n;
      topics.set(topic, (topics.get(topic) ?? 0) + Math.max(0, Number(end - BigInt(next_offset))));
    }
    for (const [topic, behind] of topics)
      rows.push({ service, topic, behind, parked: parked.find((row) => row.topic === topic)?.n ?? 0, remark: '' });
  }
  table(rows);
  const total = rows.reduce((sum, { behind }) => sum + behind, 0);
  print(total === 0 ? 'Everybody is up to date.' : `${total} record(s) are not applied or not published yet.`);
}

export interface TailOptions {
  key?: string;
  type?: string;
  /** Stop after so many records. */
  count?: number;
  fromBeginning: boolean;
  /** Everything up to now as JSON lines for the SDK's test kit, with personal values. */
  recording: boolean;
}

/** Prints records as they come, until interrupted. */
export async function tail(topic: string, options: TailOptions, interrupted: Promise<unknown>): Promise<void> {
  if (!declared().some(({ name }) => name === topic))
    throw new Sentence(`There is no topic ${topic}; npm run events -- topics lists them.`);
  const { key, type, count = Number.POSITIVE_INFINITY, recording } = options;
  const enough = Promise.withResolvers<void>();
  let shown = 0;
  const reader = await read([topic], options.fromBeginning || recording, async (records) => {
    for (const record of records) {
      if (shown >= count || (key && record.key !== key) || (type && record.headers.ce_type !== type)) continue;
      print(recording ? recorded(record) : readable(record));
      if (++shown >= count) enough.resolve();
    }
  });
  try {
    if (recording) process.stderr.write('Mind: a recording holds personal values as they are.\n');
    const done = recording ? endsOf([topic]).then((ends) => reader.until(ends)) : new Promise<never>(() => {});
    await Promise.race([done, enough.promise, interrupted]);
  } finally {
    await reader.stop();
  }
}

function recorded({ topic, partition, offset, key, headers, value }: ReadRecord): string {
  let parsed: unknown = value;
  try {
    parsed = value === null ? null : JSON.parse(value);
  } catch {}
  return JSON.stringify({ topic, partition, offset: Number(offset), key, headers, value: parsed });
}

function readable({ partition, offset, key, headers, value }: ReadRecord): string {
  const what = value === null ? 'TOMBSTONE' : JSON.stringify(masked(value));
  return `${headers.ce_time ?? '?'}  ${partition}/${offset}  ${headers.ce_type ?? '?'}  #${headers.ce_sequence ?? '-'}  ${key}  by ${headers.actor ?? '?'}\n  ${what}`;
}
