// `consume({ … })`: the door of the SDK. Makes its small tables, bootstraps from the state topics, then follows the facts, each applied exactly once in
// effect; drains what was parked and due, performs effects outside, and stops cleanly when told.
import pg from 'pg';
import { type Applying, applyRecords, MAX_BATCH, Moved, topicsOf } from './apply.ts';
import { KIND_OF } from './generated/contracts.ts';
import type { Handlers, Transaction } from './handlers.ts';
import { type KafkaOptions, startSession, topicEnds } from './kafka.ts';
import { type Log, logToStderr } from './log.ts';
import { performNext } from './outside.ts';
import { drainParked } from './parking.ts';
import { createTables, inTransaction, type Postgres, pruneInbox } from './store.ts';

export interface ConsumeOptions {
  /** The consumer's name: its group on Kafka and the owner of its rows. Instances of one name share the work. */
  readonly name: string;
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** What this installation puts before topic names; usually nothing. */
  readonly topicPrefix?: string;
  /** URL of the consumer's own Postgres, or a pool of `pg` that stays the caller's to end. */
  readonly database: string | Postgres;
  readonly handlers: Handlers;
  readonly log?: Log;
  readonly security?: KafkaOptions['security'];
}

/** A running consumer. */
export interface RunningConsumer {
  /** Resolves when everything was applied that was on the topics at the start (by whichever instance). */
  readonly ready: Promise<void>;
  running(): boolean;
  /** Records not applied yet, by `topic/partition`, of the partitions that this instance holds. */
  lag(): ReadonlyMap<string, number>;
  /**
   * Applies everything anew from the beginning of the topics. `clear` empties the consumer's own tables in the transaction that resets the
   * positions; readers see the old rows until then. Effects outside are not repeated. Resolves when all that was on the topics is applied again.
   */
  rebuild(clear: (tx: Transaction) => Promise<void>): Promise<void>;
  /** Finishes the batches in hand, leaves the group, closes its connections. */
  stop(): Promise<void>;
}

const WATCH_MS = 500;
const PRUNE_MS = 3_600_000;

/** Starts a consumer. Rejects when the database or the broker cannot be reached at the start; later it waits for them and goes on. */
export async function consume(options: ConsumeOptions): Promise<RunningConsumer> {
  const { name, handlers, topicPrefix: prefix = '', log = logToStderr } = options;
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) throw new TypeError('name: 1 to 100 letters, digits, dots, underscores or dashes');
  if (options.brokers.length === 0 || options.brokers.some((broker) => broker === ''))
    throw new TypeError('brokers: host:port of at least one broker');
  if (!options.database) throw new TypeError('database: the URL of the consumer’s own Postgres, or a pool');
  const topics = topicsOf(handlers);
  if (topics.length === 0) throw new TypeError('handlers: there is none; add one with on, onBatch or outside');
  const own =
    typeof options.database === 'string' ? new pg.Pool({ connectionString: options.database, max: 6, application_name: name }) : undefined;
  own?.on('error', (error) => log('warn', 'a database connection was lost', { error: error.message }));
  const database = own ?? (options.database as Postgres);
  const applying: Applying = { name, database, handlers, log };
  const kafka: KafkaOptions = { brokers: options.brokers, prefix, group: name, topics, log, security: options.security };

  try {
    await createTables(database);
    await inTransaction(database, (tx) => startPositions(tx, name, kafka));
  } catch (error) {
    await own?.end();
    throw error;
  }

  let stopping: Promise<void> | undefined;
  let bootstrapped = false;
  const session = startSession(kafka, {
    maxBatch: MAX_BATCH,
    async position(topic, partition) {
      bootstrapped = false; // after a rebalance another instance may hold the state
      return (await positions(database, name)).get(`${topic}/${partition}`) ?? 0n;
    },
    async open(topic) {
      if (KIND_OF[topic] === 'state' || bootstrapped) return true;
      bootstrapped = await isBootstrapped(database, name);
      return bootstrapped;
    },
    async apply(records, position) {
      try {
        await applyRecords(applying, records, position);
        return 'applied';
      } catch (error) {
        if (!(error instanceof Moved)) throw error;
        bootstrapped = false; // moved back by a rebuild, perhaps: look again
        return { seek: error.next };
      }
    },
  });

  /** A rebuild, by whichever instance, moved positions back: read on from there. */
  const follow = async () => {
    if (session.follow(await positions(database, name))) bootstrapped = false;
  };
  const hasOutside = [...handlers.routes.values()].some(({ outside }) => outside);
  const timers = [
    every(WATCH_MS, log, async () => {
      await drainParked(applying);
      await follow();
    }),
    ...(hasOutside
      ? [
          every(WATCH_MS / 5, log, async () => {
            while (!stopping && (await performNext(applying)));
          }),
        ]
      : []),
    every(PRUNE_MS, log, () => inTransaction(database, pruneInbox)),
  ];
  const reached = async (ends: Awaited<ReturnType<typeof topicEnds>>): Promise<void> => {
    const due = ends.filter(({ low, high }) => high > low);
    for (;;) {
      const now = await positions(database, name).catch(() => new Map<string, bigint>());
      if (due.every(({ topic, partition, high }) => (now.get(`${topic}/${partition}`) ?? 0n) >= high)) return;
      if (stopping) throw new Error('stopped before everything was applied');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const ready = topicEnds(kafka).then(reached);
  ready.catch((error) => !stopping && log('warn', 'readiness is unknown', { error: error.message }));

  return {
    ready,
    running: () => session.running(),
    lag: () => session.lag(),
    async rebuild(clear) {
      const ends = await topicEnds(kafka);
      await inTransaction(database, async (tx) => {
        await tx.query('select 1 from customer360.position where consumer = $1 order by topic, partition for update', [name]);
        await clear(tx);
        await tx.query('delete from customer360.seen where consumer = $1', [name]);
        await tx.query('delete from customer360.parked where consumer = $1', [name]);
        await tx.query('delete from customer360.inbox where consumer = $1', [name]);
        await tx.query(
          `update customer360.position p set next_offset = e.low, bootstrap_until = e.until
           from unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) as e(topic, partition, until, low)
           where p.consumer = $1 and p.topic = e.topic and p.partition = e.partition`,
          [name, ends.map((e) => e.topic), ends.map((e) => e.partition), ends.map(bootstrapEnd), ends.map(({ low }) => String(low))],
        );
      });
      await follow();
      await reached(ends);
    },
    stop() {
      stopping ??= (async () => {
        await Promise.all(timers.map((timer) => timer.stop()));
        await session.stop();
        await own?.end();
      })();
      return stopping;
    },
  };
}

/** On state topics: where the bootstrap ends. Empty partitions have none to wait for. */
const bootstrapEnd = ({ topic, low, high }: { topic: string; low: bigint; high: bigint }): string | null =>
  KIND_OF[topic] === 'state' ? String(high > low ? high : 0n) : null;

/** A row per partition; those that are there stay as they are. */
async function startPositions(tx: Transaction, name: string, kafka: KafkaOptions): Promise<void> {
  const ends = await topicEnds(kafka);
  await tx.query(
    `insert into customer360.position (consumer, topic, partition, bootstrap_until, next_offset)
     select $1, * from unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) on conflict do nothing`,
    [name, ends.map((e) => e.topic), ends.map((e) => e.partition), ends.map(bootstrapEnd), ends.map(({ low }) => String(low))],
  );
}

async function positions(database: Postgres, name: string): Promise<Map<string, bigint>> {
  const rows = await inTransaction(database, (tx) =>
    tx.query<{ topic: string; partition: number; next_offset: string }>(
      'select topic, partition, next_offset from customer360.position where consumer = $1',
      [name],
    ),
  );
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
}

async function isBootstrapped(database: Postgres, name: string): Promise<boolean> {
  const rows = await inTransaction(database, (tx) =>
    tx.query('select 1 from customer360.position where consumer = $1 and next_offset < bootstrap_until limit 1', [name]),
  );
  return rows.length === 0;
}

/** Runs `work` again and again with a pause, never twice at once; `stop` waits for the one that runs. */
function every(ms: number, log: Log, work: () => Promise<unknown>): { stop(): Promise<void> } {
  let stopped = false;
  let rouse = () => {};
  const loop = (async () => {
    while (!stopped) {
      await work().catch((error) => log('warn', 'background work failed; it runs again', { error: (error as Error).message }));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, stopped ? 0 : ms);
        rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop() {
      stopped = true;
      rouse();
      return loop;
    },
  };
}
