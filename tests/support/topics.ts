// Kafka as another team sees it: publishing what other modules send us, and reading what we publish. CloudEvents 1.0 in
// binary mode (value = plain JSON, `ce_*` headers), topics by their names without the stack's prefix.
import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { stack } from './stack.ts';

export interface InboundEvent {
  /** ce_id, the identity by which a repeated delivery is recognised; a random one when absent. */
  id?: string;
  /** ce_type, for example `financial.invoice-issued.v1`. */
  type: string;
  /** Message key; when absent `data.customerId`. */
  key?: string;
  data: unknown;
  time?: Date;
  source?: string;
  /** Further headers, or overrides of the `ce_*` ones (undefined removes one). */
  headers?: Record<string, string | undefined>;
  /** The value as these bytes instead of JSON of `data`: for poison. */
  raw?: Buffer;
}

export interface Read<D = any> {
  key: string | null;
  /** null is a tombstone. */
  data: D | null;
  headers: Record<string, string>;
  partition: number;
  offset: number;
}

const kafka = () => new Kafka({ clientId: 'tests', brokers: stack().kafka.split(','), logLevel: logLevel.NOTHING });
let producing: Promise<Producer> | undefined;

/** Sends events to an inbound topic (or any other) and waits for the acknowledgement. Order is kept. */
export async function publishInbound(topic: string, events: InboundEvent[]): Promise<void> {
  producing ??= (async () => {
    const producer = kafka().producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return producer;
  })();
  const producer = await producing;
  const messages = events.map((event) => {
    const key = event.key ?? (event.data as { customerId?: string } | null)?.customerId ?? null;
    const headers: Record<string, string | undefined> = {
      ce_specversion: '1.0',
      ce_id: event.id ?? randomUUID(),
      ce_type: event.type,
      ce_source: event.source ?? `/${topic.split('.')[0]}`,
      ce_time: (event.time ?? new Date()).toISOString(),
      ce_subject: key ?? undefined,
      'content-type': 'application/json',
      ...event.headers,
    };
    const value = event.raw ?? (event.data === null ? null : Buffer.from(JSON.stringify(event.data)));
    return {
      key,
      value,
      headers: Object.fromEntries(Object.entries(headers).filter(([, v]) => v !== undefined)) as Record<string, string>,
    };
  });
  for (let at = 0; at < messages.length; at += 1000) {
    await producer.send({ topic: stack().topicPrefix + topic, acks: -1, messages: messages.slice(at, at + 1000) });
  }
}

/**
 * Reads a topic from its beginning up to where it ended when the call was made, or, with `untilCount`, until that many
 * messages (of `key`, when given) were seen. Answers what it has after `withinMs`; the caller's `expect` judges it.
 */
export async function readTopic<D = any>(
  topic: string,
  { key, untilCount, withinMs = 15_000 }: { key?: string; untilCount?: number; withinMs?: number } = {},
): Promise<Array<Read<D>>> {
  const name = stack().topicPrefix + topic;
  const client = kafka();
  const admin = client.admin();
  const groupId = `tests-${randomUUID()}`;
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  const found: Array<Read<D>> = [];
  await admin.connect();
  try {
    const ends = new Map(
      (await admin.fetchTopicOffsets(name)).filter((p) => Number(p.high) > Number(p.low)).map((p) => [p.partition, Number(p.high)]),
    );
    const empty = ends.size === 0;
    if (empty && untilCount === undefined) return [];
    const pending = new Set(ends.keys());
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const timer = setTimeout(finish, withinMs);
    await consumer.connect();
    await consumer.subscribe({ topics: [name], fromBeginning: true });
    // Offsets, not messages, say when a partition is read: a compacted topic's last offset may hold no message any more.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (Number(payload.lastOffset) + 1 >= (ends.get(payload.partition) ?? 0)) pending.delete(payload.partition);
      if (untilCount === undefined ? pending.size === 0 : found.length >= untilCount) finish();
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) {
          const messageKey = message.key?.toString() ?? null;
          if (key !== undefined && messageKey !== key) continue;
          const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([h, v]) => [h, String(v)]));
          const data = message.value === null ? null : parsed(message.value);
          found.push({ key: messageKey, data, headers, partition: batch.partition, offset: Number(message.offset) });
        }
      },
    });
    await finished;
    clearTimeout(timer);
    return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => {});
    await admin.disconnect();
  }
}

function parsed(value: Buffer): any {
  try {
    return JSON.parse(value.toString());
  } catch {
    return value.toString();
  }
}

afterAll(async () => {
  await (await producing?.catch(() => undefined))?.disconnect();
  producing = undefined;
});
