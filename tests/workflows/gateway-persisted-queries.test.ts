// Operations by hash: automatic persisted queries, which clients register as they go and which give nobody more than the text itself would; and the
// safelist, under which only the released ones run. [issue 5, section 4]
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnGateway, ownGateway } from '../support/own-gateway.ts';
import { eventually, stack } from '../support/stack.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (sha256Hash: unknown, version = 1) => ({ extensions: { persistedQuery: { version, sha256Hash } } });
const fresh = (selection = 'totalCount') => `query Fresh { customers(search: "${randomUUID()}") { ${selection} } }`;

interface Reply {
  status: number;
  data?: any;
  code?: string;
  error?: any;
}
async function send(graph: string, token: string | null, body: object, method: 'GET' | 'POST' = 'POST'): Promise<Reply> {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), accept: 'application/json' };
  const search = Object.entries(body).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const response =
    method === 'GET'
      ? await fetch(`${graph}?${new URLSearchParams(search)}`, { headers: { ...headers, 'apollo-require-preflight': 'true' } })
      : await fetch(graph, { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const { data, errors } = (await response.json()) as { data?: any; errors?: any[] };
  return { status: response.status, data, code: errors?.[0].extensions.code, error: errors?.[0] };
}
const shared = (body: object, role: keyof ReturnType<typeof stack>['tokens'] = 'admin', method?: 'GET') =>
  send(stack().graph, stack().tokens[role], body, method);

test.each(['POST', 'GET'] as const)('a client sends the hash, then hash and text, then hashes only (%s)', async (method) => {
  const query = fresh();
  const ask = (body: object) => send(stack().graph, stack().tokens.admin, body, method);
  expect(await ask(persisted(sha256(query)))).toMatchObject({
    status: 200,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    error: { message: 'PersistedQueryNotFound' },
  });
  expect(await ask({ query, ...persisted(sha256(query)) })).toMatchObject({ data: { customers: { totalCount: 0 } } });
  for (let again = 0; again < 2; again++) expect((await ask(persisted(sha256(query)))).data).toEqual({ customers: { totalCount: 0 } });
});

test('a hash that is not the text’s, another version and a hash that is none are refused, and nothing is registered', async () => {
  const [query, other] = [fresh(), fresh()];
  expect(await shared({ query, ...persisted(sha256(other)) })).toMatchObject({
    status: 400,
    code: 'BAD_REQUEST',
    error: { extensions: { field: 'extensions.persistedQuery.sha256Hash' } },
  });
  expect(await shared({ query, ...persisted(sha256(query), 2) })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  expect((await shared({ query: other, extensions: { persistedQuery: null } })).data).toEqual({ customers: { totalCount: 0 } });
  for (const hash of [sha256(other), sha256(query), '', 1, null, [sha256(query)], { toString: 1 }]) {
    expect((await shared(persisted(hash))).code).toMatch(/^PERSISTED_QUERY_NOT_FOUND$/);
  }
});

test('what is refused is not registered, and a hash gives nobody a right: limits and access are those of the text', async () => {
  const refusals = [
    [`{ customers(first: 200) { nodes { children(first: 200) { nodes { children(first: 200) { nodes { id } } } } } } }`, 'LIMIT_EXCEEDED'],
    ['{ customers { nope } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ customers(search: "x") { nodes', 'GRAPHQL_PARSE_FAILED'],
  ] as const;
  for (const [query, code] of refusals) {
    expect((await shared({ query, ...persisted(sha256(query)) })).code).toBe(code);
    expect((await shared(persisted(sha256(query)))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
  }
  const query = fresh('nodes { externalId }');
  expect((await shared({ query, ...persisted(sha256(query)) })).data).toBeDefined();
  expect((await shared(persisted(sha256(query)), 'customer')).code).toBe('FORBIDDEN');
  expect((await send(stack().graph, null, persisted(sha256(query)))).code).toBe('UNAUTHENTICATED');
});

test('a mutation is not run by GET, registered or not', async () => {
  const query = `mutation { deleteCustomer(id: "${randomUUID()}") { __typename } }`;
  expect((await shared({ query, ...persisted(sha256(query)) })).code).toBe('NOT_FOUND');
  expect((await shared(persisted(sha256(query)), 'admin', 'GET')).status).toBe(405);
});

// ── the safelist ────────────────────────────────────────────────────────────────────────────────────────────────────────

const LISTED = 'query Count($search: String) {\n  customers(search: $search) {\n    totalCount\n  }\n}';
const CHANGE = 'mutation Delete($id: ID!) { deleteCustomer(id: $id) { __typename } }';
const LATER = '{ later: __typename }';
const manifest = (...bodies: string[]) => {
  const operations = bodies.map((body, i) => ({ id: `op-${i}`, name: `Op${i}`, type: body === CHANGE ? 'mutation' : 'query', body }));
  return JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
};

let folder: string;
let file: string;
let strict: OwnGateway;
let lenient: OwnGateway;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'customer360-safelist-'));
  file = join(folder, 'safelist.json');
  writeFileSync(file, manifest(LISTED, CHANGE));
  [strict, lenient] = await Promise.all([ownGateway({ SAFELIST_FILE: file }), ownGateway({ SAFELIST_FILE: file, SAFELIST_MODE: 'warn' })]);
}, 60_000);
afterAll(async () => {
  await Promise.all([strict?.close(), lenient?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (gateway: OwnGateway, body: object, method?: 'GET') => send(gateway.graph, await gateway.token(), body, method);
const metric = async (gateway: OwnGateway, line: string): Promise<number> => {
  const text = await (await fetch(new URL('/metrics', gateway.graph))).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.slice(line.length) ?? 0,
  );
};

test.each(['POST', 'GET'] as const)(
  'enforced: a listed operation runs by id, by hash and by text whatever its spaces (%s)',
  async (method) => {
    const variables = { search: randomUUID() };
    const run = async (body: object) => send(strict.graph, await strict.token(), { variables, ...body }, method);
    for (const body of [
      persisted('op-0'),
      persisted(sha256(LISTED)),
      { query: LISTED },
      { query: LISTED.replace(/\s+/g, ' ') },
      { query: LISTED, ...persisted(sha256(LISTED)) },
    ]) {
      expect(await run(body)).toMatchObject({ status: 200, data: { customers: { totalCount: 0 } } });
    }
  },
);

test('enforced: everything else is refused before it is read, whoever asks, and counted', async () => {
  const before = await metric(strict, 'gateway_unlisted_total{outcome="refused"}');
  const texts = [
    '{ __typename }',
    '{ __schema { types { name } } }',
    '{ nope }',
    '{',
    LISTED.replace('totalCount', 'nodes { id }'),
    `${LISTED}\n${LATER}`,
  ];
  for (const query of texts) {
    const reply = await ask(strict, { query });
    expect(reply).toMatchObject({ status: 403, code: 'QUERY_NOT_IN_SAFELIST', data: undefined });
    expect((await ask(strict, { query, ...persisted(sha256(query)) })).code).toBe('QUERY_NOT_IN_SAFELIST');
    expect((await ask(strict, { query, ...persisted('op-0') })).code).toBe('QUERY_NOT_IN_SAFELIST');
  }
  for (const id of ['op-9', sha256('{ __typename }'), ['op-0'], { toString: 1 }, '__proto__']) {
    expect(await ask(strict, persisted(id))).toMatchObject({ status: 403, code: 'PERSISTED_QUERY_NOT_IN_LIST' });
  }
  expect((await metric(strict, 'gateway_unlisted_total{outcome="refused"}')) - before).toBe(texts.length * 3 + 5);
  expect(await metric(strict, 'gateway_rejected_total{reason="safelist"}')).toBeGreaterThanOrEqual(texts.length * 3 + 5);
  // Who is not signed in learns nothing of the list.
  for (const body of [{ query: '{ __typename }' }, { query: LISTED }, persisted('op-0'), persisted('op-9')]) {
    expect(await send(strict.graph, null, body)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  }
  // What is no request at all is told so.
  expect((await ask(strict, { variables: {} })).code).toBe('BAD_REQUEST');
  expect((await ask(strict, { query: 1 })).code).toBe('BAD_REQUEST');
  expect((await ask(strict, [{ query: LISTED }])).code).toBe('BAD_REQUEST');
});

test('enforced: access and the rule of GET hold for what is listed', async () => {
  const variables = { id: randomUUID() };
  expect((await ask(strict, { ...persisted('op-1'), variables })).code).toBe('NOT_FOUND');
  expect((await ask(strict, { ...persisted('op-1'), variables }, 'GET')).status).toBe(405);
  const rep = await strict.token({ roles: ['sales_rep'] });
  expect((await send(strict.graph, rep, { ...persisted('op-1'), variables })).code).toBe('FORBIDDEN');
});

test('warned: what is not listed runs, and is counted; a listed id runs too', async () => {
  expect((await ask(lenient, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
  expect((await ask(lenient, persisted(sha256('{ unheard }')))).code).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect((await ask(lenient, { ...persisted('op-0'), variables: { search: randomUUID() } })).data).toEqual({
    customers: { totalCount: 0 },
  });
  expect(await metric(lenient, 'gateway_unlisted_total{outcome="allowed"}')).toBe(2);
});

test('a new manifest is taken up without a restart; one that is none changes nothing, and /readyz says so', async () => {
  const put = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const state = async () => ((await (await fetch(new URL('/readyz', strict.graph))).json()) as any).checks.safelist.detail;
  expect(await state()).toEqual({ mode: 'enforce', operations: 2 });
  put(manifest(LISTED, CHANGE, LATER));
  await eventually(async () => expect((await ask(strict, { query: LATER })).data).toEqual({ later: 'Query' }), { withinMs: 20_000 });
  put('{');
  await eventually(async () => expect(await state()).toMatchObject({ operations: 3, refused: expect.any(String) }), { withinMs: 20_000 });
  expect((await ask(strict, { query: LATER })).data).toEqual({ later: 'Query' });
  put(manifest(LISTED, CHANGE));
  await eventually(async () => expect((await ask(strict, { query: LATER })).code).toBe('QUERY_NOT_IN_SAFELIST'), { withinMs: 20_000 });
  expect(await state()).toEqual({ mode: 'enforce', operations: 2 });
});
