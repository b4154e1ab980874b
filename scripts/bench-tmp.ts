// `npm run bench -- <name> [--quick] [--seed <n>]`: a benchmark on a stack of its own in .run/bench, which is deleted afterwards; one with many
// customers is kept in .run/bench-<customers>, so that the next run need not load them. A running `npm start` and test runs are not touched, but
// they take CPU: measure when the machine is quiet. bench/README.md says how to read the figures.
import { parseArgs } from 'node:util';
import { command, onStop } from './stack/command.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';
import { destroyStack, type Stack, startStack } from './stack/stack.ts';

const BENCHMARKS: Record<string, { file: string; what: string }> = {
  '360': { file: 'customer-360.ts', what: 'Customer 360 through the gateway against a hand-written fan-out of the same four calls' },
  gateway: { file: 'gateway.ts', what: 'our gateway against the stock one, Hive Gateway with its Rust planner, and a hand-written floor' },
  projections: { file: 'projections.ts', what: 'services that were away catch up: events a second applied to their projections' },
  idle: { file: 'idle.ts', what: 'CPU and memory of the whole stack, with the demo data, when nobody asks anything' },
  duplicates: { file: 'duplicates.ts', what: 'the check for duplicates at a million customers, and what it and its index cost a creation' },
  import: { file: 'import.ts', what: 'a file of customers from its upload to the last row, at a large base' },
  relay: { file: 'relay.ts', what: 'the relay over a real outbox against a bare kafkajs producer, and commit → topic latency' },
};
const USAGE = `Usage: npm run bench -- <name> [--quick] [--seed <n>]
${Object.entries(BENCHMARKS)
  .map(([name, { what }]) => `  ${name.padEnd(13)}${what}`)
  .join('\n')}
  matching     the duplicate matcher on a labelled file: --file, --map, see bench/README.md
  --customers <n>  360 only: load that many, and keep them in .run/bench-<n>; then a morning's work of reads and writes
  --rows <n>   import only: lines of the file
  --base <n>   import, duplicates: customers that are there before
  --quick   seconds instead of minutes: shows that it works, measures nothing
  --seed    order and values of the data, default 1`;

const log = (line: string) => console.log(line);

await command(async () => {
  // A file judged by the matcher needs no stack.
  if (process.argv[2] === 'matching') return (await import(inRoot('bench', 'src', 'matching.ts'))).run(process.argv.slice(3), log);
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      customers: { type: 'string' },
      rows: { type: 'string' },
      base: { type: 'string' },
    },
  });
  const benchmark = BENCHMARKS[positionals[0] ?? ''];
  const seed = Number(values.seed);
  const customers = values.customers === undefined ? undefined : Number(values.customers);
  const many = customers === undefined || (positionals[0] === '360' && Number.isSafeInteger(customers) && customers >= 500);
  if (!benchmark || !Number.isSafeInteger(seed) || !many) throw new Sentence(USAGE);
  const dir = inRoot('.run', customers === undefined ? 'bench-import' : `bench-${customers}`);
  const stopped = new AbortController();
  onStop((why) => {
    log(`stopping (${why}) …`);
    stopRequest.abort();
    stopped.abort();
  });
  const { run } = await import(inRoot('bench', 'src', benchmark.file));
  if (customers === undefined) await destroyStack(dir);
  let stack: Stack | undefined;
  try {
    const env = { RATE_LIMIT_PER_MINUTE: '10000000', ...(customers !== undefined && { EXPOSE_STATEMENTS: 'true' }) };
    stack = await startStack({ dir, log, env });
    const [rows, base] = [values.rows, values.base].map((text) => (text === undefined ? undefined : Number(text)));
    await run({ stack, seed, quick: values.quick, customers, rows, base, log, signal: stopped.signal });
  } finally {
    await stack?.stop();
    if (customers === undefined) await destroyStack(dir);
  }
});
process.exit(process.exitCode ?? 0);
