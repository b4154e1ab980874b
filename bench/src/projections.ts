// `npm run bench -- projections`: services that were away catch up. The topics are filled through the product's own producer with records that keep
// the written contracts; then the real service starts and applies them, a transaction per batch: events a second, CPU, and what one event costs.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contracts, loadContracts } from '@customer360/kernel/contracts';
import { createProducer, type KafkaRecord } from '@customer360/kernel/kafka';
import { createLog } from '@customer360/kernel/log';
import pg from 'pg';
import type { BenchmarkRun } from './benchmark.ts';
import { cpuSeconds, familyCpuSeconds, fixed, machine, processes, table } from './figures.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'];
const FULL = 100_000;
const QUICK = 2_000;
const AIM = 20_000;
const WITHIN_MS = 180_000;

type Made = { type: string; key: string; data: object; sequence?: number };

interface Projection {
  service: string;
  what: string;
  topic: string;
  /** Event `n` of `count`, about one of `customers`. */
  make(n: number, customers: readonly string[]): Made;
}

const NOW = new Date().toISOString();

/** The contract's own example, about somebody else. */
const example = (file: string): Record<string, any> =>
  JSON.parse(readFileSync(new URL(`events/${file}.v1.json`, SCHEMAS), 'utf8')).examples[0];
const STATE = example('crm.customer.state/customer-state');
const MILESTONE = example('crm.lifecycle/milestone-recorded');
const STAGE = example('crm.lifecycle/stage-changed');
const INTERACTION = example('crm.interaction/interaction-logged');

const customerState = (customerId: string): Made => ({
  type: 'crm.customer.customer-state.v1',
  key: customerId,
  sequence: 1,
  data: { ...STATE, customerId, externalId: customerId, ownerId: null, parentId: null, mergedInto: null, deletedAt: null },
});

/** The nth event about one of the customers, who take turns. */
const turn = (n: number, customers: readonly string[]) => ({
  key: customers[n % customers.length]!,
  sequence: Math.floor(n / customers.length) + 1,
});

const PROJECTIONS: readonly Projection[] = [
  {
    service: 'interaction',
    what: 'directory of customers, from state records',
    topic: 'crm.customer.state.v1',
    make: (n, customers) => customerState(customers[n]!),
  },
  {
    service: 'interaction',
    what: 'timeline, from milestones and stage changes',
    topic: 'crm.lifecycle.events.v1',
    make(n, customers) {
      const { key, sequence } = turn(n, customers);
      if (sequence % 2 === 0) return { type: 'crm.lifecycle.stage-changed.v1', key, sequence, data: STAGE };
      return { type: 'crm.lifecycle.milestone-recorded.v1', key, sequence, data: { ...MILESTONE, milestoneId: randomUUID() } };
    },
  },
  {
    service: 'lifecycle',
    what: 'directory and a new lifecycle each, with its fact and state',
    topic: 'crm.customer.state.v1',
    make: (n, customers) => customerState(customers[n]!),
  },
  {
    service: 'lifecycle',
    what: 'first contact, from logged interactions',
    topic: 'crm.interaction.events.v1',
    make(n, customers) {
      const { key, sequence } = turn(n, customers);
      const data = { ...INTERACTION, interactionId: randomUUID() };
      return { type: 'crm.interaction.interaction-logged.v1', key, sequence, data };
    },
  },
];

export async function run(run: BenchmarkRun): Promise<void> {
  const { stack, log, signal } = run;
  const count = run.quick ? QUICK : FULL;
  for (const name of ['gateway', ...SERVICES]) await stack.kill(name, 'SIGTERM');
  const contracts = loadContracts(SCHEMAS);
  const quiet = createLog('bench', 'silent');
  const producer = createProducer({ brokers: stack.kafka.split(','), prefix: stack.topicPrefix, clientId: 'bench', log: quiet });
  const customers = Array.from({ length: count }, () => randomUUID());
  const rows: string[][] = [];
  try {
    const filled = new Set<string>();
    for (const projection of PROJECTIONS) {
      if (signal.aborted) return;
      if (!filled.has(projection.topic)) await fill(producer, contracts, projection, count, customers);
      filled.add(projection.topic);
      rows.push(await catchUp(run, projection, count));
      log(`${projection.service}, ${projection.what}: ${rows.at(-1)![2]} events/s`);
    }
  } finally {
    await producer.close();
  }
  log(`\nProjections, ${machine(run.seed)}${run.quick ? ' (quick: a smoke test, not a measurement)' : ''}`);
  log(`${count} events each, of as many customers at most; the other services are stopped; aim ${AIM} events/s`);
  log(`\n${table(['service', 'projection', 'events/s', 'service CPU µs/event', 'Postgres CPU µs/event'], rows)}\n`);
}

/** Half as many keys as facts, so that each key has several; state topics hold one record a key. */
async function fill(
  producer: ReturnType<typeof createProducer>,
  contracts: Contracts,
  projection: Projection,
  count: number,
  customers: string[],
) {
  const about = projection.topic.endsWith('.events.v1') ? customers.slice(0, count / 4) : customers;
  for (let from = 0; from < count; from += 500) {
    const records = Array.from({ length: Math.min(500, count - from) }, (_, i): KafkaRecord => {
      const { type, key, data, sequence } = projection.make(from + i, about);
      contracts.assertWritable(type, data);
      const headers = {
        ...{ ce_specversion: '1.0', ce_id: randomUUID(), ce_type: type, ce_source: '/customer360/bench', ce_subject: key, ce_time: NOW },
        ...{ ce_dataschema: type, 'content-type': 'application/json', actor: 'SYSTEM:system', ce_sequence: String(sequence) },
      };
      return { topic: projection.topic, key, headers, value: JSON.stringify(data) };
    });
    await producer.send(records);
  }
}

/** Starts the service and watches its stored offsets of the topic until all events are applied. */
async function catchUp({ stack, signal }: BenchmarkRun, { service, what, topic }: Projection, count: number): Promise<string[]> {
  const { databases } = JSON.parse(readFileSync(stack.secrets, 'utf8'));
  const client = new pg.Client({ connectionString: databases[service].superuser });
  await client.connect();
  try {
    const applied = async () =>
      Number((await client.query('select coalesce(sum(next_offset), 0) as n from consumer_offset where topic = $1', [topic])).rows[0].n);
    const backend = Number((await client.query('select pg_backend_pid() as pid')).rows[0].pid);
    const postgres = processes().find(({ pid }) => pid === backend)!.parent;
    const before = await applied();
    const starting = stack.start(service); // resolves when the service is ready, which is not before it has nearly caught up
    let own = 0;
    let first: { at: number; applied: number; own: number; postgres: number } | undefined;
    let now = before;
    for (const deadline = Date.now() + WITHIN_MS; now < before + count; await sleep(20)) {
      now = await applied();
      if (!first && now > before) {
        own = processes().find(({ parent, command }) => parent === process.pid && command.includes(`services/${service}/src/main.ts`))!.pid;
        first = { at: performance.now(), applied: now, own: cpuSeconds(own), postgres: familyCpuSeconds(postgres) };
      }
      if (signal.aborted || Date.now() > deadline) throw new Error(`${service} applied ${now - before} of ${count} events of ${topic}`);
    }
    const seconds = (performance.now() - first!.at) / 1_000;
    const cpu = { own: cpuSeconds(own) - first!.own, postgres: familyCpuSeconds(postgres) - first!.postgres };
    await starting;
    const events = now - first!.applied;
    const parked = Number((await client.query('select count(*) as n from parked')).rows[0].n);
    if (parked > 0) throw new Error(`${parked} events were parked`);
    await stack.kill(service, 'SIGTERM');
    const each = (used: number) => fixed((used * 1_000_000) / events, 0);
    return [service, what, fixed(events / seconds, 0), each(cpu.own), each(cpu.postgres)];
  } finally {
    await client.end();
  }
}
