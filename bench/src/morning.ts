// `npm run bench -- 360 --customers 250000`: a morning's work on that many customers. Reads and writes of a sales team arrive at a steady rate,
// whatever the answers take, each for another customer; latency counts from the moment a request was due. Then one timeline at growing depth.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { BenchmarkRun } from './benchmark.ts';
import { cpuSeconds, fixed, machine, median, percentile, random, shuffled, table } from './figures.ts';
import { loadCustomers, loadLongTimeline, TWO_YEARS } from './load-customers.ts';
import { copyOf, multiply } from './multiply.ts';

const CUSTOMER_360 = readFileSync(new URL('../../scripts/customer360.graphql', import.meta.url), 'utf8');
const ORIGINALS = 250;
const PAGE = 50;
const DEPTHS = [1, 50, 100, 200];
/** More than the pages of the deepest timeline that is asked for. */
const LONG_TIMELINE = PAGE * 210;
const LONG_TIMELINES = 5;
/** 300 people, each with an operation every ten seconds. */
const RATE = 30;
const SECONDS = 180;
const QUICK_SECONDS = 10;
const MAX_RUNNING = 300;
const TARGET_P95 = 300;

interface Loaded {
  originals: string[];
  longTimelines: string[];
}
interface Customer {
  id: string;
  /** Which copy: part of its name. */
  copy: number;
}
interface Operation {
  name: string;
  /** Of 100 operations. */
  share: number;
  query: string;
  /** What the caller has on the screen already is read here, and not measured. */
  variables(customer: Customer, graph: Graph): object | Promise<object>;
}

const noted = (field: string, member: string, selection: string) => `${field} { __typename ... on ${member} { ${selection} } }`;
const LIST = `nodes { id displayName status owner { name } lifecycle { currentStage { name } } interactionSummary { lastInteractionAt } } pageInfo { endCursor }`;
const NEXT_STAGE: Record<string, string> = { Lead: 'Prospect', Prospect: 'Opportunity', Opportunity: 'Customer', Customer: 'At Risk' };

const OPERATIONS: readonly Operation[] = [
  { name: 'Customer 360', share: 35, query: CUSTOMER_360, variables: ({ id }) => ({ id }) },
  {
    name: 'timeline, the next 50',
    share: 12,
    query: `query($id: ID!, $after: String) { customer(id: $id) { timeline(first: ${PAGE}, after: $after, from: "2020-01-01T00:00:00Z") { nodes { id display } } } }`,
    variables: async ({ id }, graph) => {
      const query = 'query($id: ID!) { customer(id: $id) { timeline(first: 5, from: "2020-01-01T00:00:00Z") { pageInfo { endCursor } } } }';
      return { id, after: (await graph.ask(query, { id })).data.customer.timeline.pageInfo.endCursor };
    },
  },
  { name: 'list: newest 20', share: 8, query: `{ customers(first: 20) { ${LIST} } }`, variables: () => ({}) },
  {
    name: 'list: prospects by name',
    share: 6,
    query: `{ customers(filter: { status: { eq: PROSPECT } }, orderBy: [{ field: DISPLAY_NAME }]) { ${LIST} } }`,
    variables: () => ({}),
  },
  {
    name: 'search: one name',
    share: 8,
    query: `query($text: String!) { customers(search: $text) { ${LIST} } }`,
    variables: ({ copy }) => ({ text: `Keller ${copy}` }),
  },
  { name: 'search: common name', share: 3, query: `{ customers(search: "Keller") { ${LIST} } }`, variables: () => ({}) },
  {
    name: 'search in interactions',
    share: 4,
    query: 'query($text: String!) { interactions(search: $text) { nodes { id subject occurredAt } } }',
    variables: ({ copy }) => ({ text: `talk ${copy % 4} customer ${copy % ORIGINALS}` }),
  },
  {
    name: 'logInteraction',
    share: 14,
    query: `mutation($id: ID!) { ${noted('logInteraction(input: { customerId: $id, interactionType: CALL, subject: "Morning call" })', 'Interaction', 'id')} }`,
    variables: ({ id }) => ({ id }),
  },
  {
    name: 'updateCustomer',
    share: 4,
    query: `mutation($id: ID!, $version: Int!, $phone: String) {
      ${noted('updateCustomer(id: $id, expectedVersion: $version, input: { phone: $phone })', 'Customer', 'version')} }`,
    variables: async ({ id, copy }, graph) => {
      const { version } = (await graph.ask('query($id: ID!) { customer(id: $id) { version } }', { id })).data.customer;
      return { id, version, phone: `+49 30 ${5_000_000 + copy}` };
    },
  },
  {
    name: 'changeStage',
    share: 3,
    query: `mutation($id: ID!, $stage: String!) { ${noted('changeStage(input: { customerId: $id, toStage: $stage })', 'CustomerLifecycle', 'id')} }`,
    variables: async ({ id }, graph) => {
      const { data } = await graph.ask('query($id: ID!) { customer(id: $id) { lifecycle { currentStage { name } } } }', { id });
      return { id, stage: NEXT_STAGE[data.customer.lifecycle.currentStage.name] ?? 'Customer' };
    },
  },
  {
    name: 'recordConsent',
    share: 3,
    query: `mutation($id: ID!, $granted: Boolean!) {
      ${noted('recordConsent(input: { customerId: $id, consentType: ANALYTICS, granted: $granted, source: WEB_FORM })', 'ConsentRecord', 'id')} }`,
    variables: ({ id, copy }) => ({ id, granted: copy % 2 === 0 }),
  },
];

type Graph = ReturnType<typeof openGraph>;

function openGraph(url: string, token: string) {
  const target = new URL(url);
  const pool = new Pool(target.origin, { connections: MAX_RUNNING, pipelining: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return {
    async ask(query: string, variables: object): Promise<{ data: any; statements: Record<string, number> }> {
      const body = JSON.stringify({ query, variables });
      const response = await pool.request({ method: 'POST', path: target.pathname, headers, body, headersTimeout: 30_000 });
      const answer: any = await response.body.json();
      const [value] = Object.values<any>(answer.data ?? {});
      const refused = value && '__typename' in value && /Problem|Refused|Not|Required|Unchanged|Restricted|Unknown/.test(value.__typename);
      if (answer.errors || !value || refused) throw new Error(`${JSON.stringify(answer).slice(0, 300)} for ${query.slice(0, 60)}`);
      const counted = String(response.headers['x-statements'] ?? '').matchAll(/(\w+)=(\d+)/g);
      return { data: answer.data, statements: Object.fromEntries([...counted].map(([, service, count]) => [service, Number(count)])) };
    },
    close: () => pool.close(),
  };
}

/** Loads what an earlier run has not loaded, then works for three minutes. */
export async function morning(run: BenchmarkRun, customers: number): Promise<void> {
  const loaded = await load(run, customers);
  const graph = openGraph(run.stack.graph, run.stack.tokens.sales_manager!);
  try {
    const copies = Math.ceil(customers / ORIGINALS);
    const next = random(run.seed + (Date.now() % 1_000_000)); // other customers than an earlier run on the kept data
    const draw = (): Customer => {
      const copy = Math.floor(next() * copies);
      return { id: copyOf(loaded.originals[Math.floor(next() * loaded.originals.length)]!, copy), copy };
    };
    run.log('warming up …');
    await work(run, graph, draw, next, QUICK_SECONDS, RATE / 2);
    print(run, customers, await work(run, graph, draw, next, run.quick ? QUICK_SECONDS : SECONDS, RATE));
    await depths(run, graph, loaded.longTimelines);
  } finally {
    await graph.close();
  }
}

async function load(run: BenchmarkRun, customers: number): Promise<Loaded> {
  const marker = join(dirname(run.stack.secrets), 'loaded.json');
  let loaded: Loaded | undefined = existsSync(marker) ? JSON.parse(readFileSync(marker, 'utf8')) : undefined;
  if (!loaded) {
    const originals = await loadCustomers(run, Math.min(ORIGINALS, customers), TWO_YEARS);
    const longTimelines: string[] = [];
    for (let n = 0; n < LONG_TIMELINES; n++) longTimelines.push(await loadLongTimeline(run, `Wholesale ${n}`, LONG_TIMELINE));
    loaded = { originals, longTimelines };
    writeFileSync(marker, JSON.stringify(loaded));
  }
  const secrets = JSON.parse(readFileSync(run.stack.secrets, 'utf8'));
  const databases = Object.fromEntries(Object.entries<any>(secrets.databases).map(([service, { superuser }]) => [service, superuser]));
  const began = Date.now();
  await multiply({
    databases,
    originals: loaded.originals,
    copies: Math.ceil(customers / ORIGINALS) - 1,
    log: run.log,
    signal: run.signal,
  });
  run.log(`${customers} customers are there; copying took ${fixed((Date.now() - began) / 1_000, 0)} s`);
  return loaded;
}

interface Done {
  latencies: number[];
  /** Refused or not answered in time, and what the first of them said; their latencies count too. */
  failed: number;
  firstFailure?: string;
  /** The most that any answer took, by service. */
  statements: Record<string, number>;
}

async function work({ signal }: BenchmarkRun, graph: Graph, draw: () => Customer, next: () => number, seconds: number, rate: number) {
  const hundred = OPERATIONS.flatMap((operation) => Array.from({ length: operation.share }, () => operation));
  const total = seconds * rate;
  const plan = Array.from({ length: Math.ceil(total / hundred.length) }, () => shuffled(hundred, next)).flat();
  const done = new Map<string, Done>(OPERATIONS.map(({ name }) => [name, { latencies: [], failed: 0, statements: {} }]));
  const running = new Set<Promise<void>>();
  // Prepared two seconds ahead, so that the preparation is not in the way.
  const LEAD_MS = 2_000;
  const began = performance.now() + LEAD_MS;
  for (let i = 0; i < total && !signal.aborted; i++) {
    const due = began + (i * 1_000) / rate;
    const early = due - LEAD_MS - performance.now();
    if (early > 0) await sleep(early);
    const operation = plan[i]!;
    const one = (async () => {
      const own = done.get(operation.name)!;
      try {
        const variables = await operation.variables(draw(), graph);
        await sleep(Math.max(0, due - performance.now()));
        const { statements } = await graph.ask(operation.query, variables);
        for (const [service, count] of Object.entries(statements)) own.statements[service] = Math.max(own.statements[service] ?? 0, count);
      } catch (error) {
        own.failed++;
        own.firstFailure ??= (error as Error).message;
      }
      own.latencies.push(Math.max(0, performance.now() - due));
    })();
    running.add(one);
    one.finally(() => running.delete(one));
    if (running.size > MAX_RUNNING) throw new Error(`this machine does not reach ${rate} operations a second: ${running.size} are waiting`);
  }
  await Promise.allSettled(running);
  return done;
}

function print({ log, seed, stack }: BenchmarkRun, customers: number, done: ReadonlyMap<string, Done>): void {
  log(`\nA morning's work on ${customers} customers, ${machine(seed)}`);
  log(`${RATE} operations a second, evenly spaced, each for another customer; latency from the moment it was due, milliseconds`);
  const rows = [...done].map(([name, { latencies, failed, statements }]) => [
    name,
    String(latencies.length),
    String(failed),
    ...[0.5, 0.95, 0.99].map((share) => fixed(percentile(latencies, share), 1)),
    Object.entries(statements)
      .map(([service, count]) => `${service} ${count}`)
      .join(', '),
  ]);
  log(`\n${table(['operation', 'count', 'failed', 'p50', 'p95', 'p99', 'most SQL statements an answer'], rows)}\n`);
  for (const [name, { firstFailure }] of done) if (firstFailure) log(`${name} failed: ${firstFailure}`);
  const p95 = percentile(done.get('Customer 360')!.latencies, 0.95);
  log(`Customer 360: p95 ${fixed(p95, 1)} ms, aim < ${TARGET_P95} ms: ${p95 < TARGET_P95 ? 'met' : 'MISSED'}`);
  const cpu = Object.entries(stack.services).map(([name, { pid }]) => `${name} ${fixed(cpuSeconds(pid), 0)} s`);
  log(`CPU since their start: ${cpu.join(', ')}`);
}

/** The same timeline, page after page: what page 200 costs against page 1. */
async function depths({ log, quick }: BenchmarkRun, graph: Graph, ids: readonly string[]): Promise<void> {
  const query = `query($id: ID!, $after: String) { customer(id: $id) {
    timeline(first: ${PAGE}, after: $after, from: "2020-01-01T00:00:00Z") { nodes { id display occurredAt } pageInfo { endCursor } } } }`;
  const page = async (id: string, after: string | null) => {
    const { nodes, pageInfo } = (await graph.ask(query, { id, after })).data.customer.timeline;
    if (nodes.length !== PAGE) throw new Error(`a page of ${nodes.length}`);
    return pageInfo.endCursor as string;
  };
  const before = new Map<string, Array<string | null>>(); // the cursors in front of the pages
  for (const id of ids) {
    const cursors: Array<string | null> = [null];
    for (let n = 1; n < DEPTHS.at(-1)!; n++) cursors.push(await page(id, cursors.at(-1)!));
    before.set(id, cursors);
  }
  const latencies = new Map<number, number[]>(DEPTHS.map((depth) => [depth, []]));
  for (let round = 0; round < (quick ? 4 : 40); round++) {
    for (const depth of round % 2 === 0 ? DEPTHS : [...DEPTHS].reverse()) {
      const id = ids[round % ids.length]!;
      const from = performance.now();
      await page(id, before.get(id)![depth - 1]!);
      latencies.get(depth)!.push(performance.now() - from);
    }
  }
  const first = median(latencies.get(1)!);
  const rows = [...latencies].map(([depth, each]) => [
    `page ${depth}`,
    ...[0.5, 0.95].map((share) => fixed(percentile(each, share), 1)),
    fixed(median(each) / first, 2),
  ]);
  log(`\nA timeline of ${LONG_TIMELINE} lines, pages of ${PAGE}, one request at a time, milliseconds`);
  log(`\n${table(['', 'p50', 'p95', 'ratio of p50 to page 1'], rows)}\n`);
}
