// The fuzzer: `count` random inputs at a running stack under several roles, each judged by findings.ts, with the health of the processes and
// their memory before and after. Seeded; each finding is made small and printed with what is needed to see it again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { pidsOf, residentMiB, schemaOf, send, type Target, unhealthy } from './door.ts';
import { type Finding, findingIn, outcomeOf } from './findings.ts';
import { type Operation, operation } from './operations.ts';
import { random } from './random.ts';
import { shrink } from './shrink.ts';
import { TEXTS } from './values.ts';
import { makeWorld } from './world.ts';

export interface FuzzOptions {
  readonly target: Target;
  /** Makes a portal token for this customer. */
  readonly portalToken: (customerId: string) => Promise<string>;
  readonly seed: number;
  readonly count: number;
  /** Begin with this input (to see one again: `from: n, count: 1`). */
  readonly from?: number;
  /** Others use the stack too: call nothing that changes settings for everybody. */
  readonly shared: boolean;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}
export interface FuzzReport {
  readonly inputs: number;
  /** How often each outcome came: `ok`, or the codes of the errors. */
  readonly outcomes: Record<string, number>;
  readonly findings: ReadonlyArray<Finding & { index: number; role: string; operation: string }>;
  /** Processes that died, were replaced or do not answer. */
  readonly crashed: readonly string[];
  /** Per process: MiB when warm (a quarter of the way) and at the end. */
  readonly memory: Record<string, { warm: number; end: number }>;
}

const ROLES = [
  'admin',
  'admin',
  'admin',
  'admin',
  'dpo',
  'dpo',
  'auditor',
  'sales_manager',
  'sales_manager',
  'sales_rep',
  'support_rep',
  'marketing',
  'integration',
  'customer',
];
const AT_ONCE = 16;
const MAX_FINDINGS = 10;
const MAX_CURSORS = 500;
const MAX_BODY_BYTES = 1_048_576;
const CURSOR = /"(?:endCursor|startCursor|cursor)":"([\w-]+)"/g;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, count, log, from = 0 } = options;
  const schema = await schemaOf(options.target);
  const ids = await makeWorld(options.target);
  const target: Target = {
    ...options.target,
    tokens: { ...options.target.tokens, customer: await options.portalToken(ids.customer![1]!) },
  };
  const pids = pidsOf(target);
  const outcomes: Record<string, number> = {};
  const findings: Array<Finding & { index: number; role: string; operation: string }> = [];
  const cursors: string[] = [];
  const samples: Array<Record<string, number>> = [];
  const every = Math.max(50, Math.floor(count / 40));
  let next = 0;
  let done = 0;

  async function one(index: number): Promise<void> {
    const input = inputOf(schema, ids, cursors, seed, index, options.shared);
    const headers = { 'x-request-id': `fuzz-${seed}-${index}` };
    const ask = (body: string) => send(target.graph, target.tokens[input.role], body, headers);
    const answer = await ask(input.body);
    outcomes[outcomeOf(answer.text)] = (outcomes[outcomeOf(answer.text)] ?? 0) + 1;
    for (const [, cursor] of answer.text.matchAll(CURSOR)) if (cursors.length < MAX_CURSORS) cursors.push(cursor!);
    let finding = findingIn(answer, input.body);
    // A busy machine may let a deadline pass; what fails again and again is a finding.
    for (let tries = 0; finding?.kind === 'unavailable' && tries < 5; tries++) {
      await sleep(1_500);
      finding = findingIn(await ask(input.body), input.body);
    }
    if (!finding || findings.length >= MAX_FINDINGS) return;
    const { kind } = finding;
    const fails = async (candidate: Operation) => {
      const body = JSON.stringify(candidate);
      return findingIn(await ask(body), body)?.kind === kind;
    };
    const small = input.operation && JSON.stringify(await shrink(input.operation, fails));
    const shown = (small ?? input.body).slice(0, 4_000);
    findings.push({ ...finding, index, role: input.role, operation: shown });
    log(
      `${finding.kind} (${finding.what}) seed ${seed} input ${index} as ${input.role}\n  first: ${input.body.slice(0, 2_000)}\n  small: ${shown}`,
    );
  }

  async function worker(): Promise<void> {
    while (next < count && !options.signal?.aborted && findings.length < MAX_FINDINGS) {
      await one(from + next++);
      done += 1;
      if (done % every === 0) samples.push(residentMiB(target));
      if (done % 5_000 === 0)
        log(
          `${done} inputs, ${findings.length} findings, ${JSON.stringify(residentMiB(target), (_, v) => (typeof v === 'number' ? Math.round(v) : v))}`,
        );
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  const replaced = Object.entries(pidsOf(options.target))
    .filter(([name, pid]) => pids[name] !== pid)
    .map(([name]) => name);
  const crashed = [...new Set([...replaced, ...(await unhealthy(target))])];
  return { inputs: done, outcomes, findings, crashed, memory: memoryOf(samples) };
}

interface Input {
  readonly role: string;
  readonly body: string;
  /** Absent when the body itself is malformed. */
  readonly operation?: Operation;
}

/** The input of this number; the same for the same seed, but for cursors that answers brought. */
function inputOf(
  schema: GraphQLSchema,
  ids: Record<string, string[]>,
  cursors: readonly string[],
  seed: number,
  index: number,
  shared: boolean,
): Input {
  const r = random(seed, index);
  const role = r.pick(ROLES);
  const hostility = r.pick([0, 0.02, 0.05, 0.2, 0.6]);
  if (r.chance(0.03)) {
    const junk = r.pick(TEXTS);
    const body = r.pick<() => unknown>([
      () => junk,
      () => [],
      () => null,
      () => ({}),
      () => ({ query: junk }),
      () => ({ query: 5 }),
      () => ({ query: '{ __typename }', variables: [1] }),
      () => ({ query: '{ __typename }', variables: junk }),
      () => ({ query: '{ __typename }', operationName: r.pick<unknown>([junk, 5, {}, []]) }),
      () => ({
        query: '{ __typename }',
        extensions: r.pick<unknown>([junk, { persistedQuery: { version: 1, sha256Hash: junk } }, { persistedQuery: null }, []]),
      }),
      () => JSON.parse('{"query":"{ __typename }","__proto__":{"admin":true},"constructor":1}'),
      () =>
        JSON.parse(
          '{"query":"query($f: CustomerFilter) { customers(filter: $f) { totalCount } }","variables":{"__proto__":{"x":1},"f":{"__proto__":{"eq":1}}}}',
        ),
    ])();
    const text = JSON.stringify(body);
    return { role, body: r.chance(0.2) ? text.slice(0, r.below(text.length)) : text };
  }
  const made = operation(schema, { random: r, ids, cursors, hostility }, shared);
  const whole = JSON.stringify(made);
  // What is larger than a body may be is refused while it is still being sent, which a client may see as a broken connection.
  if (Buffer.byteLength(whole) > MAX_BODY_BYTES) return { role, body: whole.slice(0, MAX_BODY_BYTES / 4) };
  return { role, body: whole, operation: made };
}

function memoryOf(samples: ReadonlyArray<Record<string, number>>): FuzzReport['memory'] {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const quarter = Math.floor(samples.length / 4);
  const report: FuzzReport['memory'] = {};
  for (const name of Object.keys(samples[0] ?? {})) {
    const of = (part: ReadonlyArray<Record<string, number>>) => Math.round(middle(part.map((sample) => sample[name]!)));
    report[name] = { warm: of(samples.slice(quarter, quarter * 2 + 1)), end: of(samples.slice(-quarter - 1)) };
  }
  return report;
}

/** Processes whose memory grew by more than half and 64 MiB after warming up. */
export const grown = (report: FuzzReport): string[] =>
  Object.entries(report.memory).flatMap(([name, { warm, end }]) => (end > warm * 1.5 + 64 ? [`${name}: ${warm} → ${end} MiB`] : []));
