// `npm run bench -- gateway`: our gateway against the stock one, Hive Gateway with its Rust planner and a hand-written floor, in one run, in
// alternating rounds, on distinct ids: before the four services, and before four that cost next to nothing, so that the gateway is the limit.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { BenchmarkRun } from './benchmark.ts';
import { cpuSeconds, fixed, machine, median, percentile, random, shuffled, table } from './figures.ts';
import { type Contestant, installHive, startContestants } from './gateway-contestants.ts';
import { loadCustomers } from './load-customers.ts';
import { load, serviceUrls, startServer } from './programs.ts';

interface Operation {
  title: string;
  query: string;
  /** Requests' variables: each customer once. */
  variables(ids: readonly string[]): Array<Record<string, string | string[]>>;
}
const LIST = 20;
const OPERATIONS = {
  customer: {
    title: 'Customer 360 by id (four calls)',
    query: readFileSync(new URL('../../scripts/customer360.graphql', import.meta.url), 'utf8'),
    variables: (ids) => ids.map((id) => ({ id })),
  },
  customersByIds: {
    title: `list of ${LIST} with stage and last interaction (three calls)`,
    query: `query List($ids: [ID!]!) { customersByIds(ids: $ids) {
      id displayName status owner { name } lifecycle { currentStage { name category } } interactionSummary { lastInteractionAt count30d }
    } }`,
    variables: (ids) => Array.from({ length: Math.floor(ids.length / LIST) }, (_, i) => ({ ids: ids.slice(i * LIST, (i + 1) * LIST) })),
  },
} as const satisfies Record<string, Operation>;

interface Size {
  customers: number;
  rounds: number;
  seconds: number;
  warmupSeconds: number;
  concurrency: number;
}
const FULL: Size = { customers: 300, rounds: 5, seconds: 2.5, warmupSeconds: 3, concurrency: 8 };
const QUICK: Size = { customers: 80, rounds: 1, seconds: 0.5, warmupSeconds: 0.5, concurrency: 4 };
const SAMPLES = 3;
/** Bounds a round together with its seconds. */
const MAX_REQUESTS = 100_000;

interface Round {
  rate: number;
  /** Milliseconds of CPU a request. */
  cpu: number;
  latencies: number[];
}

export async function run(run: BenchmarkRun): Promise<void> {
  const size = run.quick ? QUICK : FULL;
  const hive = installHive(run);
  const ids = await loadCustomers(run, size.customers);
  const real = serviceUrls(run.stack);
  run.log(`${machine(run.seed)}${run.quick ? ' (quick: a smoke test, not a measurement)' : ''}`);
  run.log(
    `${size.customers} customers, ${size.concurrency} requests in flight, ${size.rounds} rounds of ${size.seconds} s a side, in turn\n`,
  );
  await compare(run, 'the four services', real, ids, size, hive);
  const replay = await startServer('gateway-replay.ts', real);
  try {
    await compare(run, 'four trivial services', JSON.parse(replay.line), ids, size, hive);
  } finally {
    replay.process.disconnect();
  }
}

async function compare(run: BenchmarkRun, behind: string, urls: Record<string, string>, ids: string[], size: Size, hive: boolean) {
  const queries = { customer: OPERATIONS.customer.query, customersByIds: OPERATIONS.customersByIds.query };
  const contestants = await startContestants(run, urls, queries, hive);
  try {
    for (const operation of Object.values(OPERATIONS)) {
      for (const variables of operation.variables(ids).slice(0, SAMPLES)) await sameAnswers(run, contestants, operation, variables);
      for (const contestant of contestants) await measure(run, contestant, operation, ids, size.concurrency, size.warmupSeconds);
      const rounds = new Map<Contestant, Round[]>(contestants.map((contestant) => [contestant, []]));
      for (let round = 0; round < size.rounds && !run.signal.aborted; round++) {
        const order = shuffled(ids, random(run.seed + round));
        for (const contestant of [...contestants.slice(round % contestants.length), ...contestants.slice(0, round % contestants.length)])
          rounds.get(contestant)!.push(await measure(run, contestant, operation, order, size.concurrency, size.seconds));
      }
      run.log(`${operation.title}, before ${behind}\n${figures(rounds)}\n`);
    }
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

/** All must answer the same, or their speeds do not compare. */
async function sameAnswers({ stack }: BenchmarkRun, contestants: readonly Contestant[], { query, title }: Operation, variables: object) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stack.tokens.sales_manager}` };
  const body = JSON.stringify({ query, variables });
  const answers: unknown[] = [];
  for (const { url } of contestants) answers.push(await (await fetch(url, { method: 'POST', headers, body })).json());
  contestants.forEach(({ name }, i) => {
    const answer = answers[i] as { data?: object; errors?: unknown };
    if (!answer.data || answer.errors || !isDeepStrictEqual(answer.data, (answers[0] as typeof answer).data))
      throw new Error(`${name} answers the ${title} otherwise: ${JSON.stringify(answer).slice(0, 500)}`);
  });
}

async function measure(
  { stack, signal }: BenchmarkRun,
  { name, url, pid }: Contestant,
  { query, variables }: Operation,
  ids: readonly string[],
  concurrency: number,
  maxSeconds: number,
): Promise<Round> {
  const before = cpuSeconds(pid);
  const job = {
    url,
    token: stack.tokens.sales_manager!,
    query,
    variables: variables(ids),
    concurrency,
    requests: MAX_REQUESTS,
    maxSeconds,
  };
  const { requests, seconds, latencies } = await load(job, name, signal);
  return { rate: requests / seconds, cpu: ((cpuSeconds(pid) - before) * 1_000) / requests, latencies };
}

/** A row each; the ratios are ours to theirs, medians of the rounds' own ratios. */
function figures(rounds: ReadonlyMap<Contestant, Round[]>): string {
  const [ours = []] = rounds.values();
  const header = ['', 'requests/s', 'CPU ms/request', 'p50 ms', 'p95 ms', 'p99 ms', 'ours / it: requests/s', 'CPU'];
  const rows = [...rounds].map(([{ name }, list]) => {
    const all = list.flatMap((round) => round.latencies);
    const ratio = (of: (round: Round) => number) => fixed(median(list.map((round, i) => of(ours[i]!) / of(round))), 2);
    return [
      name,
      fixed(median(list.map((round) => round.rate)), 0),
      fixed(median(list.map((round) => round.cpu)), 2),
      ...[0.5, 0.95, 0.99].map((share) => fixed(percentile(all, share), 1)),
      ratio((round) => round.rate),
      ratio((round) => round.cpu),
    ];
  });
  return table(header, rows);
}
