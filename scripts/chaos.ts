// `npm run chaos -- --seed S --minutes M [--plant N]`: a stack of its own under writers, tormented in an order that the seed decides; then the oracle
// judges the topics and tables. Exit code 1 when anything was lost, doubled, out of order or disagrees. [issue 5, section 2; tests/chaos/README.md]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Role } from '../tests/chaos/asking.ts';
import { Disk } from '../tests/chaos/disk.ts';
import type { Battlefield } from '../tests/chaos/faults.ts';
import { everyFaultIsSeen } from '../tests/chaos/lies.ts';
import { isFailure } from '../tests/chaos/oracle.ts';
import type { OverlayPlan } from '../tests/chaos/overlay.ts';
import { PLANTED, PLANTS } from '../tests/chaos/plants.ts';
import { freePort, TcpProxy } from '../tests/chaos/proxy.ts';
import { openDoors } from '../tests/chaos/reader.ts';
import { printReport } from '../tests/chaos/report.ts';
import { allUp, torment } from '../tests/chaos/schedule.ts';
import { verdict } from '../tests/chaos/verdict.ts';
import { Writers } from '../tests/chaos/writers.ts';
import { command, onStop } from './stack/command.ts';
import { stopRequest } from './stack/processes.ts';
import { inRoot } from './stack/root.ts';
import { Sentence } from './stack/sentence.ts';
import { destroyStack, type Stack, startStack } from './stack/stack.ts';

const LOAD = { customers: 24, groups: 3, importers: 2, paceMs: 500 };
const DISK_GIB = 4;

function wish(): { seed: number; minutes: number; plant: number | undefined } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seed: { ...text, default: '1' }, minutes: { ...text, default: '2' }, plant: text } });
  const [seed, minutes, plant] = [
    Number(values.seed),
    Number(values.minutes),
    values.plant === undefined ? undefined : Number(values.plant),
  ];
  if (Number.isSafeInteger(seed) && minutes > 0 && (plant === undefined || PLANTS[plant - 1])) return { seed, minutes, plant };
  const plants = PLANTS.map(({ name }, i) => `\n  ${i + 1}  ${name}`).join('');
  throw new Sentence(`Usage: npm run chaos -- [--seed <n>] [--minutes <n>] [--plant <n>]; the plants:${plants}`);
}

/** What runs that were killed have left. */
async function sweep(): Promise<void> {
  mkdirSync(inRoot('.run'), { recursive: true });
  for (const name of readdirSync(inRoot('.run'))) if (/^chaos-\d+$/.test(name)) await clear(inRoot('.run', name)).catch(() => {}); // alive: its lock says so
}

async function clear(dir: string): Promise<void> {
  await destroyStack(dir, (name) => name === 'logs'); // so that it leaves the folder, on which the disk is mounted
  Disk.unmount(dir);
}

async function ask(stack: Stack, query: string, variables: object, role: Role = 'integration') {
  const response = await fetch(stack.graph, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens[role]}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(6_000),
  });
  return (await response.json()) as { data: any; errors: any[] | undefined };
}

async function file(stack: Stack, url: string, body: string | undefined) {
  const response = await fetch(new URL(url, stack.graph), {
    method: body === undefined ? 'GET' : 'PUT',
    body,
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}

/** A stack whose engines stand behind proxies, on a disk of their own, with the overlay in every service. */
async function battlefield(dir: string, plant: number | undefined, stopped: AbortSignal): Promise<Battlefield & { stack: Stack }> {
  const disk = Disk.mount(dir, DISK_GIB);
  if (!disk) console.log('no full and no hanging disk in this run: a loop device needs Linux and root');
  mkdirSync(dir, { recursive: true });
  const ports = { postgres: await freePort(), kafka: await freePort() };
  writeFileSync(join(dir, 'ports.json'), JSON.stringify(ports));
  const proxies = { postgres: await TcpProxy.before(ports.postgres), kafka: await TcpProxy.before(ports.kafka) };
  const clock = join(dir, 'logs', 'clock');
  const plan: OverlayPlan = {
    ports: { [ports.postgres]: proxies.postgres.port, [ports.kafka]: proxies.kafka.port },
    clock,
    plant,
  };
  const overlay = new URL('../tests/chaos/overlay.ts', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${overlay}`, CHAOS_OVERLAY: JSON.stringify(plan), MERGE_APPROVAL_ABOVE: '100000' };
  const stack = await startStack({ dir, log: console.log, env, standbys: true });
  if (!stack.kafka.endsWith(`:${ports.kafka}`)) throw new Sentence('A port was taken in the meantime: run this again.');
  const armed = () => readdirSync(stack.logs).some((name) => readFileSync(join(stack.logs, name), 'utf8').includes(PLANTED));
  if (plant !== undefined && !armed()) throw new Error('no process says that it runs with the plant');
  const secrets = JSON.parse(readFileSync(stack.secrets, 'utf8')).databases;
  const databases = Object.fromEntries(Object.entries<any>(secrets).map(([name, { superuser }]) => [name, superuser]));
  return { stack, proxies, disk, clock, databases, stopped };
}

await command(async () => {
  const { seed, minutes, plant } = wish();
  const dir = inRoot('.run', `chaos-${process.pid}`);
  const stopped = new AbortController();
  onStop(() => {
    stopRequest.abort();
    stopped.abort();
  });
  await sweep();
  // Its engines are its own, whatever the environment names.
  for (const name of Object.keys(process.env)) if (/(^|_)DATABASE_URL$|^KAFKA_BROKERS$/.test(name)) delete process.env[name];
  let field: Awaited<ReturnType<typeof battlefield>> | undefined;
  try {
    field = await battlefield(dir, plant, stopped.signal);
    const { stack, databases } = field;
    const began = Date.now();
    const writers = new Writers({
      ask: (query, variables, role) => ask(stack, query, variables, role),
      file: (url, body) => file(stack, url, body),
      brokers: stack.kafka.split(','),
      topicPrefix: stack.topicPrefix,
      currency: process.env.REPORTING_CURRENCY ?? 'EUR',
    });
    writers.start(LOAD);
    const struck = await torment(field, seed, began + minutes * 60_000);
    await allUp(field);
    await writers.stop();
    const doors = openDoors(
      stack.kafka,
      stack.topicPrefix,
      databases as Parameters<typeof openDoors>[2],
      async (query, variables) => (await ask(stack, query, variables, 'admin')).data?.result,
    );
    const found = await verdict(doors, writers.history, stopped.signal);
    printReport({
      seed,
      minutes,
      plant,
      seconds: (Date.now() - began) / 1_000,
      struck,
      history: writers.history,
      inbound: writers.inbound.sent,
      found,
    });
    if (!found.some(isFailure)) await everyFaultIsSeen(doors, writers.history);
    if (found.some(isFailure) || stopped.signal.aborted) process.exitCode = 1;
  } finally {
    await field?.stack.stop();
    for (const proxy of Object.values(field?.proxies ?? {})) proxy.close();
    await clear(dir);
  }
});
process.exit(process.exitCode ?? 0);
