// The gateways that are compared, each as a process of its own before the same services with the same supergraph: ours as it ships, the stock
// one, Hive Gateway with its Rust planner, and the hand-written floor that all of them could be at best.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNPM, pnpmCommand, pnpmEnvironment } from '../../scripts/pnpm.mjs';
import { choosePort } from '../../scripts/stack/ports.ts';
import { type ProcessSpec, run } from '../../scripts/stack/processes.ts';
import { gatewayEnv, nodeArgs, type Surroundings } from '../../scripts/stack/programs.ts';
import { readSecrets } from '../../scripts/stack/secrets.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { inner, program, startFanOut } from './programs.ts';
import { selectionsOf } from './selections.ts';

export interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<unknown> | void;
}

const HIVE = fileURLToPath(new URL('../hive/', import.meta.url));
const SUPERGRAPH = new URL('../../schemas/graphql/supergraph.graphql', import.meta.url);
const READY_WITHIN_MS = 60_000;

/** Installs Hive Gateway from its own lockfile, once; false, and a line that says why, where it cannot be had. */
export function installHive({ log }: BenchmarkRun): boolean {
  const stamp = join(HIVE, 'node_modules', '.installed');
  const wanted = createHash('sha256')
    .update(PNPM)
    .update(readFileSync(join(HIVE, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  log('installing Hive Gateway into bench/hive …');
  const [command, ...args] = pnpmCommand() as [string, ...string[]];
  try {
    const install = ['install', '--ignore-workspace', '--frozen-lockfile', '--ignore-scripts'];
    execFileSync(command, [...args, ...install], { cwd: HIVE, env: pnpmEnvironment(), stdio: 'pipe', timeout: 300_000 });
    writeFileSync(stamp, wanted);
    return true;
  } catch (error) {
    const said = String((error as { stdout?: Buffer }).stdout ?? error).trim();
    log(`Hive Gateway cannot be had here and is left out: ${said.split('\n').at(-1)}`);
    return false;
  }
}

/** Starts all of them before `urls`; `hive` as installHive answered. Stop each of them afterwards. */
export async function startContestants(bench: BenchmarkRun, urls: Record<string, string>, queries: Queries, hive: boolean) {
  const { stack } = bench;
  const dir = dirname(stack.secrets);
  const secrets = readSecrets(dir);
  const supergraph = join(dir, 'supergraph.graphql');
  writeFileSync(supergraph, withUrls(readFileSync(SUPERGRAPH, 'utf8'), urls));
  const { PATH, HOME } = process.env;
  const plain = { PATH, HOME, NODE_ENV: 'production', BENCH_INNER: JSON.stringify(inner(stack)), SUPERGRAPH_FILE: supergraph };

  const started: Contestant[] = [];
  const start = async (
    name: string,
    path: string,
    health: string,
    args: (port: number) => string[],
    env: (port: number) => Environment,
  ) => {
    const port = await choosePort({ name });
    const url = `http://127.0.0.1:${port}`;
    const spec: ProcessSpec = {
      name,
      command: process.execPath,
      args: [...nodeArgs, ...args(port)],
      env: env(port),
      cwd: HIVE,
      log: join(dir, 'logs', `bench-${name}.log`),
      marker: args(port)[0]!,
      ready: async () => (await fetch(url + health, { headers: { 'apollo-require-preflight': 'true' } })).ok,
      readyWithinMs: READY_WITHIN_MS,
      stopWithinMs: 5_000,
    };
    const running = await run(spec);
    started.push({ name, url: url + path, pid: running.pid, stop: running.stop });
  };
  try {
    const ports = { issuer: Number(new URL(stack.issuer.url).port) };
    const ours = (port: number) =>
      gatewayEnv({
        secrets,
        databases: {} as Surroundings['databases'],
        dir,
        kafka: '',
        topicPrefix: '',
        ports: { ...ports, gateway: port },
        env: { NODE_ENV: 'production', SUBGRAPH_URLS: JSON.stringify(urls), RATE_LIMIT_PER_MINUTE: '10000000' },
      });
    await start('ours', '/graphql', '/readyz', () => [fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url))], ours);
    await start(
      'stock',
      '/',
      '/?query={__typename}',
      () => [program('gateway-stock.ts')],
      (port) => ({ ...plain, PORT: String(port) }),
    );
    if (hive) {
      const cli = join(HIVE, 'node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js');
      const args = (port: number) => [
        cli,
        'supergraph',
        supergraph,
        '--hive-router-runtime',
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
      ];
      await start('Hive, Rust planner', '/graphql', '/readiness', args, () => plain);
    }
    const floor = await startFanOut(
      bench,
      urls,
      Object.fromEntries(Object.entries(queries).map(([field, query]) => [field, selectionsOf(query)])),
    );
    started.push({ name: 'hand-written floor', url: floor.url, pid: floor.process.pid!, stop: () => floor.process.disconnect() });
    return started;
  } catch (error) {
    for (const contestant of started) await contestant.stop();
    throw error;
  }
}

type Environment = Record<string, string | undefined>;
/** The query of each root field. */
export type Queries = Record<'customer' | 'customersByIds', string>;

/** The supergraph with other URLs in its `@join__graph(name: "customer", url: "…")`. */
function withUrls(sdl: string, urls: Record<string, string>): string {
  return sdl.replace(/(@join__graph\(name: "(\w+)", url: )"[^"]*"/g, (_, before, name) => `${before}"${urls[name]}"`);
}
