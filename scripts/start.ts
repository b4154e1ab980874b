// `npm start`: a whole Customer 360 on this machine, with demo data the first time. Prints where the graph is, a token per role and a 360 query to paste;
// Ctrl-C stops everything and keeps the data.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, onStop } from './stack/command.ts';
import { readJson, writePrivate } from './stack/files.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';
import { type Stack, startStack } from './stack/stack.ts';

const dir = inRoot('.run');
const started = Date.now();
const log = (line: string) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${line}`);

interface DemoMarker {
  sampleCustomerId: string;
  portalCustomerId: string;
}

/** Loads the demo data once per stack folder, through the public doors (demo/src/load.ts). */
async function loadDemo(stack: Stack): Promise<void> {
  const marker = join(dir, 'demo.json');
  let loaded = readJson<DemoMarker>(marker);
  if (!loaded) {
    const loader = inRoot('demo', 'src', 'load.ts');
    if (process.env.DEMO_DATA === 'false' || !existsSync(loader)) return log('no demo data are loaded');
    log('loading demo data …');
    const { load } = await import(loader);
    const { sampleCustomerId, portalCustomerId } = await load({ ...stack, log });
    loaded = { sampleCustomerId, portalCustomerId };
    writePrivate(marker, loaded);
  }
  await stack.setSample(loaded.sampleCustomerId, loaded.portalCustomerId);
}

function show(stack: Stack): void {
  const query = readFileSync(inRoot('scripts', 'customer360.graphql'), 'utf8').replace(/^#.*$/gm, '').replace(/\s+/g, ' ').trim();
  const body = JSON.stringify({ query, variables: { id: stack.sampleCustomerId } });
  console.log(
    `\nTokens (valid 7 days):\n${Object.entries(stack.tokens)
      .map(([role, token]) => `  ${role.padEnd(14)}${token}`)
      .join('\n')}`,
  );
  console.log(`\nCustomer 360 to paste into a GraphQL client, with the header "authorization: Bearer <token>":\n\n${query}\n`);
  console.log(`Variables: ${JSON.stringify({ id: stack.sampleCustomerId })}\n\nThe same from a shell:\n`);
  console.log(
    `curl -s ${stack.graph} -H 'content-type: application/json' -H 'authorization: Bearer ${stack.tokens.sales_manager}' -d '${body}'\n`,
  );
  console.log(`GraphiQL ${new URL('/', stack.graph)}  (the examples of the README in tabs, signed in)\n`);
  console.log(`Graph   ${stack.graph}\nKafka   ${stack.kafka}\nDetails ${stack.file} (logs in ${stack.logs})\n`);
  log('Customer 360 is ready. Ctrl-C stops it and keeps the data; `npm run reset` deletes them.');
}

await command(async () => {
  if (process.env.NODE_ENV === 'production')
    throw new Sentence('npm start is the development stack: unset NODE_ENV=production, or deploy with infra/compose.yaml.');
  let stack: Stack | undefined;
  let asked = false;
  let wake = () => {};
  onStop((why) => {
    asked = true;
    log(`stopping (${why}) …`);
    stopRequest.abort();
    wake();
  });
  const stopped = new Promise<void>((resolve) => {
    wake = resolve;
  });
  try {
    stack = await startStack({ dir, log, configuredPorts: true, supervise: true, graphiql: true });
    if (!asked) {
      await Promise.race([loadDemo(stack), stopped]);
      if (!asked) show(stack);
    }
    await stopped;
  } catch (error) {
    if (!asked) throw error;
  } finally {
    await stack?.stop();
  }
  log('stopped, nothing is left running');
});
process.exit(process.exitCode ?? 0);
