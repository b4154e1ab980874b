// `npm run bench -- <name> [--quick] [--seed <n>]`: a benchmark on a stack of its own in .run/bench, which is deleted afterwards. A running
// `npm start` and test runs are not touched, but they take CPU: measure when the machine is quiet. bench/README.md says how to read the figures.
import { parseArgs } from 'node:util';
import { command, onStop } from './stack/command.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';
import { destroyStack, type Stack, startStack } from './stack/stack.ts';

const BENCHMARKS: Record<string, { file: string; what: string }> = {
  '360': { file: 'customer-360.ts', what: 'Customer 360 through the gateway against a hand-written fan-out of the same four calls' },
  relay: { file: 'relay.ts', what: 'the relay over a real outbox against a bare kafkajs producer, and commit → topic latency' },
};
const USAGE = `Usage: npm run bench -- <name> [--quick] [--seed <n>]
${Object.entries(BENCHMARKS)
  .map(([name, { what }]) => `  ${name.padEnd(8)}${what}`)
  .join('\n')}
  --quick   seconds instead of minutes: shows that it works, measures nothing
  --seed    order and values of the data, default 1`;

const log = (line: string) => console.log(line);

await command(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
  });
  const benchmark = BENCHMARKS[positionals[0] ?? ''];
  const seed = Number(values.seed);
  if (!benchmark || !Number.isSafeInteger(seed)) throw new Sentence(USAGE);
  const dir = inRoot('.run', 'bench');
  const stopped = new AbortController();
  onStop((why) => {
    log(`stopping (${why}) …`);
    stopRequest.abort();
    stopped.abort();
  });
  const { run } = await import(inRoot('bench', 'src', benchmark.file));
  await destroyStack(dir);
  let stack: Stack | undefined;
  try {
    stack = await startStack({ dir, log, env: { RATE_LIMIT_PER_MINUTE: '10000000' } });
    await run({ stack, seed, quick: values.quick, log, signal: stopped.signal });
  } finally {
    await stack?.stop();
    await destroyStack(dir);
  }
});
process.exit(process.exitCode ?? 0);
