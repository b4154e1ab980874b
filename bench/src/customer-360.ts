// `npm run bench -- 360`: Customer 360 through the gateway against a hand-written fan-out of the same four calls, in the same run, in alternating
// rounds, on distinct customers: requests per second, CPU per request, latencies, and the ratios. With `--customers`, see morning.ts.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { BenchmarkRun } from './benchmark.ts';
import { cpuSeconds, fixed, machine, median, percentile, random, shuffled, table } from './figures.ts';
import { loadCustomers } from './load-customers.ts';
import { morning } from './morning.ts';
import { load, serviceUrls, startFanOut } from './programs.ts';
import { SERVICES, selectionsOf } from './selections.ts';

const QUERY = readFileSync(new URL('../../scripts/customer360.graphql', import.meta.url), 'utf8');

interface Size {
  customers: number;
  rounds: number;
  requests: number;
  warmup: number;
  concurrency: number;
}
const FULL: Size = { customers: 500, rounds: 5, requests: 1_500, warmup: 1_000, concurrency: 8 };
const QUICK: Size = { customers: 24, rounds: 2, requests: 60, warmup: 30, concurrency: 4 };
const MAX_ROUND_SECONDS = 60;

interface Side {
  name: string;
  url: string;
  pid: number;
}
interface Round {
  rate: number;
  /** Milliseconds of CPU a request. */
  ownCpu: number;
  servicesCpu: number;
  latencies: number[];
}

export async function run(run: BenchmarkRun): Promise<void> {
  if (run.customers) return morning(run, run.customers);
  const size = run.quick ? QUICK : FULL;
  const ids = shuffled(await loadCustomers(run, size.customers), random(run.seed));
  const fanOut = await startFanOut(run, serviceUrls(run.stack), { customer: selectionsOf(QUERY) });
  try {
    const sides: Side[] = [
      { name: 'gateway', url: run.stack.graph, pid: run.stack.services.gateway!.pid },
      { name: 'hand-written fan-out', url: fanOut.url, pid: fanOut.process.pid! },
    ];
    await sameAnswers(run, sides, ids.slice(0, 10));
    for (const side of sides) await measure(run, side, ids, size, size.warmup);
    const rounds = new Map<Side, Round[]>(sides.map((side) => [side, []]));
    for (let round = 0; round < size.rounds && !run.signal.aborted; round++) {
      const order = round % 2 === 0 ? sides : [...sides].reverse();
      for (const side of order)
        rounds.get(side)!.push(await measure(run, side, shuffled(ids, random(run.seed + round)), size, size.requests));
      run.log(`round ${round + 1} of ${size.rounds}`);
    }
    print360(run, size, rounds);
  } finally {
    fanOut.process.disconnect();
  }
}

/** Both must answer the same, or their speeds do not compare. */
async function sameAnswers({ stack }: BenchmarkRun, sides: readonly Side[], ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const [one, other] = await Promise.all(
      sides.map(async ({ url }) => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens.sales_manager}` };
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: QUERY, variables: { id } }) });
        return (await response.json()) as { data?: { customer: Record<string, any> } };
      }),
    );
    if (!one?.data?.customer || !isDeepStrictEqual(one, other)) throw new Error(`gateway and fan-out do not agree about customer ${id}`);
    const empty = Object.entries(one.data.customer).find(([name, value]) => value === null && !/^(parent|account)$/.test(name));
    if (empty) throw new Error(`section ${empty[0]} of customer ${id} is empty`);
  }
}

async function measure({ stack, signal }: BenchmarkRun, side: Side, ids: string[], size: Size, requests: number): Promise<Round> {
  const job = {
    url: side.url,
    token: stack.tokens.sales_manager!,
    query: QUERY,
    variables: ids.map((id) => ({ id })),
    concurrency: size.concurrency,
    requests,
    maxSeconds: MAX_ROUND_SECONDS,
  };
  const services = () => SERVICES.reduce((sum, service) => sum + cpuSeconds(stack.services[service]!.pid), 0);
  const before = { own: cpuSeconds(side.pid), services: services() };
  const outcome = await load(job, side.name, signal);
  const used = { own: cpuSeconds(side.pid) - before.own, services: services() - before.services };
  return {
    rate: outcome.requests / outcome.seconds,
    ownCpu: (used.own * 1_000) / outcome.requests,
    servicesCpu: (used.services * 1_000) / outcome.requests,
    latencies: outcome.latencies,
  };
}

function print360({ seed, quick, log }: BenchmarkRun, size: Size, rounds: ReadonlyMap<Side, Round[]>): void {
  const header = ['', 'requests/s', 'own CPU ms/request', 'services CPU ms/request', 'p50 ms', 'p95 ms', 'p99 ms'];
  const rows = [...rounds].map(([side, list]) => {
    const all = list.flatMap((round) => round.latencies);
    return [
      side.name,
      fixed(median(list.map((round) => round.rate)), 0),
      fixed(median(list.map((round) => round.ownCpu)), 2),
      fixed(median(list.map((round) => round.servicesCpu)), 2),
      ...[0.5, 0.95, 0.99].map((share) => fixed(percentile(all, share), 1)),
    ];
  });
  const [ours = [], floor = []] = [...rounds.values()];
  const ratio = (of: (round: Round) => number) => fixed(median(ours.map((round, i) => of(round) / of(floor[i]!))), 2);
  const latency = (share: number) => ratio((round) => percentile(round.latencies, share));
  rows.push([
    'ratio (median of paired rounds)',
    ratio((round) => round.rate),
    ratio((round) => round.ownCpu),
    ratio((round) => round.servicesCpu),
    ...[0.5, 0.95, 0.99].map(latency),
  ]);
  log(`Customer 360, ${machine(seed)}${quick ? ' (quick: a smoke test, not a measurement)' : ''}`);
  log(
    `${size.customers} customers, ${size.concurrency} requests in flight, ${size.rounds} × ${size.requests} requests a side, alternating`,
  );
  log(`\n${table(header, rows)}\n`);
}
