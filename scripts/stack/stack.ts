// A whole Customer 360 on this machine: engines, databases, topics, issuer, services, gateway, described in <dir>/stack.json. `npm start`, `npm test` and
// the benchmarks use this one function, each with a folder of its own, so that they never touch one another.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTopics, deleteTopics } from '../../infra/topics/src/create-topics.ts';
import { prepareGraphiql, writeSession } from '../graphiql/graphiql.ts';
import { openControl } from './control.ts';
import { hold, startKafka, startPostgres } from './engines.ts';
import { readJson, writePrivate } from './files.ts';
import { endLeftovers } from './leftovers.ts';
import { lockFolder } from './lock.ts';
import { migrateAll } from './migrate.ts';
import { type Mint, minter } from './mint.ts';
import { choosePort } from './ports.ts';
import { removePostgres } from './postgres.ts';
import { type Running, run, startLeash, stopRequest } from './processes.ts';
import { gatewayEnv, issuerEnv, logOf, program, type Surroundings, serviceEnv, urlOf } from './programs.ts';
import { givenDatabase, provision, unprovision } from './provision.ts';
import { inRoot } from './root.ts';
import { readSecrets, SERVICES, type ServiceName } from './secrets.ts';
import { explain, Sentence } from './sentence.ts';
import { createStaff, HUMAN_ROLES, STAFF } from './staff.ts';

export type Log = (line: string) => void;
export interface StackOptions {
  /** Folder of the stack: data, logs, secrets, stack.json. */
  dir: string;
  log: Log;
  topicPrefix?: string;
  /** Put before the names of databases and roles. */
  databasePrefix?: string;
  /** Honour GATEWAY_PORT, POSTGRES_PORT and the like (only the stack of `npm start` may). */
  configuredPorts?: boolean;
  /** Further environment of services and gateway. */
  env?: Record<string, string>;
  /** Serve GraphiQL at the gateway's `/`, with tokens in place. */
  graphiql?: boolean;
  /** Run each service a second time, as `<name>@2`: it consumes and waits to lead the relay; the gateway does not ask it. */
  standbys?: boolean;
  /** Start a program again, after 5 s, that ended by itself with a failure or a signal. */
  supervise?: boolean;
}

/** stack.json; tests/support/stack.ts says what each key means. */
export interface StackFile {
  graph: string;
  kafka: string;
  topicPrefix: string;
  tokens: Record<string, string>;
  staff: Record<string, string>;
  sampleCustomerId: string | null;
  services: Record<string, { url: string; pid: number; database: string | null }>;
  issuer: { url: string; pid: number };
  logs: string;
  secrets: string;
  control: string | null;
}

export interface Stack extends StackFile {
  dir: string;
  file: string;
  mint: Mint;
  /** The customer of the demo data and the one who may use the portal; renews the customer's token and stack.json. */
  setSample(sampleCustomerId: string, portalCustomerId: string): Promise<void>;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  start(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

const PROGRAMS = ['issuer', ...SERVICES, 'gateway'];
const PORT_VARIABLES = Object.fromEntries(['postgres', 'kafka', ...PROGRAMS].map((name) => [name, `${name.toUpperCase()}_PORT`]));
const LOCAL_PARTITIONS = 2;
const TOKEN_SECONDS = 7 * 86_400;
const RESTART_AFTER_MS = 5_000;

export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, log } = options;
  try {
    mkdirSync(join(dir, 'logs'), { recursive: true });
    chmodSync(dir, 0o711);
  } catch (error) {
    throw explain(String(error)) ?? new Sentence(`The folder ${dir} cannot be written: ${(error as Error).message}.`);
  }
  const unlock = lockFolder(dir);
  const leash = startLeash(logOf(dir, 'leash'), dir);
  const running = new Map<string, Running>();
  const launchers = new Map<string, () => Promise<Running>>();
  const touched = new Set<string>(); // what `kill` ended on purpose is not supervised
  let stopping: Promise<void> | undefined;

  const record = () => writePrivate(join(dir, 'processes.json'), Object.fromEntries([...running].map(([name, p]) => [name, p.identity])));
  const keep = (name: string, process: Running, launch: () => Promise<Running>) => {
    running.set(name, process);
    launchers.set(name, launch);
    if (name === 'postgres' || name === 'kafka') hold(leash, name, process);
    record();
    if (options.supervise) watch(name, process);
  };
  const watch = (name: string, process: Running) =>
    process.exited.then(async (how) => {
      if (stopping || touched.has(name) || running.get(name) !== process) return;
      if (how === 'exit code 0') return log(`${name} was stopped; \`npm run process -- start ${name}\` starts it again`);
      log(`${name} ended (${how}), its log is ${logOf(dir, name)}; starting it again in ${RESTART_AFTER_MS / 1000} s`);
      await sleep(RESTART_AFTER_MS, undefined, { ref: false });
      if (!stopping && running.get(name) === process) await start(name).catch((error) => log(String(error.message)));
    });
  const stop = () => {
    stopping ??= stopAll([...running.values()]).finally(() => {
      leash.release();
      rmSync(join(dir, 'processes.json'), { force: true });
      unlock();
    });
    return stopping;
  };
  const start = async (name: string) => {
    const launch = launchers.get(name);
    if (!launch) throw new Error(`there is no process ${name}`);
    if (running.get(name)?.isRunning()) return;
    touched.delete(name);
    keep(name, await launch(), launch);
    describe();
  };
  const kill = async (name: string, signal: NodeJS.Signals) => {
    const process = running.get(name);
    if (!process) throw new Error(`there is no process ${name}`);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') touched.add(name);
    process.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await Promise.race([process.exited, sleep(30_000, undefined, { ref: false })]);
  };
  const restart = async (name: string) => {
    touched.add(name);
    await running.get(name)?.stop();
    await start(name);
  };
  let describe = () => {};

  try {
    await endLeftovers(dir);
    const secrets = readSecrets(dir);
    const ports: Record<string, number> = readJson(join(dir, 'ports.json')) ?? {};
    const portVariables = options.configuredPorts ? PORT_VARIABLES : {};
    const engine = { dir, secrets, ports, portVariables, log };
    const settled = await Promise.allSettled([startPostgres(engine), startKafka(engine)]);
    for (const [index, result] of settled.entries()) {
      const name = ['postgres', 'kafka'][index]!;
      if (result.status === 'fulfilled' && result.value.running) keep(name, result.value.running, result.value.launch!);
    }
    const [postgres, kafka] = settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    }) as [Awaited<ReturnType<typeof startPostgres>>, Awaited<ReturnType<typeof startKafka>>];

    const topicPrefix = options.topicPrefix ?? '';
    const databasePrefix = options.databasePrefix ?? 'customer360_';
    if (stopRequest.signal.aborted) throw new Sentence('stopped');
    const topics = JSON.parse(readFileSync(inRoot('schemas', 'topics.json'), 'utf8'));
    const [databases] = await Promise.all([
      postgres.url === '' ? givenDatabases() : provision(postgres.url, databasePrefix, secrets),
      // A broker of our own serves one machine: fewer partitions, fewer transactions for the same events.
      createTopics(kafka.embedded ? { ...topics, partitions: LOCAL_PARTITIONS } : topics, {
        brokers: kafka.url.split(','),
        prefix: topicPrefix,
        replicationFactor: Number(process.env.KAFKA_REPLICATION_FACTOR ?? -1),
      }),
    ]);
    for (const service of SERVICES) secrets.databases[service].superuser = databases[service].superuserUrl ?? databases[service].url;
    writePrivate(join(dir, 'secrets.json'), secrets);

    const graphiql = options.graphiql ? prepareGraphiql(join(dir, 'graphiql')) : undefined;
    const around: Surroundings = { dir, secrets, kafka: kafka.url, topicPrefix, databases, ports, graphiql, env: options.env ?? {} };
    log('bringing the databases up to date …');
    await migrateAll(around, SERVICES, postgres.embedded);
    log('starting issuer, services and gateway …');
    const programs = [...PROGRAMS, ...(options.standbys ? SERVICES.map((name) => `${name}@2`) : [])];
    await launchPrograms(around, programs, portVariables, keep, running);
    writePrivate(join(dir, 'ports.json'), ports);

    const stack = await describeStack(around);
    const control = await openControl({ kill, start, restart }, secrets.control);
    stack.control = control.url;
    describe = () => {
      for (const [name, service] of Object.entries(stack.services)) service.pid = running.get(name)?.pid ?? 0;
      stack.issuer.pid = running.get('issuer')?.pid ?? 0;
      writePrivate(stack.file, { ...stack, dir: undefined, file: undefined });
      if (graphiql) writeSession(graphiql, stack);
    };
    await createStaff(stack.graph, stack.tokens.admin!, log);
    describe();
    return Object.assign(stack, {
      kill,
      start,
      restart,
      setSample: async (sampleCustomerId: string, portalCustomerId: string) => {
        stack.sampleCustomerId = sampleCustomerId;
        stack.tokens.customer = await stack.mint('portal', { sub: 'local-portal', customer_id: portalCustomerId, ttl: TOKEN_SECONDS });
        describe();
      },
      stop: async () => {
        control.server.close();
        await stop();
        rmSync(stack.file, { force: true });
        // A stack with a prefix is a passing guest on servers that it shares.
        if (topicPrefix !== '' && postgres.url !== '' && !postgres.embedded) await unprovision(postgres.url, databasePrefix);
        if (topicPrefix !== '' && !kafka.embedded) await deleteTopics(kafka.url.split(','), topicPrefix);
      },
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

const givenDatabases = () => Object.fromEntries(SERVICES.map((name) => [name, givenDatabase(name)!])) as Surroundings['databases'];

/** All at once; if one finds its port taken in the meantime, all stop and get new ports, since the gateway knows the services' ones. */
async function launchPrograms(
  around: Surroundings,
  programs: readonly string[],
  portVariables: Record<string, string>,
  keep: (name: string, process: Running, launch: () => Promise<Running>) => void,
  running: Map<string, Running>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    for (const name of programs) {
      const wish = {
        name,
        variable: portVariables[name],
        remembered: attempt === 1 ? (around.ports[name] ?? (name === 'gateway' && portVariables.gateway ? 4000 : undefined)) : undefined,
      };
      around.ports[name] = await choosePort(wish);
    }
    const launched = await Promise.allSettled(
      programs.map(async (name) => {
        const launch = () => run(program(around, name, environmentOf(around, name)));
        keep(name, await launch(), launch);
      }),
    );
    const failure = launched.find((result) => result.status === 'rejected');
    if (!failure) return;
    if (attempt === 3 || !/EADDRINUSE/.test(String(failure.reason))) throw failure.reason;
    for (const name of programs) {
      const process = running.get(name);
      running.delete(name);
      await process?.stop();
    }
  }
}

function environmentOf(around: Surroundings, name: string): Record<string, string | undefined> {
  if (name === 'issuer') return issuerEnv(around);
  return name === 'gateway' ? gatewayEnv(around) : serviceEnv(around, name);
}

type Description = StackFile & Pick<Stack, 'dir' | 'file' | 'mint'>;

async function describeStack(around: Surroundings): Promise<Description> {
  const issuer = urlOf(around, 'issuer');
  const mint = minter(issuer, around.secrets.issuer);
  const tokens: Record<string, string> = {};
  for (const role of HUMAN_ROLES) tokens[role] = await mint('staff', { sub: STAFF[role].id, roles: [role], ttl: TOKEN_SECONDS });
  tokens.integration = await mint('service', { sub: 'local-integration', ttl: TOKEN_SECONDS });
  const nobody = '5eed0000-0000-4000-8000-0000000000ff';
  tokens.customer = await mint('portal', { sub: 'local-portal', customer_id: nobody, ttl: TOKEN_SECONDS });
  const database = (name: string) => (name === 'gateway' ? null : around.databases[name as ServiceName].url);
  return {
    graph: `${urlOf(around, 'gateway')}/graphql`,
    kafka: around.kafka,
    topicPrefix: around.topicPrefix,
    tokens,
    staff: Object.fromEntries(HUMAN_ROLES.map((role) => [role, STAFF[role].id])),
    sampleCustomerId: null,
    services: Object.fromEntries(
      [...SERVICES, 'gateway'].map((name) => [name, { url: urlOf(around, name), pid: 0, database: database(name) }]),
    ),
    issuer: { url: issuer, pid: 0 },
    logs: join(around.dir, 'logs'),
    secrets: join(around.dir, 'secrets.json'),
    control: null,
    dir: around.dir,
    file: join(around.dir, 'stack.json'),
    mint,
  };
}

/** The gateway first, then the services (they drain), then the engines that they need. */
async function stopAll(processes: Running[]): Promise<void> {
  const rank = ({ name }: Running) => (name === 'gateway' ? 0 : name === 'postgres' || name === 'kafka' ? 2 : 1);
  for (const step of [0, 1, 2]) await Promise.all(processes.filter((process) => rank(process) === step).map((process) => process.stop()));
}

/** Deletes a stack's folder and everything that it keeps elsewhere; ends what a killed stack left running there. */
export async function destroyStack(dir: string, except: (name: string) => boolean = () => false): Promise<void> {
  if (!existsSync(dir)) return;
  const unlock = lockFolder(dir);
  await endLeftovers(dir);
  removePostgres(dir);
  for (const name of readdirSync(dir)) if (name !== 'lock' && !except(name)) rmSync(join(dir, name), { recursive: true, force: true });
  unlock();
  if (readdirSync(dir).length === 0) rmSync(dir, { recursive: true, force: true });
}
