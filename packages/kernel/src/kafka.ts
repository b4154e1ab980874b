// The seam around kafkajs 2.2.4: everything that knows the client is in this file, so that another one can take its place. Mends its two
// known flaws (a 1 ms timer per idle connection; negative timeouts on Node 24), routes its log through ours, and reconnects for ever.
import { createRequire } from 'node:module';
import { type EachBatchPayload, Kafka, logLevel, type Producer } from 'kafkajs';
import type { Log } from './log.ts';

/** A record to produce or as consumed. */
export interface KafkaRecord {
  topic: string;
  key: string;
  headers: Record<string, string>;
  /** null is a tombstone. */
  value: string | null;
}
export interface ConsumedRecord extends KafkaRecord {
  partition: number;
  offset: bigint;
}

export interface KafkaOptions {
  brokers: readonly string[];
  /** Put before every topic and group; topics inside the product carry no prefix. */
  prefix: string;
  clientId: string;
  log: Log;
}

export interface BatchConsumer {
  /** Is the consumer a running member of its group? */
  running(): boolean;
  /** Records between the last applied one and the end of the partition, by `topic/partition`. */
  lag(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

calmKafkajs();

/** kafkajs re-arms a 1 ms timer per connection for ever, and with a negative delay; nothing pending and no throttle means nothing to arm. */
function calmKafkajs(): void {
  const load = createRequire(createRequire(import.meta.url).resolve('kafkajs'));
  const queue = load('./src/network/requestQueue').prototype;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function (this: { pending: unknown[]; throttledUntil: number }) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

function client(options: KafkaOptions): Kafka {
  const { log } = options;
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 8 },
    logLevel: logLevel.WARN,
    // kafkajs retries what it reports here; what it gives up on reaches our own loops, which log it.
    logCreator: () => (entry) => log.debug({ kafka: entry.label, detail: entry.log.message.slice(0, 200) }, 'kafkajs'),
  });
}

const SMALL_BATCH = 50;
const LINGER_MS = 10;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface RecordProducer {
  /**
   * Resolves when all in-sync replicas have the records, in the given order per key. `until` (by `performance.now()`): later it does not begin, and
   * rejects; nor does it repeat a request for longer than a moment, since whoever waits may not be the one to send any more.
   */
  send(records: readonly KafkaRecord[], until?: number): Promise<void>;
  close(): Promise<void>;
}

/** An idempotent producer that reconnects. */
export function createProducer(options: KafkaOptions): RecordProducer {
  let producer: Producer | undefined;
  const connected = async (): Promise<Producer> => {
    if (producer) return producer;
    const fresh = client(options).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 2 },
    });
    await fresh.connect();
    producer = fresh;
    return fresh;
  };
  const drop = async (): Promise<void> => {
    const old = producer;
    producer = undefined;
    await old?.disconnect().catch(() => {});
  };
  return {
    async send(records, until = Number.POSITIVE_INFINITY) {
      const byTopic = Map.groupBy(records, (record) => options.prefix + record.topic);
      const ready = await connected();
      if (performance.now() > until) throw new Error('too late to send what was read a while ago');
      try {
        await ready.sendBatch({
          acks: -1,
          topicMessages: [...byTopic].map(([topic, messages]) => ({
            topic,
            messages: messages.map(({ key, headers, value }) => ({ key, headers, value })),
          })),
        });
      } catch (error) {
        // A producer whose sequence is in doubt must not go on: a new one gets a new producer id; consumers drop what came twice.
        await drop();
        throw error;
      }
    },
    close: drop,
  };
}

export interface ConsumerOptions extends KafkaOptions {
  group: string;
  topics: readonly string[];
  /** Where the applied rows end: the truth about offsets. Called for each partition when the group assigns it; undefined = from the beginning. */
  storedOffset(topic: string, partition: number): Promise<bigint | undefined>;
  /** Applies records of one partition, at most `maxBatch`; resolves after its commit. A throw is retried from the same record. */
  apply(topic: string, partition: number, records: readonly ConsumedRecord[]): Promise<void>;
  maxBatch: number;
}

/** One long-lived consumer for all topics of a service. Kafka's own group offsets are a hint; `storedOffset` decides. */
export function startConsumer(options: ConsumerOptions): BatchConsumer {
  const { log, prefix } = options;
  const lag = new Map<string, number>();
  let stopped = false;
  let running = false;
  let current: { stop(): Promise<void> } | undefined;
  /** The stored offsets of the present assignment, sought. Until then a batch may come from Kafka's own offset, which is ahead after a restore. */
  let sought: Promise<unknown> = Promise.resolve();

  const eachBatch = async ({
    batch,
    heartbeat,
    isRunning,
    isStale,
    resolveOffset,
    uncommittedOffsets,
    commitOffsetsIfNecessary,
  }: EachBatchPayload) => {
    await sought;
    const topic = batch.topic.slice(prefix.length);
    const end = BigInt(batch.highWatermark);
    for (let from = 0; from < batch.messages.length; from += options.maxBatch) {
      if (!isRunning() || isStale()) return;
      const chunk = batch.messages.slice(from, from + options.maxBatch);
      const records = chunk.map((message) => ({
        topic,
        partition: batch.partition,
        offset: BigInt(message.offset),
        key: message.key?.toString() ?? '',
        value: message.value?.toString() ?? null,
        headers: textHeaders(message.headers),
      }));
      lag.set(`${topic}/${batch.partition}`, Number(end - BigInt(chunk[0]!.offset))); // true also while it cannot be applied
      await options.apply(topic, batch.partition, records);
      const last = chunk.at(-1)!.offset;
      resolveOffset(last);
      lag.set(`${topic}/${batch.partition}`, Number(end - BigInt(last) - 1n));
      await heartbeat();
      await commitOffsetsIfNecessary(uncommittedOffsets());
    }
    // Under a steady trickle a short rest makes one transaction of what would be several; nothing that is here already waits for it.
    if (batch.messages.length < SMALL_BATCH) await pause(LINGER_MS);
  };

  const session = async (): Promise<void> => {
    const kafka = client(options);
    const consumer = kafka.consumer({
      groupId: prefix + options.group,
      // The broker's default minimum: how long the group waits for a member that was killed.
      sessionTimeout: 6_000,
      heartbeatInterval: 1_000,
      rebalanceTimeout: 15_000,
      // News is answered at once; this is how often an idle consumer asks anew, and the longest that a stop waits for.
      maxWaitTimeInMs: 1_000,
      minBytes: 1,
      maxBytesPerPartition: 1_048_576,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8, restartOnFailure: async () => false },
    });
    const crashed = Promise.withResolvers<void>();
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log.warn({ err: payload.error }, 'consumer crashed; starting again');
      crashed.resolve();
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      running = true;
      lag.clear();
      sought = Promise.all(
        Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
          partitions.map(async (partition) => {
            const stored = await options.storedOffset(topic.slice(prefix.length), partition);
            consumer.seek({ topic, partition, offset: String(stored ?? 0n) }); // 0 where retention took it: kafkajs goes to the earliest
          }),
        ),
      );
      sought.catch((err) => {
        log.warn({ err }, 'stored offsets not readable; starting again');
        crashed.resolve();
      });
    });
    const stop = async () => {
      running = false;
      await consumer.disconnect().catch(() => {});
      crashed.resolve();
    };
    current = { stop };
    await consumer.connect();
    await consumer.subscribe({ topics: options.topics.map((topic) => prefix + topic), fromBeginning: true });
    await consumer.run({ eachBatch, eachBatchAutoResolve: false, autoCommitInterval: 5_000, partitionsConsumedConcurrently: 2 });
    await crashed.promise;
    await stop();
  };

  const loop = (async () => {
    for (let delay = 200; !stopped; delay = Math.min(delay * 2, 3_000)) {
      const began = Date.now();
      await session().catch((err) => log.warn({ err }, 'consumer not connected; trying again'));
      await current?.stop();
      if (Date.now() - began > 30_000) delay = 200;
      if (!stopped) await pause(delay);
    }
  })();

  return {
    running: () => running,
    lag: () => lag,
    async stop() {
      stopped = true;
      await current?.stop();
      await loop;
    },
  };
}

function textHeaders(headers: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]));
}
