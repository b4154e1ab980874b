// One service after the other gets a new version while everybody works: the new instance beside the old, then SIGTERM to the old. No operation
// fails, no event is lost, doubled or out of order. [issue 5, section 4] Real processes and the oracle of the chaos run; the balancer stands where
// a Kubernetes Service would.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { customersOf } from '../chaos/history.ts';
import { judge, type OracleDoors, SERVICES } from '../chaos/oracle.ts';
import { Writers } from '../chaos/writers.ts';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { type OwnGateway, ownGateway } from '../support/own-gateway.ts';
import { type Program, startProgram } from '../support/program.ts';
import { database, eventually, processes, readTopic, type ServiceName, stack } from '../support/stack.ts';

const CUSTOMERS = 8;
const PACE_MS = 1_000;
/** What infra/README.md recommends: longer than the gateway keeps an idle connection. */
const DRAIN_DELAY_MS = 5_000;
/** How long an instance that was told to stop still gets new connections: Kubernetes tells it and its Service at the same time. */
const NOTICED_AFTER_MS = 1_000;
/** What the writers provoke on purpose, and answers with which nothing is wrong. */
const RIGHTLY_REFUSED = ['BAD_USER_INPUT', 'CONFLICT'];
const READ = `query Read($id: ID!) { customer(id: $id) { id displayName version lifecycle { currentStage { name } } consents { granted }
  timeline(first: 5) { nodes { id } } } }`;

const instances = new Map<ServiceName, Program>();
const balancers = new Map<ServiceName, Balancer>();
let own: OwnGateway;

function startInstance(service: ServiceName): Promise<Program> {
  const { innerKey } = JSON.parse(readFileSync(stack().secrets, 'utf8'));
  const { d: _, ...publicKey } = innerKey;
  return startProgram(`services/${service}`, {
    SERVICE_HOST: '127.0.0.1',
    SERVICE_PORT: '0',
    DATABASE_URL: stack().services[service].database!,
    KAFKA_BROKERS: stack().kafka,
    TOPIC_PREFIX: stack().topicPrefix,
    INNER_JWKS: JSON.stringify({ keys: [publicKey] }),
    DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
    LOG_LEVEL: 'info',
  });
}

const readyz = async (instance: Program) => (await fetch(`${instance.url}/readyz`)).status;

/** Puts a new instance beside the present one as soon as it is ready. */
async function beside(service: ServiceName): Promise<Program> {
  const fresh = await startInstance(service);
  await eventually(async () => expect(await readyz(fresh)).toBe(200), { withinMs: 60_000 });
  balancers.get(service)!.add(fresh.url);
  return fresh;
}

beforeAll(async () => {
  await Promise.all(
    SERVICES.map(async (service) => {
      await processes.kill(service, 'SIGTERM');
      balancers.set(service, await startBalancer());
      instances.set(service, await beside(service));
    }),
  );
  own = await ownGateway({
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries([...balancers].map(([service, { url }]) => [service, `${url}/graphql`]))),
    RATE_LIMIT_PER_MINUTE: '1000000',
    SUBGRAPH_TIMEOUT_MS: '20000', // a busy machine is not what this is about
    MUTATION_TIMEOUT_MS: '20000',
  });
}, 120_000);

afterAll(async () => {
  await own?.close();
  await Promise.all([...instances.values()].map((instance) => instance.stop()));
  for (const balancer of balancers.values()) balancer.close();
  await Promise.all(SERVICES.map((service) => processes.start(service)));
}, 120_000);

test('each service is replaced alone under load: 0 failed operations, no event lost, doubled or out of order', async () => {
  const failed: unknown[] = [];
  let operations = 0;
  const token = await own.token();
  const ask = async (query: string, variables: object) => {
    operations += 1;
    const answer = await own
      .ask(token, query, variables)
      .catch((error: Error) => ({ data: undefined, errors: [{ message: String(error) }] as any[] }));
    if (answer.errors?.some(({ extensions }) => !RIGHTLY_REFUSED.includes(extensions?.code)))
      failed.push({ query: query.slice(0, 60), errors: answer.errors });
    return { data: answer.data, errors: answer.errors };
  };
  const currency = process.env.REPORTING_CURRENCY ?? 'EUR';
  const file = () => Promise.reject(new Error('nobody imports here'));
  const writers = new Writers({ ask, file, brokers: stack().kafka.split(','), topicPrefix: stack().topicPrefix, currency });
  let reading = true;
  const readers = Promise.all(
    Array.from({ length: 3 }, async (_, n) => {
      for (let turn = n; reading; turn += 1) {
        const ids = customersOf(writers.history);
        const id = ids[turn % ids.length];
        if (id) await ask(READ, { id });
        await sleep(50);
      }
    }),
  );
  writers.start({ customers: CUSTOMERS, groups: 0, importers: 0, paceMs: PACE_MS });
  try {
    await sleep(3_000);
    for (const service of SERVICES) {
      const old = instances.get(service)!;
      const balancer = balancers.get(service)!;
      const began = Date.now();
      const fresh = await beside(service);
      instances.set(service, fresh);
      const gone = old.stop();
      await eventually(async () => expect(await readyz(old)).toBe(503));
      await sleep(NOTICED_AFTER_MS);
      balancer.remove(old.url);
      expect(await gone).toBe(0);
      expect(old.complaints).toEqual([]);
      console.log(`${service} replaced in ${Date.now() - began} ms; ${operations} operations so far, ${failed.length} failed`);
    }
  } finally {
    reading = false;
    await Promise.all([writers.stop(), readers]);
  }
  const metrics = await (await fetch(own.graph.replace(/graphql$/, 'metrics'))).text();
  console.log(metrics.match(/^gateway_subgraph_requests_total.*$/gm)?.join('\n'));
  expect(failed).toEqual([]);
  expect(operations).toBeGreaterThan(300);

  const doors: OracleDoors = {
    sql: async (service, text, values) => (await (await database(service)).query(text, values)).rows,
    topic: (name) => readTopic(name, { withinMs: 30_000 }),
    graph: async (query, variables) => (await ask(query, variables)).data?.result,
  };
  await eventually(async () => expect(await judge(doors, writers.history)).toEqual([]), { withinMs: 60_000, everyMs: 1_000 });
  // A relay that was killed may publish a fact twice, and consumers drop it; one that leaves in order publishes each once.
  const mine = new Set(customersOf(writers.history));
  for (const service of SERVICES) {
    const facts = (await readTopic(`crm.${service}.events.v1`, { withinMs: 30_000 })).filter(({ key }) => mine.has(key!));
    const identities = facts.map(({ key, headers }) => `${key} ${headers.ce_sequence}`);
    expect([service, identities.length]).toEqual([service, new Set(identities).size]);
  }
}, 420_000);
