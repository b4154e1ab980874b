// A service from its definition: database, relay, consumer, subgraph, background work and one way to shut down. Everything reconnects; a
// service starts while Kafka or another service is down, and catches up. `main.ts migrate` brings the database up to date and exits.
import type { EntitySchema } from 'typeorm';
import type { Actor } from './actor.ts';
import { applyBatch, drainParked, MAX_BATCH, type Subscription, storedOffset } from './consumer.ts';
import { createNews, type RequestContext, type RowWatch, type ServiceContext } from './context.ts';
import { loadContracts } from './contracts.ts';
import { type MigrationClass, migrate, openDatabase, statementCount } from './database.ts';
import type { ServiceEnv } from './env.ts';
import { type Route, serveHttp } from './http.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import { type BatchConsumer, createProducer, startConsumer } from './kafka.ts';
import { createLog } from './log.ts';
import { startRelay } from './relay.ts';
import { releaseMemoryAtRest } from './release-memory.ts';
import { sql } from './sql.ts';
import { heldToDirectory, type StandingOf } from './standing.ts';
import { onStopSignals } from './stop-signals.ts';
import { type SubgraphContext, startSubgraph, subgraphSdl } from './subgraph.ts';
import { KernelTables1730000000000 } from './tables.ts';
import { Counter, Gauge, inSpan, registry, startTraces } from './telemetry.ts';
import { innerVerifier } from './tokens.ts';

/** Bounded work on a schedule, for example an escalation. Several instances may run it: it locks what it changes. */
export interface BackgroundTask {
  readonly name: string;
  /** How often it runs while this process commits changes or takes news; when nothing happens, less and less often, down to every five seconds. */
  readonly everyMs: number;
  run(ctx: ServiceContext): Promise<unknown>;
}

export interface ServiceDefinition<L> {
  readonly name: string;
  readonly resolvers: object;
  readonly entities: readonly EntitySchema<any>[];
  /** Without the kernel's own, which comes first. */
  readonly migrations: readonly MigrationClass[];
  readonly subscriptions: readonly Subscription[];
  loaders(ctx: RequestContext<any>): L;
  readonly background?: readonly BackgroundTask[];
  /** What the staff directory says of a caller now; see standing.ts. */
  readonly standingOf?: StandingOf;
  /** Sees every row that is written through its EntitySchema, in the same transaction. */
  readonly watchRows?: RowWatch;
  /** Further exact HTTP paths, such as a door for files; each checks its caller itself. */
  routes?(ctx: ServiceContext): Readonly<Record<string, Route>>;
  /** Once after connecting, before requests are taken; must be repeatable. */
  onStart?(ctx: ServiceContext): Promise<void>;
  /** Folder that holds graphql/ and events/. */
  readonly schemas: URL;
}

const DRAIN_EVERY_MS = 100;
const PRUNE_EVERY_MS = 3_600_000;
/** How often a task runs of itself when this process has neither changed nor heard anything: for what others left, or what has become due. */
const CALM_MS = 5_000;
const MAX_READY_LAG = 10_000;

/** Runs a service until SIGTERM, SIGINT or (EXIT_WITH_PARENT) the end of its parent; with argument `migrate`, migrates and returns. */
export async function runService<L>(definition: ServiceDefinition<L>, env: ServiceEnv & Record<string, unknown>): Promise<void> {
  const { name } = definition;
  const log = createLog(name, env.LOG_LEVEL);
  const databaseOptions = {
    url: env.DATABASE_URL,
    entities: definition.entities,
    migrations: [KernelTables1730000000000, ...definition.migrations],
    poolMax: env.DATABASE_POOL_MAX,
    statementTimeoutMs: env.STATEMENT_TIMEOUT_MS,
    name,
    log,
  };
  if (process.argv[2] === 'migrate') {
    const done = await migrate({ ...databaseOptions, url: env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL });
    log.info({ migrations: done }, 'database is up to date');
    return;
  }

  const stopTraces = await startTraces(name, env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const db = await openDatabase(databaseOptions);
  const kafka = { brokers: env.KAFKA_BROKERS.split(','), prefix: env.TOPIC_PREFIX, clientId: `customer360-${name}`, log };
  const producer = createProducer(kafka);
  const published = new Counter({ name: 'outbox_published_total', help: 'Events published to Kafka.', registers: [registry] });
  const relay = startRelay({ databaseUrl: env.DATABASE_URL, name, producer, log, published: (count) => published.inc(count) });
  let tasks: ReturnType<typeof schedule> | undefined;
  const ctx: ServiceContext = {
    name,
    db,
    log,
    contracts: loadContracts(definition.schemas),
    env,
    wake() {
      relay.wake();
      tasks?.rouse();
    },
    news: createNews(),
    ...(definition.watchRows && { watchRows: definition.watchRows }),
  };
  await definition.onStart?.(ctx);
  tasks = schedule(ctx, [
    { name: 'drain parked keys', everyMs: DRAIN_EVERY_MS, run: () => drainParked(ctx, definition.subscriptions) },
    { name: 'prune markers', everyMs: PRUNE_EVERY_MS, run: pruneMarkers },
    ...(definition.background ?? []),
  ]);
  const consumer = consume(ctx, definition.subscriptions, kafka);
  gauges(ctx, consumer, () => relay.leading());

  const verify = innerVerifier({ jwks: JSON.parse(env.INNER_JWKS), audience: name });
  const { standingOf } = definition;
  const present = standingOf ? heldToDirectory(ctx, standingOf) : async (actor: Actor) => actor;
  const graphql = await startSubgraph({
    sdl: subgraphSdl(definition.schemas, name),
    resolvers: definition.resolvers,
    exposeStatements: env.EXPOSE_STATEMENTS,
    log,
  });
  const http = await serveHttp<SubgraphContext>({
    port: env.SERVICE_PORT,
    host: env.SERVICE_HOST,
    graphql,
    registry,
    log,
    maxBodyBytes: 4 * 1_048_576,
    ...(definition.routes && { routes: definition.routes(ctx) }),
    around: (work) => statementCount.run({ statements: 0 }, work),
    async contextOf({ headers, requestId }) {
      const actor = await present(await verify(headers.authorization));
      const idempotencyKey = readIdempotencyKey(headers['idempotency-key']);
      const request = { ...ctx, actor, requestId, idempotencyKey, loaders: undefined as unknown, statements: statementCount.getStore()! };
      request.loaders = definition.loaders(request);
      return request;
    },
    checks: {
      database: async () => void (await db.query('readyz', sql`select 1`)),
      broker: () => {
        if (!consumer.running()) throw new Error('the consumer is not a member of its group');
      },
      lag: () => {
        const records = totalLag(consumer);
        if (records > MAX_READY_LAG) throw new Error(`${records} records behind`);
        return { records };
      },
    },
  });
  log.info({ url: http.url }, 'ready');

  let stopping: Promise<void> | undefined;
  const shutdown = (why: string) => {
    stopping ??= (async () => {
      log.info({ why }, 'shutting down');
      const limit = setTimeout(() => process.exit(1), env.DRAIN_DELAY_MS + env.SHUTDOWN_GRACE_MS + 2_000);
      tasks?.stop();
      await http.close(env.SHUTDOWN_GRACE_MS, env.DRAIN_DELAY_MS);
      await graphql.stop();
      await consumer.stop();
      await relay.stop();
      await producer.close();
      await db.close();
      await stopTraces();
      clearTimeout(limit);
      process.exit(0);
    })().catch((err) => {
      log.error({ err }, 'shutdown failed');
      process.exit(1);
    });
    return stopping;
  };
  releaseMemoryAtRest();
  onStopSignals(env.EXIT_WITH_PARENT, shutdown);
}

function consume(ctx: ServiceContext, subscriptions: readonly Subscription[], kafka: Parameters<typeof createProducer>[0]): BatchConsumer {
  const applied = new Counter({
    name: 'consumer_applied_total',
    help: 'Events taken from Kafka.',
    labelNames: ['topic'],
    registers: [registry],
  });
  return startConsumer({
    ...kafka,
    group: `customer360-${ctx.name}`,
    topics: [...new Set(subscriptions.map((s) => s.topic))],
    maxBatch: MAX_BATCH,
    storedOffset: (topic, partition) => storedOffset(ctx, topic, partition),
    async apply(topic, _partition, records) {
      await inSpan(`apply ${topic}`, 'consumer', records[0]!.headers, () => applyBatch(ctx, subscriptions, records));
      applied.inc({ topic }, records.length);
    },
  });
}

const totalLag = (consumer: BatchConsumer): number => [...consumer.lag().values()].reduce((sum, lag) => sum + lag, 0);

function gauges(ctx: ServiceContext, consumer: BatchConsumer, leading: () => boolean): void {
  const ask = async (name: string, statement: Parameters<typeof ctx.db.one>[1]) =>
    Number((await ctx.db.one<{ value: string }>(name, statement).catch(() => undefined))?.value ?? Number.NaN);
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  gauge('outbox_depth', 'Events committed and not yet published.', () => ask('outboxDepth', sql`select count(*) as value from outbox`));
  gauge('outbox_age_seconds', 'Age of the oldest unpublished event.', () =>
    ask('outboxAge', sql`select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) as value from outbox`),
  );
  gauge('parked_keys', 'Keys set aside.', () => ask('parkedKeys', sql`select count(distinct (topic, key)) as value from parked`));
  gauge('relay_leading', '1 when this instance publishes the outbox.', () => Number(leading()));
  gauge('consumer_lag_records', 'Records between the last applied one and the end, all partitions.', () => totalLag(consumer));
  gauge('consumer_running', '1 when the consumer is a member of its group.', () => Number(consumer.running()));
  gauge('database_pool_connections', 'Open connections of the pool.', () => ctx.db.pool.totalCount);
  gauge('database_pool_waiting', 'Requests that wait for a connection.', () => ctx.db.pool.waitingCount);
}

/** Runs each task on its interval, never twice at once in this process. Tasks lock what they change, so several instances do no harm. */
function schedule(ctx: ServiceContext, tasks: readonly BackgroundTask[]): { rouse(): void; stop(): void } {
  let stopped = false;
  const loops = tasks.map(({ name, everyMs, run }) => {
    let pause = everyMs;
    let began = performance.now();
    let news = false;
    let busy = false;
    let timer: ReturnType<typeof setTimeout>;
    const turn = async () => {
      busy = true;
      began = performance.now();
      news = false;
      await run(ctx).catch((err) => ctx.log.warn({ err, task: name }, 'background task failed; it runs again on schedule'));
      busy = false;
      plan(news ? everyMs : Math.min(pause * 2, Math.max(everyMs, CALM_MS)));
    };
    const plan = (ms: number, waited = 0) => {
      clearTimeout(timer);
      pause = ms;
      if (!stopped) timer = setTimeout(turn, Math.max(ms - waited, 0));
    };
    plan(everyMs);
    return {
      rouse() {
        news = true;
        if (!busy && pause > everyMs) plan(everyMs, performance.now() - began); // at once where it has rested so long already
      },
      stop: () => clearTimeout(timer),
    };
  });
  return {
    rouse() {
      for (const loop of loops) loop.rouse();
    },
    stop() {
      stopped = true;
      for (const loop of loops) loop.stop();
    },
  };
}

const PRUNE = 10_000;

/** Forgets markers that no repeat can still meet: inbound ids after 35 days (topics keep 30), idempotency keys after 7. */
async function pruneMarkers(ctx: ServiceContext): Promise<void> {
  await ctx.db.query(
    'pruneInbox',
    sql`delete from consumer_inbox where event_id in (select event_id from consumer_inbox where received_at < now() - interval '35 days' limit ${PRUNE})`,
  );
  await ctx.db.query(
    'pruneIdempotency',
    sql`delete from idempotency where (actor, key) in (select actor, key from idempotency where created_at < now() - interval '7 days' limit ${PRUNE})`,
  );
}
