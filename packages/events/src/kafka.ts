// The seam around kafkajs 2.2.4: everything that knows the client is here. Positions come from the consumer's database; Kafka's own group offsets are
// a hint for tools. Reconnects for ever, hands partitions over cleanly in a rebalance, and mends the client's 1 ms timer per idle connection.
import { createRequire } from 'node:module';
import kafkajs, { type EachBatchPayload, type SASLOptions } from 'kafkajs';
import type { TopicRecord } from './apply.ts';
import type { Log } from './log.ts';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly group: string;
  readonly topics: readonly string[];
  readonly log: Log;
  readonly security?: Security;
}

/** TLS and credentials. */
export interface Security {
  /** true, or options as Node's `tls.connect` takes them (`ca`, `cert`, `key`). */
  readonly ssl?: boolean | object;
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
}

export interface Source {
  /** Where a partition's applied records end. */
  position(topic: string, partition: number): Promise<bigint>;
  /** May this topic be read yet? Until then its partitions are paused. */
  open(topic: string): Promise<boolean>;
  /** Applies one batch; `position` is where the applied records are believed to end. A throw starts the session anew from the stored positions. */
  apply(records: readonly TopicRecord[], position: bigint): Promise<'applied' | { seek: bigint }>;
  maxBatch: number;
}

export interface Session {
  running(): boolean;
  /** Records between the last applied one and the end of the partition, by `topic/partition`. */
  lag(): ReadonlyMap<string, number>;
  /** Reads on from the stored position, where that is before what was applied here: a rebuild began. Answers whether one did. */
  follow(stored: ReadonlyMap<string, bigint>): boolean;
  stop(): Promise<void>;
}

calmKafkajs();

function calmKafkajs(): void {
  try {
    const load = createRequire(createRequire(import.meta.url).resolve('kafkajs'));
    const queue = load('./src/network/requestQueue').prototype;
    const schedule = queue.scheduleCheckPendingRequests;
    queue.scheduleCheckPendingRequests = function (this: { pending: unknown[]; throttledUntil: number }) {
      if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
    };
  } catch {
    // Another version of kafkajs: it works as it is, with a little more CPU when idle.
  }
}

const client = ({ brokers, group, log, security }: KafkaOptions) =>
  new kafkajs.Kafka({
    clientId: group,
    brokers: [...brokers],
    ssl: security?.ssl,
    sasl: security?.sasl as SASLOptions | undefined,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 8 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => log('debug', 'kafkajs', { label: entry.label, detail: entry.log.message.slice(0, 200) }),
  });

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Where every partition of the topics ends now; high = low is an empty one. */
export async function topicEnds(options: KafkaOptions): Promise<Array<{ topic: string; partition: number; low: bigint; high: bigint }>> {
  const admin = client(options).admin();
  await admin.connect();
  try {
    const ends = [];
    for (const topic of options.topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(options.prefix + topic))
        ends.push({ topic, partition, low: BigInt(low), high: BigInt(high) });
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

async function lowOf(options: KafkaOptions, topic: string, partition: number): Promise<bigint> {
  const ends = await topicEnds({ ...options, topics: [topic] });
  return ends.find((end) => end.partition === partition)?.low ?? 0n;
}

/** A member of the consumer's group, until `stop`. */
export function startSession(options: KafkaOptions, source: Source): Session {
  const { log, prefix } = options;
  const lag = new Map<string, number>();
  const applied = new Map<string, bigint>();
  let stopped = false;
  let running = false;
  let seek: (topic: string, partition: number, offset: bigint) => void = () => {};
  let leave: () => Promise<void> = async () => {};

  const member = async (): Promise<void> => {
    const consumer = client(options).consumer({
      groupId: prefix + options.group,
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      rebalanceTimeout: 15_000,
      maxWaitTimeInMs: 250,
      maxBytesPerPartition: 1_048_576,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8, restartOnFailure: async () => false },
    });
    const ended = Promise.withResolvers<void>();
    let sought: Promise<unknown> = Promise.resolve();
    seek = (topic, partition, offset) => {
      applied.set(`${topic}/${partition}`, offset);
      consumer.seek({ topic: prefix + topic, partition, offset: String(offset) });
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log('warn', 'the consumer lost its session; it starts again', { error: payload.error.message });
      ended.resolve();
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      running = true;
      lag.clear();
      applied.clear();
      sought = Promise.all(
        Object.entries(payload.memberAssignment).flatMap(([name, partitions]) =>
          partitions.map(async (partition) => {
            const topic = name.slice(prefix.length);
            seek(topic, partition, await source.position(topic, partition));
          }),
        ),
      );
      sought.catch((error) => {
        log('warn', 'positions cannot be read; the consumer starts again', { error: error.message });
        ended.resolve();
      });
    });
    const eachBatch = async (payload: EachBatchPayload) => {
      await sought; // nothing is applied before the stored positions were sought; a batch from elsewhere is stale then
      const { batch, isRunning, isStale } = payload;
      const topic = batch.topic.slice(prefix.length);
      const place = `${topic}/${batch.partition}`;
      let position = applied.get(place);
      if (position === undefined || isStale()) return;
      if (!(await source.open(topic))) {
        setTimeout(payload.pause(), 100);
        return;
      }
      // A batch that was fetched before a seek may begin beyond the position: what lies between would be lost. Unless retention took it.
      const fetchedFrom = BigInt((batch as unknown as { fetchedOffset: string }).fetchedOffset);
      if (fetchedFrom > position && fetchedFrom > (await lowOf(options, topic, batch.partition)))
        return seek(topic, batch.partition, position);
      const messages = batch.messages.filter(({ offset }) => BigInt(offset) >= position!);
      if (messages.length === 0 && batch.messages.length > 0) return payload.resolveOffset(batch.lastOffset());
      for (let from = 0; from < messages.length; from += source.maxBatch) {
        if (!isRunning() || isStale()) return;
        const records = messages.slice(from, from + source.maxBatch).map((message) => ({
          topic,
          partition: batch.partition,
          offset: BigInt(message.offset),
          key: message.key?.toString() ?? '',
          value: message.value?.toString() ?? null,
          headers: textHeaders(message.headers),
        }));
        lag.set(place, Number(BigInt(batch.highWatermark) - records[0]!.offset)); // true also while it cannot be applied
        const outcome = await source.apply(records, position);
        if (outcome !== 'applied') return seek(topic, batch.partition, outcome.seek);
        const last = records.at(-1)!.offset;
        position = last + 1n;
        applied.set(place, position);
        lag.set(place, Number(BigInt(batch.highWatermark) - position));
        payload.resolveOffset(String(last));
        await payload.heartbeat();
        await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
      }
    };
    leave = async () => {
      running = false;
      await consumer.disconnect().catch(() => {}); // waits for the batches in hand
      ended.resolve();
    };
    await consumer.connect();
    await consumer.subscribe({ topics: options.topics.map((topic) => prefix + topic), fromBeginning: true });
    await consumer.run({ eachBatch, eachBatchAutoResolve: false, autoCommitInterval: 5_000, partitionsConsumedConcurrently: 2 });
    await ended.promise;
    await leave();
  };

  const loop = (async () => {
    for (let delay = 200; !stopped; delay = Math.min(delay * 2, 3_000)) {
      const began = Date.now();
      await member().catch((error) => log('warn', 'no session with the broker; trying again', { error: error.message }));
      await leave();
      if (Date.now() - began > 30_000) delay = 200;
      if (!stopped) await pause(delay);
    }
  })();

  return {
    running: () => running,
    lag: () => lag,
    follow(stored) {
      let moved = false;
      for (const [place, next] of stored) {
        const mine = applied.get(place);
        const slash = place.lastIndexOf('/');
        if (mine === undefined || next >= mine) continue;
        seek(place.slice(0, slash), Number(place.slice(slash + 1)), next);
        moved = true;
      }
      return moved;
    },
    async stop() {
      stopped = true;
      await leave();
      await loop;
    },
  };
}

function textHeaders(headers: EachBatchPayload['batch']['messages'][number]['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]));
}
