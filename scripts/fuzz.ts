// `npm run fuzz -- --seed S --count N [--from I]`: random operations, valid and hostile, at a stack of its own in .run/fuzz-<pid>, which is deleted
// afterwards. Fails on an internal error, a crash, leaked text or growing memory. `--from I --count 1` shows one input again.
import { parseArgs } from 'node:util';
import { command, onStop } from './stack/command.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';
import { destroyStack, type Stack, startStack } from './stack/stack.ts';

const USAGE = `Usage: npm run fuzz -- [--seed <n>] [--count <n>] [--from <n>]
  --seed    default 1
  --count   inputs, default 10000
  --from    number of the first input, default 0`;

await command(async () => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { seed: { ...text, default: '1' }, count: { ...text, default: '10000' }, from: { ...text, default: '0' } },
  });
  const [seed, count, from] = [values.seed, values.count, values.from].map(Number) as [number, number, number];
  if (![seed, count, from].every(Number.isSafeInteger) || count < 1) throw new Sentence(USAGE);
  const { fuzz, grown } = await import(inRoot('tests', 'security', 'fuzz', 'run.ts'));
  const dir = inRoot('.run', `fuzz-${process.pid}`);
  const stopped = new AbortController();
  onStop((why) => {
    console.log(`stopping (${why}) …`);
    stopRequest.abort();
    stopped.abort();
  });
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      dir,
      log: console.log,
      topicPrefix: `fuzz-${process.pid}.`,
      databasePrefix: `customer360_fuzz_${process.pid}_`,
      env: { RATE_LIMIT_PER_MINUTE: '10000000', SUBGRAPH_TIMEOUT_MS: '10000' },
    });
    const { mint } = stack;
    const portalToken = (customer_id: string) => mint('portal', { sub: 'fuzz', customer_id, ttl: 86_400 });
    const began = Date.now();
    const report = await fuzz({ target: stack, portalToken, seed, count, from, shared: false, log: console.log, signal: stopped.signal });
    console.log(JSON.stringify({ outcomes: report.outcomes, memory: report.memory, crashed: report.crashed }, null, 1));
    const bad = report.findings.length + report.crashed.length + grown(report).length;
    for (const line of grown(report)) console.log(`memory is not flat: ${line}`);
    console.log(`seed ${seed}: ${report.inputs} inputs in ${Math.round((Date.now() - began) / 1000)} s, ${bad} findings`);
    if (bad > 0 || report.inputs < count) process.exitCode = 1;
  } finally {
    await stack?.stop();
    await destroyStack(dir);
  }
});
process.exit(process.exitCode ?? 0);
