// Every statement that the services run reads through indexes, however many customers there are [issue 5, section 5]: the plans that Postgres really
// chose for the main operations, taken from its log (auto_explain). It holds a thousand customers and is told that there are 250 times as many, since
// reading a small table from end to end is no mistake. On a stack of its own: the log is the server's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { loadCustomers, TWO_YEARS } from '../../bench/src/load-customers.ts';
import { copyOf, multiply } from '../../bench/src/multiply.ts';
import { inRoot } from '../../scripts/stack/root.ts';
import { destroyStack, type Stack, startStack } from '../../scripts/stack/stack.ts';
import { OPERATIONS } from './operations.ts';
import { type Explained, explained, findings } from './plans.ts';

const dir = inRoot('.run', `test-${process.pid}`);
const ORIGINALS = 30;
const COPIES = 39;
const TIMES_LARGER = 250;
/** Postgres plans a prepared statement anew five times before it considers a plan for any value. */
const TIMES = 7;
const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'];

let stack: Stack;
let originals: string[];
const databases = new Map<string, pg.Client>();

const server = () => databases.get('customer')!;
const logSize = () => readFileSync(join(stack.logs, 'postgres.log')).length;
/** The statements of ours that were planned since. */
const planned = (since: number): Explained[] => explained(readFileSync(join(stack.logs, 'postgres.log')).subarray(since).toString());

/** Runs the operations in turn, each time for another customer. */
async function operate(names: readonly string[], times: number): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens.sales_manager}` };
  for (const name of names) {
    const { query, variables, role } = OPERATIONS[name]!;
    for (let n = 1; n <= times; n++) {
      const id = copyOf(originals[n % originals.length]!, n + 10);
      const from = role ? { ...headers, authorization: `Bearer ${stack.tokens[role]}` } : headers;
      const response = await fetch(stack.graph, {
        method: 'POST',
        headers: from,
        body: JSON.stringify({ query, variables: await variables(id, ask, n) }),
      });
      const answer = (await response.json()) as { errors?: unknown };
      if (answer.errors) throw new Error(`${name}: ${JSON.stringify(answer.errors).slice(0, 400)}`);
    }
  }
}

async function ask(query: string, variables: object): Promise<any> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens.sales_manager}` };
  const response = await fetch(stack.graph, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return ((await response.json()) as { data: any }).data;
}

/** Waits until the consumers have nothing left. */
async function settled(): Promise<void> {
  for (let calm = 0; calm < 3; await sleep(100)) {
    const lag = await Promise.all(
      SERVICES.map(
        async (service) => /consumer_lag_records (\d+)/.exec(await (await fetch(`${stack.services[service]!.url}/metrics`)).text())?.[1],
      ),
    );
    const waiting = await Promise.all([...databases.values()].map(async (db) => (await db.query('select 1 from outbox limit 1')).rowCount));
    calm = [...lag.map(Number), ...waiting].every((n) => n === 0) ? calm + 1 : 0;
  }
}

beforeAll(async () => {
  stack = await startStack({ dir, log: () => {}, env: { RATE_LIMIT_PER_MINUTE: '1000000' } });
  const run = { stack, seed: 1, quick: true, log: () => {}, signal: new AbortController().signal };
  originals = await loadCustomers(run, ORIGINALS, TWO_YEARS);
  const secrets = JSON.parse(readFileSync(stack.secrets, 'utf8'));
  const urls = Object.fromEntries(SERVICES.map((service) => [service, secrets.databases[service].superuser as string]));
  await multiply({ databases: urls, originals, copies: COPIES, log: () => {}, signal: run.signal });
  for (const [service, connectionString] of Object.entries(urls)) {
    const client = new pg.Client({ connectionString });
    client.on('error', () => {});
    await client.connect();
    databases.set(service, client);
    await client.query(
      `select pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', relpages, 'reltuples', reltuples * $1::real)
       from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples > 0`,
      [TIMES_LARGER],
    );
  }
  await server().query("load 'auto_explain'");
  for (const setting of [
    'autovacuum = off',
    "session_preload_libraries = 'auto_explain'",
    'auto_explain.log_min_duration = 0',
    "auto_explain.log_format = 'json'",
    'auto_explain.log_parameter_max_length = 0',
    'auto_explain.log_analyze = on',
    'auto_explain.log_timing = off',
    'auto_explain.log_nested_statements = off',
  ])
    await server().query(`alter system set ${setting}`);
  await server().query('select pg_reload_conf()');
  // Connections that were there already do not load it.
  await server().query("select pg_terminate_backend(pid) from pg_stat_activity where usename like '%\\_app'");
  await sleep(1_500);
}, 300_000);

afterAll(async () => {
  await Promise.all([...databases.values()].map((client) => client.end()));
  await stack?.stop();
  await destroyStack(dir);
}, 60_000);

test('no statement of the main operations reads a large table from end to end, or sorts more than a page for a page', async () => {
  const since = logSize();
  await operate(Object.keys(OPERATIONS), TIMES);
  await settled();
  const statements = planned(since);
  const names = new Set(statements.map(({ name }) => name));
  // The log is not empty by mistake: reads, writes, relays and consumers of all four services are in it.
  for (const name of [
    'timeline',
    'listCustomers',
    'findConsents',
    'loadSections',
    'writeOutbox',
    'relayOnce',
    'advanceOffset',
    'upsertDirectoryCustomers',
  ])
    expect(names).toContain(name);
  expect(findings(statements)).toEqual([]);
}, 60_000);

test.each([
  ['interaction', 'timeline_item_customer', 'timeline', 'timeline: reads all of timeline_item'],
  ['customer', 'customer_created_at', 'customers', 'listCustomers: sorts'],
])('the check can fail: without the index of %s %s it finds it', async (service, index, operation, finding) => {
  const database = databases.get(service)!;
  const { rows } = await database.query('select pg_get_indexdef($1::regclass) as definition', [index]);
  await database.query(`drop index ${index}`);
  const since = logSize();
  await operate([operation], TIMES);
  await database.query(rows[0].definition);
  expect(findings(planned(since)).join('\n')).toContain(finding);
});
