// The programs of the benchmarks that run as processes of their own, so that one's work is not mistaken for another's: what generates the
// load, the hand-written fan-out and the like. Each takes its job as JSON on standard input.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Actor } from '@customer360/kernel/actor';
import type { BenchmarkRun, BenchmarkStack } from './benchmark.ts';
import type { FanOutJob } from './fan-out.ts';
import type { Job, Outcome } from './load-generator.ts';
import { SERVICES } from './selections.ts';

const NODE_ARGS = ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning'];
export const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Sends the job's requests to what is called `name`; throws when one answer was wrong. */
export async function load(job: Job, name: string, signal: AbortSignal): Promise<Outcome> {
  const child = spawn(process.execPath, [...NODE_ARGS, program('load-generator.ts')], { stdio: ['pipe', 'pipe', 'inherit'], signal });
  child.stdin.end(JSON.stringify(job));
  const outcome: Outcome = JSON.parse(await text(child.stdout));
  if (outcome.errors > 0) throw new Error(`${outcome.errors} of ${outcome.requests} requests to ${name} failed: ${outcome.firstError}`);
  return outcome;
}

/** Starts a server that says one line when it is ready; it ends when it is disconnected, or with this process. */
export async function startServer(name: string, job: object): Promise<{ line: string; process: ChildProcess }> {
  const child = fork(program(name), { execArgv: NODE_ARGS, stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
  child.stdin!.end(JSON.stringify(job));
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start`))),
  ]);
  return { line, process: child };
}

/** URL of each service's /graphql. */
export const serviceUrls = (stack: BenchmarkStack): Record<string, string> =>
  Object.fromEntries(SERVICES.map((service) => [service, `${stack.services[service]!.url}/graphql`]));

/** What signs a caller in at the services without a gateway: its key, and the sales manager that the benchmarks ask as. */
export function inner(stack: BenchmarkStack): { innerKey: FanOutJob['innerKey']; actor: Actor } {
  const { innerKey } = JSON.parse(readFileSync(stack.secrets, 'utf8'));
  return { innerKey, actor: { kind: 'STAFF', id: stack.staff.sales_manager!, roles: ['sales_manager'] } };
}

/** The hand-written floor before `urls`. */
export async function startFanOut(
  { stack }: BenchmarkRun,
  urls: FanOutJob['urls'],
  operations: FanOutJob['operations'],
): Promise<{ url: string; process: ChildProcess }> {
  const { line, process } = await startServer('fan-out.ts', { urls, operations, ...inner(stack) } satisfies FanOutJob);
  return { url: `http://127.0.0.1:${line}/`, process };
}
