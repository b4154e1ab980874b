// Reads topics without leaving a trace: a group of its own that never commits and is deleted at the end. `until` waits for a place on each partition.
import { randomUUID } from 'node:crypto';
import type { Consumer } from 'kafkajs';
import { broker } from './place.ts';

export interface ReadRecord {
  /** Without the installation's prefix. */
  topic: string;
  partition: number;
  offset: bigint;
  key: string;
  headers: Record<string, string>;
  value: string | null;
}
/** By `topic/partition`: the offset after the last record. */
export type Places = Map<string, bigint>;

export interface Reader {
  /** Resolves when everything before these places was handled. */
  until(places: Places): Promise<void>;
  stop(): Promise<void>;
}

/** Where the topics end now; empty partitions are left out. */
export async function endsOf(topics: readonly string[]): Promise<Places> {
  const { kafka, prefix } = broker();
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends: Places = new Map();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(prefix + topic))
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

/** Hands records over batch by batch, in order per partition, one batch at a time. */
export async function read(
  topics: readonly string[],
  fromBeginning: boolean,
  handle: (records: ReadRecord[]) => Promise<void>,
): Promise<Reader> {
  const { kafka, prefix } = broker();
  const groupId = `events-command-${randomUUID()}`;
  const consumer: Consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  const places: Places = new Map();
  const waiting = new Set<() => void>();
  let failure: Error | undefined;
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  consumer.on(consumer.events.CRASH, ({ payload }) => stopped.reject(failure ?? payload.error));
  await consumer.connect();
  await consumer.subscribe({ topics: topics.map((topic) => prefix + topic), fromBeginning });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 1,
    async eachBatch({ batch, resolveOffset, heartbeat }) {
      const topic = batch.topic.slice(prefix.length);
      const records = batch.messages.map(({ offset, key, value, headers }) => ({
        topic,
        partition: batch.partition,
        offset: BigInt(offset),
        key: key?.toString() ?? '',
        value: value?.toString() ?? null,
        headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)])),
      }));
      for (let from = 0; from < records.length; from += 500) {
        await handle(records.slice(from, from + 500)).catch((error) => {
          failure = error;
          stopped.reject(error);
          throw error;
        });
        await heartbeat();
      }
      resolveOffset(batch.lastOffset());
      places.set(`${topic}/${batch.partition}`, BigInt(batch.lastOffset()) + 1n);
      for (const look of waiting) look();
    },
  });
  return {
    async until(due) {
      const arrived = Promise.withResolvers<void>();
      const look = () => {
        if ([...due].every(([place, offset]) => (places.get(place) ?? 0n) >= offset)) arrived.resolve();
      };
      waiting.add(look);
      look();
      await Promise.race([arrived.promise, stopped.promise]);
      waiting.delete(look);
    },
    async stop() {
      await consumer.disconnect();
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteGroups([groupId]).catch(() => {});
      await admin.disconnect();
    },
  };
}
