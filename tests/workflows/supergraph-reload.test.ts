// A new supergraph reaches a running gateway without a request noticing, and one that must not be served changes nothing: unsigned, signed for
// another environment or by a withdrawn key, altered, not composed, without access annotations. [issue 5, section 4] A real gateway process before
// the stack's services; signatures by the very command that a pipeline runs.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, print, visit } from 'graphql';
import { type OwnGateway, ownGateway } from '../support/own-gateway.ts';
import { eventually, must } from '../support/stack.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'customer360-supergraph-'));
const mounted = (name: string) => join(folder, 'mounted', name);
const FILE = mounted('supergraph.graphql');

/** The released graph, and one release before it: it lacked Customer.source. */
const AFTER = readFileSync(join(root, 'schemas/graphql/supergraph.graphql'), 'utf8');
const BEFORE = print(
  visit(parse(AFTER), {
    FieldDefinition: (node, _key, _parent, _path, ancestors) =>
      node.name.value === 'source' && (ancestors.at(-1) as any).name?.value === 'Customer' ? null : undefined,
  }),
);

async function sign(...args: string[]): Promise<string> {
  const command = ['--conditions=customer360-source', join(root, 'scripts/sign.ts'), ...args];
  return (await promisify(execFile)(process.execPath, command, { env: { PATH: process.env.PATH, SUPERGRAPH_KEY: key } })).stdout;
}
let key = '';
let withdrawn = '';
let jwks = '';

/** Makes a release: a folder with a supergraph and, where `environment` says so, its signature. */
async function release(name: string, text: string, environment?: string): Promise<void> {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'supergraph.graphql'), text);
  if (environment) await sign(environment, join(folder, name, 'supergraph.graphql'));
}

/** As Kubernetes shows a new version of a ConfigMap: the files are links into ..data, which is turned in one step. */
function mount(name: string): void {
  symlinkSync(join(folder, name), mounted('..next'));
  renameSync(mounted('..next'), mounted('..data'));
}

let own: OwnGateway;
let customerIds: string[];
const environment = () => ({ SUPERGRAPH_FILE: FILE, SUPERGRAPH_ENVIRONMENT: 'production', SUPERGRAPH_JWKS: jwks });

beforeAll(async () => {
  const newKey = async () => {
    const [, made = '', published = ''] = /SUPERGRAPH_KEY='(.*)'\nSUPERGRAPH_JWKS='(.*)'/.exec(await sign('--new-key')) ?? [];
    return { made, published };
  };
  [{ made: withdrawn }, { made: key, published: jwks }] = [await newKey(), await newKey()];
  await release('before', BEFORE, 'production');
  await release('after', AFTER, 'production');
  mkdirSync(join(folder, 'mounted'));
  for (const name of ['supergraph.graphql', 'supergraph.graphql.jws']) symlinkSync(join('..data', name), mounted(name));
  mount('before');
  // A busy machine is not what this is about: hence the long deadlines.
  own = await ownGateway({
    ...environment(),
    RATE_LIMIT_PER_MINUTE: '1000000',
    SUBGRAPH_TIMEOUT_MS: '20000',
    MUTATION_TIMEOUT_MS: '20000',
  });
  customerIds = await Promise.all(Array.from({ length: 10 }, createCustomer));
}, 60_000);
afterAll(async () => {
  await own?.close();
  rmSync(folder, { recursive: true });
});

async function createCustomer(): Promise<string> {
  const { createCustomer: made } = await must('sales_manager', CREATE, { name: `Reload ${randomUUID()}` });
  return made.id;
}
const CREATE =
  'mutation($name: String!) { createCustomer(input: { type: INDIVIDUAL, displayName: $name, source: API }) { ... on Customer { id } } }';
const RENAME = `mutation($id: ID!, $name: String!, $version: Int!) {
  updateCustomer(id: $id, expectedVersion: $version, input: { displayName: $name }) { ... on Customer { id displayName version } } }`;
const READ = `query Read($id: ID!) { customer(id: $id) { id displayName version lifecycle { currentStage { name } } consents { granted }
  timeline(first: 3) { nodes { id } } } }`;
const NEW_FIELD = 'query New($id: ID!) { customer(id: $id) { source } }';

/** A counter or gauge as /metrics prints it; 0 when it is not there. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(own.graph.replace(/graphql$/, 'metrics'))).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line ? Number(line.slice(name.length)) : 0;
}
const served = async (): Promise<string | undefined> => {
  const text = await (await fetch(own.graph.replace(/graphql$/, 'metrics'))).text();
  const ids = [...text.matchAll(/^gateway_supergraph_info\{id="([0-9a-f]{12})"\} 1$/gm)].map(([, id]) => id);
  expect(ids).toHaveLength(1);
  return ids[0];
};
const ready = async () => {
  const response = await fetch(own.graph.replace(/graphql$/, 'readyz'));
  return { status: response.status, ...((await response.json()) as any).checks.supergraph.detail };
};

test('under constant load supergraphs take over six times, by ConfigMap link, rename and SIGHUP, and no operation fails', async () => {
  const token = await own.token();
  const failed: unknown[] = [];
  const slowest = { ms: 0 };
  const counts = { reads: 0, writes: 0, swaps: 0 };
  let loading = true;

  /** One customer's clerk: reads it and renames it, without pause between the two. */
  async function clerk(id: string): Promise<void> {
    let version: number | undefined;
    while (loading) {
      const name = `Reload ${randomUUID()}`;
      const asked = version === undefined ? own.ask(token, READ, { id }) : own.ask(token, RENAME, { id, name, version });
      const answer = await asked.catch((error: Error) => ({ errors: [error.message], data: undefined, ms: 0 }));
      slowest.ms = Math.max(slowest.ms, answer.ms);
      const { customer, updateCustomer } = answer.data ?? {};
      if (answer.errors || !(customer?.lifecycle !== undefined || updateCustomer?.displayName === name)) failed.push(answer);
      counts[version === undefined ? 'reads' : 'writes'] += 1;
      version = customer?.version;
      await sleep(10);
    }
  }
  const load = Promise.all(customerIds.map(clerk));

  const [id] = customerIds;
  const firstId = await served();
  const swaps: Array<[string, () => unknown]> = [
    ['after', () => mount('after')],
    ['before', () => mount('before')],
    ['after', () => [mount('after'), own.signal('SIGHUP')]],
    ['before', () => mount('before')],
    ['after', () => mount('after')],
    ['before', () => mount('before')],
  ];
  try {
    for (const [name, swap] of swaps) {
      swap();
      await eventually(async () => expect((await served()) === firstId).toBe(name === 'before'), { withinMs: 30_000 });
      const { data, errors } = await own.ask(token, NEW_FIELD, { id });
      if (name === 'after') expect([data.customer.source, errors]).toEqual(['API', undefined]);
      else expect(errors?.[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      counts.swaps += 1;
      await sleep(300);
    }
  } finally {
    loading = false;
    await load;
  }
  console.log(
    `${counts.reads} reads and ${counts.writes} writes over ${counts.swaps} swaps, ${failed.length} failed, slowest ${Math.round(slowest.ms)} ms`,
  );
  expect(failed).toEqual([]);
  expect(counts.reads + counts.writes).toBeGreaterThan(50);
  expect(await metric('gateway_supergraph_reloads_total{outcome="applied"}')).toBe(6);
}, 240_000);

const NAME = 'displayName: String! @join__field(graph: CUSTOMER)';
const refusals: Array<[string, string, (name: string) => Promise<void>, RegExp]> = [
  ['no signature', 'signature', (name) => release(name, AFTER), /is missing/],
  ['a signature for another environment', 'signature', (name) => release(name, AFTER, 'staging'), /"staging", this one is "production"/],
  [
    'a signature by a withdrawn key',
    'signature',
    (name) => withKey(withdrawn, () => release(name, AFTER, 'production')),
    /SUPERGRAPH_JWKS/,
  ],
  ['a text altered after it was signed', 'signature', (name) => altered(name, AFTER.replace('"any"', '"customer"')), /not the text/],
  ['a cut file', 'composition', (name) => release(name, AFTER.slice(0, AFTER.lastIndexOf(')')), 'production'), /Syntax Error/],
  ['a plain schema', 'composition', (name) => release(name, 'type Query { customer: ID }', 'production'), /not composed/],
  [
    'a newer composition than the planner knows',
    'composition',
    (name) => release(name, AFTER.replace('join/v0.5', 'join/v9.9'), 'production'),
    /v9\.9/,
  ],
  [
    'a field of a type that is not there',
    'composition',
    (name) => release(name, AFTER.replace(NAME, NAME.replace('String', 'Nothing')), 'production'),
    /Nothing/,
  ],
  [
    'a field without @access',
    'access',
    (name) => release(name, AFTER.replace(`${NAME} @access(roles: ["any"])`, NAME), 'production'),
    /Customer\.displayName/,
  ],
  ['a role that does not exist', 'access', (name) => release(name, AFTER.replaceAll('"auditor"', '"king"'), 'production'), /king/],
  ['no file', 'unreadable', async (name) => mkdirSync(join(folder, name)), /cannot be read/],
];

async function withKey(other: string, work: () => Promise<void>): Promise<void> {
  const usual = key;
  key = other;
  await work();
  key = usual;
}
async function altered(name: string, text: string): Promise<void> {
  await release(name, text);
  copyFileSync(join(folder, 'after', 'supergraph.graphql.jws'), join(folder, name, 'supergraph.graphql.jws'));
}

test.each(refusals)(
  'refused while running: %s (%s); the old one serves on, the metrics, one log line and /readyz say so',
  async (what, reason, make, sentence) => {
    const name = what.replaceAll(/\W/g, '-');
    await make(name);
    const before = await served();
    const outcome = `gateway_supergraph_reloads_total{outcome="refused_${reason}"}`;
    const refusedBefore = await metric(outcome);
    own.complaints.length = 0;
    mount(name);
    await eventually(async () => expect(await metric(outcome)).toBe(refusedBefore + 1), { withinMs: 30_000 });
    expect([await served(), await metric('gateway_supergraph_refused')]).toEqual([before, 1]);
    expect(await ready()).toMatchObject({ status: 200, id: before, refused: reason });
    expect(own.complaints).toEqual([
      expect.objectContaining({ msg: 'supergraph refused', reason, detail: expect.stringMatching(sentence), serving: before }),
    ]);
    const { data, errors } = await own.ask(await own.token(), READ, { id: customerIds[0] });
    expect([data.customer.id, errors]).toEqual([customerIds[0], undefined]);
  },
  60_000,
);

test('a rollback to the supergraph that is served ends the refusal', async () => {
  mount('before');
  await eventually(async () => expect(await metric('gateway_supergraph_refused')).toBe(0), { withinMs: 30_000 });
  expect(await ready()).toEqual({ status: 200, id: await served(), services: 4, fields: expect.any(Number) });
}, 60_000);

test('a gateway does not start with a supergraph that was signed for another environment', async () => {
  await expect(ownGateway({ ...environment(), SUPERGRAPH_ENVIRONMENT: 'staging' })).rejects.toThrow('ended with code 78');
  unlinkSync(mounted('..data'));
  await expect(ownGateway(environment())).rejects.toThrow('ended with code 78');
}, 60_000);
