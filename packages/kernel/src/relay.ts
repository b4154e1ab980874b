// Publishes a service's outbox (events.md, "The outbox"): the oldest rows, sent, acknowledged by all replicas, deleted by id. There is no
// cursor, because a transaction with a lower position may commit later. One leader per database, by a session advisory lock that lives and
// dies with the very connection that reads and deletes.
import type { Client } from 'pg';
import pg from 'pg';
import type { KafkaRecord } from './kafka.ts';
import type { Log } from './log.ts';

const LOCK = "hashtext('outbox relay')";
const POLL_MS = 250;
const RETRY_MS = 1_000;
/** After a small batch a short rest: the next one is larger, and the broker has fewer requests. */
const SMALL_BATCH = 50;
const LINGER_MS = 5;
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 700_000;
/** What was read longer ago is not sent: a process that stood still may have lost its lock, and its successor may have published newer states. */
const FRESH_MS = 2_000;
/** A request that a former leader sent has arrived by then, or never will. */
const SETTLE_MS = 45_000;

export interface RelayOptions {
  databaseUrl: string;
  name: string;
  /** `until`: by `performance.now()`, when it is too late to begin sending. */
  producer: { send(records: readonly KafkaRecord[], until?: number): Promise<void> };
  log: Log;
  /** Told after each batch: how many records were published. */
  published?(count: number): void;
  /** Events to read at a time; tests make it small. */
  batch?: number;
  /** How long after taking over the states in hand then are published once more; tests make it short. */
  settleMs?: number;
}

export interface Relay {
  /** A commit wrote events: look now. */
  wake(): void;
  /** Is this instance the one that publishes? */
  leading(): boolean;
  /** Finishes the batch in hand and stops. */
  stop(): Promise<void>;
}

interface OutboxRow {
  position: string;
  topic: string;
  key: string;
  headers: Record<string, string>;
  payload: string | null;
}

/** Starts the relay; it runs until `stop`, through any outage of Postgres or Kafka. */
export function startRelay(options: RelayOptions): Relay {
  const { log } = options;
  let stopped = false;
  let leading = false;
  let news = false;
  let rouse: (() => void) | undefined;
  const nap = (ms: number) =>
    new Promise<void>((resolve) => {
      if (news || stopped) return resolve();
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const lead = async (client: Client): Promise<void> => {
    const { rows } = await client.query(`select pg_try_advisory_lock(${LOCK}) as mine`);
    if (!rows[0].mine) return;
    leading = true;
    // Losing a delete only publishes a record again, which consumers drop; so it need not wait for the disk.
    await client.query('set synchronous_commit = off');
    const settling = settle(options.settleMs ?? SETTLE_MS);
    while (!stopped) {
      news = false;
      const late = settling.due();
      if (late.length > 0) await options.producer.send(late, performance.now() + FRESH_MS);
      const published = await relayOnce(client, options, settling.saw);
      if (published === 0) await nap(POLL_MS);
      else if (published < SMALL_BATCH) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
    }
  };

  const loop = (async () => {
    while (!stopped) {
      const client = new pg.Client({
        connectionString: options.databaseUrl,
        application_name: `${options.name} relay`,
        keepAlive: true,
        connectionTimeoutMillis: 5_000,
        query_timeout: 30_000,
      });
      client.on('error', () => {});
      try {
        await client.connect();
        await lead(client);
      } catch (err) {
        if (!stopped) log.warn({ err }, 'relay interrupted; trying again');
      }
      leading = false;
      await client.end().catch(() => {});
      news = false;
      if (!stopped) await nap(RETRY_MS);
    }
  })();

  return {
    wake() {
      news = true;
      rouse?.();
    },
    leading: () => leading,
    async stop() {
      stopped = true;
      rouse?.();
      await loop;
    },
  };
}

/** Publishes the oldest batch and deletes it; answers how many records there were. The caller's connection holds the leader's lock. */
export async function relayOnce(
  client: Pick<Client, 'query'>,
  options: RelayOptions,
  saw: (records: readonly KafkaRecord[]) => void = () => {},
): Promise<number> {
  const until = performance.now() + FRESH_MS;
  const { rows } = await client.query<OutboxRow>(
    '/* relayOnce */ select position, topic, key, headers, payload from outbox order by position limit $1',
    [options.batch ?? MAX_BATCH],
  );
  const batch = withinBytes(rows);
  if (batch.length === 0) return 0;
  const records = batch.map(({ topic, key, headers, payload }) => ({ topic, key, headers, value: payload }));
  await options.producer.send(records, until);
  saw(records);
  await client.query('/* relayOnce */ delete from outbox where position = any($1::bigint[])', [batch.map((row) => row.position)]);
  options.published?.(batch.length);
  return batch.length;
}

/** The rows of a former leader's last batch are among so many of the first that a new leader publishes. */
const HANDED_OVER = 2 * MAX_BATCH;

/**
 * A former leader's last request may still be on its way and arrive behind the new leader's, which puts the states in it back: on a compacted topic the
 * older record would stand last. What it can hold lay in the outbox at the takeover. So the newest state of each of those keys is published once more
 * when such a request cannot arrive any longer. Facts need none of it: consumers drop repeats by sequence.
 */
function settle(afterMs: number): { saw(records: readonly KafkaRecord[]): void; due(): readonly KafkaRecord[] } {
  const newest = new Map<string, KafkaRecord>();
  const dueAt = performance.now() + afterMs;
  let seen = 0;
  let done = false;
  return {
    saw(records) {
      if (done) return;
      for (const record of records) {
        const id = `${record.topic} ${record.key}`;
        const handedOver = seen++ < HANDED_OVER && !record.topic.endsWith('.events.v1');
        if (handedOver || newest.has(id)) newest.set(id, record);
      }
    },
    due() {
      if (done || performance.now() < dueAt) return [];
      done = true;
      const late = [...newest.values()];
      newest.clear();
      return late;
    },
  };
}

/** As many rows as fit into one request to the broker; always at least one. */
function withinBytes(rows: readonly OutboxRow[]): readonly OutboxRow[] {
  let bytes = 0;
  const end = rows.findIndex((row, i) => {
    bytes += (row.payload?.length ?? 0) + 600;
    return i > 0 && bytes > MAX_BATCH_BYTES;
  });
  return end < 0 ? rows : rows.slice(0, end);
}
