// `npm run bench -- relay`: the kernel's relay emptying a real outbox against a bare kafkajs idempotent producer that sends the very same records
// in the same batches, in alternating rounds; then the time from commit to topic at 500 events a second. The services of the stack are stopped
// first; the outbox is a database of its own on the same Postgres, filled by the kernel's `transact` like any use-case does.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SYSTEM } from '@customer360/kernel/actor';
import { createNews } from '@customer360/kernel/context';
import { loadContracts } from '@customer360/kernel/contracts';
import { migrate, openDatabase } from '@customer360/kernel/database';
import { createProducer, type KafkaRecord } from '@customer360/kernel/kafka';
import { createLog } from '@customer360/kernel/log';
import { type Relay, startRelay } from '@customer360/kernel/relay';
import { sql } from '@customer360/kernel/sql';
import { KernelTables1730000000000 } from '@customer360/kernel/tables';
import { transact } from '@customer360/kernel/transact';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { createTopics } from '../../infra/topics/src/create-topics.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { fixed, machine, median, percentile, table } from './figures.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
const EVENT = 'crm.interaction.interaction-logged.v1';
const DATABASE = 'bench_relay';
const BATCH = 500;

interface Size {
  events: number;
  rounds: number;
  /** Commits a second, and for how long. */
  rate: number;
  seconds: number;
}
/** More commits than this on their way: the machine does not reach the rate, and the latency would be that of the queue. */
const MAX_RUNNING = 400;
const FULL: Size = { events: 20_000, rounds: 5, rate: 500, seconds: 20 };
const QUICK: Size = { events: 1_000, rounds: 2, rate: 50, seconds: 2 };

export async function run(run: BenchmarkRun): Promise<void> {
  const size = run.quick ? QUICK : FULL;
  const { stack, log } = run;
  for (const name of ['gateway', 'customer', 'interaction', 'lifecycle', 'compliance']) await stack.kill(name, 'SIGTERM');
  const { databases } = JSON.parse(readFileSync(stack.secrets, 'utf8'));
  const server = new pg.Client({ connectionString: databases.customer.superuser });
  await server.connect();
  await server.query(`drop database if exists ${DATABASE} with (force)`);
  await server.query(`create database ${DATABASE}`);
  const bench = await openBench(stack, Object.assign(new URL(databases.customer.superuser), { pathname: `/${DATABASE}` }).href);
  try {
    const rates = await throughput(run, bench, size);
    const latency = await commitToTopic(run, bench, size);
    print(run, size, bench.bytes, rates, latency);
  } finally {
    await bench.close();
    await server.query(`drop database ${DATABASE} with (force)`);
    await server.end();
  }
  log('the bench database is dropped');
}

type Bench = Awaited<ReturnType<typeof openBench>>;

async function openBench(stack: BenchmarkRun['stack'], url: string) {
  const log = createLog('bench', 'error');
  const options = {
    url,
    entities: [],
    migrations: [KernelTables1730000000000],
    poolMax: 20,
    statementTimeoutMs: 60_000,
    name: 'bench',
    log,
  };
  await migrate(options);
  const db = await openDatabase(options);
  const prefix = `${stack.topicPrefix}bench-relay.`;
  const brokers = stack.kafka.split(',');
  await createTopics(JSON.parse(readFileSync(new URL('topics.json', SCHEMAS), 'utf8')), { brokers, prefix, replicationFactor: -1 });
  const bare = new Kafka({ clientId: 'bench-bare', brokers, logLevel: logLevel.NOTHING });
  const bareProducer = bare.producer({ idempotent: true, maxInFlightRequests: 1 });
  await bareProducer.connect();
  const producer = createProducer({ brokers, prefix, clientId: 'bench-relay', log });
  const [example] = JSON.parse(readFileSync(new URL('events/crm.interaction/interaction-logged.v1.json', SCHEMAS), 'utf8')).examples;
  let relay: Relay | undefined;
  let published = 0;
  // `name` names the topic: these are facts of the interaction service, under a prefix that nobody hears.
  const ctx = {
    name: 'interaction',
    db,
    log,
    contracts: loadContracts(SCHEMAS),
    env: {},
    wake: () => relay?.wake(),
    news: createNews(),
    actor: SYSTEM,
  };
  return {
    ctx,
    prefix,
    bare,
    bareProducer,
    bytes: JSON.stringify(example).length,
    fact: (key: string) => ({ type: EVENT, key, data: { ...example, interactionId: key } }),
    published: () => published,
    startRelay() {
      const count = (records: number) => {
        published += records;
      };
      relay = startRelay({ databaseUrl: url, name: 'bench', producer, log, published: count });
    },
    async stopRelay() {
      await relay?.stop();
      relay = undefined;
    },
    async close() {
      await relay?.stop();
      await producer.close();
      await bareProducer.disconnect();
      await db.close();
    },
  };
}

/** Fills the outbox through `transact`, 100 events a transaction, and answers the records as they stand there. */
async function fill({ ctx, fact }: Bench, events: number): Promise<KafkaRecord[]> {
  for (let n = 0; n < events; n += 100) {
    await transact(ctx, {}, async (tx) => {
      tx.emit(...Array.from({ length: Math.min(100, events - n) }, () => fact(randomUUID())));
      return { id: 'filled' };
    });
  }
  const rows = await ctx.db.query<KafkaRecord & { payload: string }>(
    'readOutbox',
    sql`select topic, key, headers, payload from outbox order by position`,
  );
  return rows.map(({ topic, key, headers, payload }) => ({ topic, key, headers, value: payload }));
}

async function throughput({ log, signal }: BenchmarkRun, bench: Bench, size: Size): Promise<{ relay: number[]; bare: number[] }> {
  const rates = { relay: [] as number[], bare: [] as number[] };
  for (let round = -1; round < size.rounds && !signal.aborted; round++) {
    const records = await fill(bench, size.events); // the first round warms up
    const bare = async () => {
      const began = performance.now();
      for (let from = 0; from < records.length; from += BATCH) {
        const messages = records.slice(from, from + BATCH).map(({ key, headers, value }) => ({ key, headers, value }));
        await bench.bareProducer.send({ topic: bench.prefix + records[0]!.topic, acks: -1, messages });
      }
      return records.length / ((performance.now() - began) / 1_000);
    };
    const relay = async () => {
      const target = bench.published() + records.length;
      const began = performance.now();
      bench.startRelay();
      while (bench.published() < target) {
        if (performance.now() - began > 120_000) throw new Error('the relay did not empty the outbox within two minutes');
        await sleep(1);
      }
      const rate = records.length / ((performance.now() - began) / 1_000);
      await bench.stopRelay();
      return rate;
    };
    const measured = round % 2 === 0 ? { relay: await relay(), bare: await bare() } : { bare: await bare(), relay: await relay() };
    if (round < 0) continue;
    rates.relay.push(measured.relay);
    rates.bare.push(measured.bare);
    log(`round ${round + 1} of ${size.rounds}: relay ${fixed(measured.relay, 0)}, bare ${fixed(measured.bare, 0)} events/s`);
  }
  return rates;
}

/** Milliseconds from the moment a commit was answered until a consumer holds the event, at a steady rate, whatever the answers take. */
async function commitToTopic({ signal }: BenchmarkRun, bench: Bench, { rate, seconds }: Size): Promise<number[]> {
  const committed = new Map<string, number>();
  const arrived = new Map<string, number>();
  const consumer = bench.bare.consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 500, minBytes: 1 });
  await consumer.connect();
  await consumer.subscribe({ topics: [`${bench.prefix}crm.interaction.events.v1`], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const now = performance.now();
      for (const message of batch.messages) arrived.set(String(message.key), now);
    },
  });
  bench.startRelay();
  const write = async () => {
    const key = randomUUID();
    await transact(bench.ctx, { lock: [key] }, async (tx) => {
      tx.emit(bench.fact(key));
      tx.afterCommit(() => committed.set(key, performance.now()));
      return { id: key };
    });
    return key;
  };
  const warm = await write();
  for (const deadline = Date.now() + 60_000; !arrived.has(warm); await sleep(20))
    if (Date.now() > deadline) throw new Error('nothing arrives');
  committed.clear();
  const running = new Set<Promise<unknown>>();
  let failure: unknown;
  const began = performance.now();
  for (let sent = 0; sent < seconds * rate && !signal.aborted; await sleep(4)) {
    for (const due = Math.min(seconds * rate, ((performance.now() - began) / 1_000) * rate); sent < due; sent++) {
      const one = write();
      running.add(one);
      one.catch((error) => (failure ??= error)).finally(() => running.delete(one));
    }
    if (running.size > MAX_RUNNING)
      throw new Error(`this machine does not reach ${rate} commits a second now: ${running.size} are waiting`);
  }
  await Promise.allSettled(running);
  if (failure) throw failure;
  for (const deadline = Date.now() + 15_000; [...committed.keys()].some((key) => !arrived.has(key)) && Date.now() < deadline; )
    await sleep(50);
  await consumer.disconnect();
  await bench.stopRelay();
  const lost = [...committed.keys()].filter((key) => !arrived.has(key)).length;
  if (lost > 0) throw new Error(`${lost} events did not arrive`);
  return [...committed].map(([key, at]) => Math.max(0, arrived.get(key)! - at));
}

function print(
  { log, seed, quick }: BenchmarkRun,
  size: Size,
  bytes: number,
  rates: { relay: number[]; bare: number[] },
  latency: number[],
): void {
  const ratio = median(rates.relay.map((rate, i) => rate / rates.bare[i]!));
  log(`Relay, ${machine(seed)}${quick ? ' (quick: a smoke test, not a measurement)' : ''}`);
  log(
    `${size.rounds} × ${size.events} events, payload ${bytes} bytes and 11 headers, batches of ${BATCH}; medians, ratio of paired rounds`,
  );
  const rows = [
    ['relay over a real outbox', fixed(median(rates.relay), 0), fixed(ratio, 2)],
    ['bare kafkajs, idempotent', fixed(median(rates.bare), 0), '1.00'],
  ];
  log(`\n${table(['', 'events/s', 'ratio'], rows)}\n`);
  const shares: Array<[string, number]> = [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ];
  log(`commit → consumer at ${size.rate} events/s, ${latency.length} events, milliseconds`);
  log(
    `\n${table(['', ...shares.map(([name]) => name)], [['commit → consumer', ...shares.map(([, share]) => fixed(percentile(latency, share), 1))]])}\n`,
  );
}
