// Sends one operation over and over, as a process of its own so that its work is not mistaken for that of what it measures. Bounded by a count and
// by time; every answer is checked. Takes its job as JSON from standard input, prints the outcome as JSON.
import { text } from 'node:stream/consumers';
import { Pool } from 'undici';

export interface Job {
  url: string;
  token: string;
  query: string;
  /** Ids of customers, one set a request, over and over: no two requests in flight ask for the same one. */
  variables: Array<Record<string, string | string[]>>;
  concurrency: number;
  requests: number;
  maxSeconds: number;
}
export interface Outcome {
  requests: number;
  errors: number;
  firstError: string | null;
  seconds: number;
  /** Milliseconds. */
  latencies: number[];
}

const job: Job = JSON.parse(await text(process.stdin));
if (job.variables.length < job.concurrency) throw new Error('there must be more sets of ids than requests in flight');
const target = new URL(job.url);
const pool = new Pool(target.origin, { connections: job.concurrency, pipelining: 1 });
const headers = { 'content-type': 'application/json', authorization: `Bearer ${job.token}` };
const outcome: Outcome = { requests: 0, errors: 0, firstError: null, seconds: 0, latencies: [] };
const began = performance.now();
const until = began + job.maxSeconds * 1_000;
let asked = 0;

async function work(): Promise<void> {
  while (asked < job.requests && performance.now() < until) {
    const variables = job.variables[asked++ % job.variables.length]!;
    const from = performance.now();
    const problem = await ask(variables).catch((error: Error) => error.message);
    outcome.latencies.push(performance.now() - from);
    outcome.requests++;
    if (problem === undefined) continue;
    outcome.errors++;
    outcome.firstError ??= problem;
  }
}

async function ask(variables: Job['variables'][number]): Promise<string | undefined> {
  const body = JSON.stringify({ query: job.query, variables });
  const response = await pool.request({
    method: 'POST',
    path: target.pathname,
    headers,
    body,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  const answer = await response.body.text();
  if (response.statusCode !== 200) return `HTTP ${response.statusCode}`;
  const ids = Object.values(variables).flat();
  return answer.includes('"errors"') || !ids.every((id) => answer.includes(id)) ? answer.slice(0, 200) : undefined;
}

await Promise.all(Array.from({ length: job.concurrency }, work));
outcome.seconds = (performance.now() - began) / 1_000;
await pool.close();
process.stdout.write(JSON.stringify(outcome));
