// `npm run chaos -- --seed S --minutes M`: a stack of its own in .run/chaos under writers, with a seeded schedule of kill -9 and pauses; then the
// oracle judges the topics and tables. Exit code 1 when anything was lost, doubled or disagrees. tests/chaos/README.md says what is missing.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDoors } from '../tests/chaos/reader.ts';
import { customersOf, faults, leftovers } from '../tests/resilience/oracle.ts';
import { Writers } from '../tests/resilience/writers.ts';
import { command, onStop } from './stack/command.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';
import { destroyStack, type Stack, startStack } from './stack/stack.ts';

const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'];
const VICTIMS = [...SERVICES, 'gateway', 'kafka', 'postgres'];
/** Longer than the consumers' session of 6 s. */
const PAUSE_MS = 8_000;
const QUIET_WITHIN_MS = 90_000;

/** mulberry32: the same seed gives the same schedule. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function torment(stack: Stack, seed: number, until: number, stopped: AbortSignal): Promise<Record<string, number>> {
  const next = random(seed);
  const done: Record<string, number> = {};
  while (Date.now() < until && !stopped.aborted) {
    await sleep(500 + next() * 2_000);
    const pause = next() < 0.2;
    const among = pause ? SERVICES : VICTIMS;
    const victim = among[Math.floor(next() * among.length)]!;
    const action = `${pause ? 'pause' : 'kill -9'} ${victim}`;
    const downMs = pause ? PAUSE_MS : 200 + next() * 2_000;
    done[action] = (done[action] ?? 0) + 1;
    await stack.kill(victim, pause ? 'SIGSTOP' : 'SIGKILL');
    await sleep(downMs);
    if (pause) await stack.kill(victim, 'SIGCONT');
    else await stack.start(victim);
  }
  return done;
}

async function ask(stack: Stack, query: string, variables: object) {
  const response = await fetch(stack.graph, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens.integration}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(6_000),
  });
  return (await response.json()) as { data: any; errors: any[] | undefined };
}

/** Asks until there is nothing to complain of, or the time is over; then the last complaints. */
async function settled(complaints: () => Promise<string[]>): Promise<string[]> {
  for (const deadline = Date.now() + QUIET_WITHIN_MS; ; await sleep(1_000)) {
    const found = await complaints().catch((error) => [String(error)]);
    if (found.length === 0 || Date.now() > deadline) return found;
  }
}

await command(async () => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seed: { ...text, default: '1' }, minutes: { ...text, default: '2' } } });
  const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
  if (!Number.isSafeInteger(seed) || !(minutes > 0)) throw new Sentence('Usage: npm run chaos -- [--seed <n>] [--minutes <n>]');
  const dir = inRoot('.run', 'chaos');
  const stopped = new AbortController();
  onStop(() => {
    stopRequest.abort();
    stopped.abort();
  });
  let stack: Stack | undefined;
  await destroyStack(dir);
  try {
    stack = await startStack({ dir, log: console.log });
    const running = stack;
    const currency = process.env.REPORTING_CURRENCY ?? 'EUR';
    const doors = { ask: (query: string, variables: object) => ask(running, query, variables), brokers: stack.kafka.split(','), currency };
    const writers = new Writers({ ...doors, topicPrefix: stack.topicPrefix });
    writers.start(24, 600);
    const done = await torment(stack, seed, Date.now() + minutes * 60_000, stopped.signal).finally(() => writers.stop());
    const { history } = writers;
    const secrets = JSON.parse(readFileSync(stack.secrets, 'utf8')).databases;
    const databases = Object.fromEntries(SERVICES.map((name) => [name, secrets[name].superuser])) as Parameters<typeof openDoors>[2];
    const oracle = openDoors(stack.kafka, stack.topicPrefix, databases);
    const found = [
      ...history.filter((o) => o.refusal).map((o) => `${o.kind} ${o.marker}: ${o.refusal}`),
      ...(await settled(() => leftovers(oracle, customersOf(history)))),
      ...(await settled(() => faults(oracle, history))),
    ];
    const count = (outcome: string) => history.filter((o) => o.outcome === outcome).length;
    console.table({
      seed,
      minutes,
      operations: history.length,
      ok: count('ok'),
      failed: count('failed'),
      unknown: count('unknown'),
      ...done,
    });
    for (const line of found) console.log(line);
    console.log(found.length === 0 ? 'the oracle found nothing wrong' : `the oracle found ${found.length} faults`);
    if (found.length > 0 || stopped.signal.aborted) process.exitCode = 1;
  } finally {
    await stack?.stop();
    await destroyStack(dir);
  }
});
process.exit(process.exitCode ?? 0);
