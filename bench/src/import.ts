// `npm run bench -- import [--rows 100000] [--base 1000000]`: a file through the product's own doors, from the upload to the last row, at a base of that
// size. Prints how long each step took, its rate, and the memory of the customer service along the way, which must not grow with the file.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@customer360/kernel/database';
import { createLog } from '@customer360/kernel/log';
import { CustomerTable } from '../../services/customer/src/customer/customer.table.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { loadBase } from './duplicates.ts';
import { fixed, machine, table } from './figures.ts';
import { people } from './made-up-people.ts';

/** One line in fifty repeats somebody of the base, with a mistake or two. */
const REPEATS = 50;
const STATE =
  'id version status refusal { message } columns { column proposed } progress { rowsDone rowsTotal } counts { new duplicate invalid undecided created failed }';

export async function run({
  stack,
  seed,
  quick,
  rows = quick ? 2_000 : 100_000,
  base = quick ? 5_000 : 1_000_000,
  log,
  signal,
}: BenchmarkRun): Promise<void> {
  const maker = people(seed);
  await stack.kill('customer', 'SIGTERM');
  const { databases } = JSON.parse(readFileSync(stack.secrets, 'utf8'));
  const db = await openDatabase({
    url: databases.customer.superuser,
    entities: [CustomerTable],
    migrations: [],
    poolMax: 2,
    statementTimeoutMs: 600_000,
    name: 'bench',
    log: createLog('bench', 'error'),
  });
  const began = performance.now();
  await loadBase(db, maker, base, log, signal);
  log(`${base} customers with their keys are loaded in ${fixed((performance.now() - began) / 1_000, 0)} s`);
  await stack.start('customer');
  try {
    const job = await startAndUpload(stack, fileOf(maker, rows), log);
    const steps: string[][] = [];
    const measure = async (name: string, status: string, next: string, before: () => Promise<unknown>) => {
      const from = performance.now();
      await before();
      const memory = await watch(stack, job.id, status, next, signal);
      const seconds = (performance.now() - from) / 1_000;
      steps.push([name, fixed(seconds, 1), fixed(rows / seconds, 0), ...memory.map((mib) => fixed(mib, 0))]);
      log(
        `${name}: ${fixed(seconds, 1)} s, ${fixed(rows / seconds, 0)} lines/s, resident ${memory.map((mib) => fixed(mib, 0)).join(', ')} MiB`,
      );
    };
    await measure('read', 'READING', 'UPLOADED', async () => {});
    await measure('check', 'CHECKING', 'PREVIEWED', async () => {
      const { version, columns } = await stateOf(stack, job.id);
      const mapping = columns.filter(({ proposed }: any) => proposed).map(({ column, proposed }: any) => ({ column, field: proposed }));
      await change(stack, 'mapImport', job.id, version, ', input: $input', ', $input: MapImportInput!', { input: { mapping } });
    });
    const checked = await stateOf(stack, job.id);
    await change(stack, 'decideImportRows', job.id, checked.version, ', rule: { verdict: DUPLICATE }, decision: SKIP');
    await measure('write', 'RUNNING', 'DONE', async () => change(stack, 'confirmImport', job.id, (await stateOf(stack, job.id)).version));
    const done = await stateOf(stack, job.id);
    const caughtUp = performance.now();
    while (!signal.aborted && (await db.one('outboxDepth', { text: 'select 1 from outbox limit 1', values: [] } as never)))
      await sleep(100);
    log(`Import, ${machine(seed)}${quick ? ' (quick: a smoke test, not a measurement)' : ''}`);
    log(
      `${rows} lines into ${base} customers: ${JSON.stringify(done.counts)}; the last event was published ${fixed((performance.now() - caughtUp) / 1_000, 1)} s after the last row`,
    );
    log(`\n${table(['step', 'seconds', 'lines/s', 'MiB at 10 %', 'at 50 %', 'at 100 %'], steps)}`);
  } finally {
    await db.close();
  }
}

function fileOf(maker: ReturnType<typeof people>, rows: number): string {
  const lines = ['Customer Number,Customer Type,Name,Customer Email,Customer Phone,Street,ZIP,City,Country'];
  for (let n = 0; n < rows; n++) {
    const { type, name, email, phone, street, postcode, city } = n % REPEATS === 0 ? maker.again() : maker.next();
    lines.push([`import-${n}`, type, name, email ?? '', phone ?? '', street, postcode, city, 'DE'].join(','));
  }
  return lines.join('\n');
}

/** Asks again where a busy machine let a deadline pass. */
async function ask(stack: BenchmarkRun['stack'], query: string, variables: object): Promise<any> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(stack.graph, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens.sales_manager}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as any;
    if (!errors) return data;
    if (tries === 10 || query.startsWith('mutation') || !errors[0].extensions.retryable) throw new Error(JSON.stringify(errors));
    await sleep(500);
  }
}

const stateOf = async (stack: BenchmarkRun['stack'], id: string): Promise<any> =>
  (await ask(stack, `query($id: ID!) { import(id: $id) { ${STATE} } }`, { id })).import;

async function change(
  stack: BenchmarkRun['stack'],
  name: string,
  id: string,
  version: number,
  args = '',
  types = '',
  variables: object = {},
): Promise<void> {
  const text = `mutation($id: ID!, $version: Int!${types}) { result: ${name}(id: $id, expectedVersion: $version${args}) { __typename ... on Problem { message } } }`;
  const { result } = await ask(stack, text, { id, version, ...variables });
  if (result.__typename !== 'Import') throw new Error(`${name}: ${result.message}`);
}

async function startAndUpload(stack: BenchmarkRun['stack'], file: string, log: (line: string) => void): Promise<{ id: string }> {
  const start =
    'mutation { startImport(input: { fileName: "bench.csv", ownerId: null, defaultCountry: "DE" }) { ... on ImportStarted { url import { id } } } }';
  const { startImport } = await ask(stack, start, {});
  const began = performance.now();
  const response = await fetch(new URL(startImport.url, stack.graph), { method: 'PUT', body: file });
  if (response.status !== 201) throw new Error(`the door answered ${response.status}`);
  log(`${fixed(file.length / 1_048_576, 1)} MiB are uploaded in ${fixed((performance.now() - began) / 1_000, 1)} s`);
  return startImport.import;
}

/** Waits for the end of a step; answers the resident memory of the customer service at 10, 50 and 100 %. */
async function watch(stack: BenchmarkRun['stack'], id: string, status: string, next: string, signal: AbortSignal): Promise<number[]> {
  const memory: number[] = [];
  for (;;) {
    if (signal.aborted) throw new Error('stopped');
    const job = await stateOf(stack, id);
    const { rowsDone, rowsTotal } = job.progress;
    const share = job.status === next ? 1 : rowsTotal > 0 ? rowsDone / rowsTotal : 0;
    while (memory.length < 3 && share >= [0.1, 0.5, 1][memory.length]!) memory.push(resident(stack.services.customer!.pid));
    if (job.status === next) return memory;
    if (job.status !== status) throw new Error(`the import is ${job.status}: ${job.refusal?.message}`);
    await sleep(200);
  }
}

const resident = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
