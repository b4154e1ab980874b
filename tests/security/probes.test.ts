// The usual attack probes, anonymous and signed in: each must find nothing. A probe that succeeds is told by its name; together they are the
// sentence "0 findings". Fuzzing (fuzz.test.ts) looks for what nobody thought of.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { type Answer, type Caller, gql, type ServiceName, stack, subgraph } from '../support/stack.ts';

const codes = ({ errors }: Pick<Answer, 'errors'>) => errors?.map((error) => error.extensions.code);
const INSIDE = / at .*\.[jt]s|node_modules|127\.0\.0\.1|stacktrace|\bselect\b.*\bfrom\b|QueryFailed|ECONN|file:\/\//i;
const json = { 'content-type': 'application/json' };

const ZEROS = Buffer.alloc(5_000_000, 32);
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };
const BOMBS = {
  gzip: gzipSync(ZEROS),
  deflate: deflateSync(ZEROS),
  br: brotliCompressSync(ZEROS, fast),
  'gzip, gzip': gzipSync(gzipSync(ZEROS)),
};

interface Raw {
  status: number;
  text: string;
  headers: Headers;
}
/** A request as it is; signed in as admin, or not. */
async function raw(signedIn: boolean, init: RequestInit & { search?: string; duplex?: string } = {}): Promise<Raw> {
  const authorization = signedIn ? { authorization: `Bearer ${stack().tokens.admin}` } : undefined;
  const response = await fetch(`${stack().graph}${init.search ?? ''}`, { ...init, headers: { ...authorization, ...init.headers } });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
const post = (signedIn: boolean, body: unknown, headers: Record<string, string> = json) =>
  raw(signedIn, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

describe.each([
  ['somebody unknown', false],
  ['an admin', true],
])('%s', (_who, signedIn) => {
  const who: Caller = signedIn ? 'admin' : null;

  const overload: Array<[string, string]> = [
    ['1,000 aliases', `{ ${Array.from({ length: 1_000 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
    ['1,000 directives', `{ __typename ${'@skip(if: false) '.repeat(1_000)} }`],
    ['1,000 unknown directives', `{ __typename ${'@a'.repeat(1_000)} }`],
    ['a depth of 100', `{ customers { nodes { ${'parent { '.repeat(100)} id ${'} '.repeat(100)} } } }`],
    [
      'a depth of 100 in fragments',
      `{ customers { nodes { ...f0 } } } ${Array.from({ length: 100 }, (_, i) => `fragment f${i} on Customer { parent { ...f${i + 1} } }`).join(' ')} fragment f100 on Customer { id }`,
    ],
    ['10,000 fields', `{ ${'__typename '.repeat(10_000)} }`],
    ['30 queries in one', `{ ${'customers { totalCount } '.repeat(30)} }`],
    ['circular fragments', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    ['circular introspection', `{ __schema { types { fields { type { ${'fields { type { '.repeat(6)} name ${'} } '.repeat(6)} } } } } }`],
    ['a filter 500 deep', `{ customers(filter: ${'{ not: '.repeat(500)} {} ${'}'.repeat(500)}) { totalCount } }`],
    ['1,300 nested inline fragments', `{ ${'... { '.repeat(1_300)} __typename ${'} '.repeat(1_300)} }`],
    ['unclosed braces', '{ '.repeat(3_000)],
    [
      '30 mutations',
      `mutation { ${Array.from({ length: 30 }, (_, i) => `m${i}: deleteCustomer(id: "${randomUUID()}") { __typename }`).join(' ')} }`,
    ],
  ];
  test.each(overload)('is refused %s, at once and with a code', async (_what, query) => {
    const began = performance.now();
    const answer = await gql(who, query);
    expect(answer.data ?? null).toBeNull();
    expect(['LIMIT_EXCEEDED', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'UNAUTHENTICATED']).toContain(codes(answer)?.[0]);
    expect(JSON.stringify(answer.errors)).not.toMatch(INSIDE);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('cannot batch, neither as an array nor by repeating', async () => {
    expect((await post(signedIn, [{ query: '{ __typename }' }, { query: '{ __typename }' }])).status).toBe(signedIn ? 400 : 401);
    expect((await post(signedIn, Array(1_000).fill({ query: '{ __typename }' }))).text).not.toContain('"data"');
  });

  test('cannot change anything by GET, nor ask without a header that a form cannot send', async () => {
    const search = `?query=${encodeURIComponent('mutation { deleteCustomer(id: "x") { __typename } }')}`;
    expect((await raw(signedIn, { search })).status).toBe(signedIn ? 405 : 400);
    expect((await raw(false, { search: '?query={__typename}', headers: { cookie: 'session=1' } })).text).not.toContain('"data"');
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) expect((await raw(signedIn, { method })).text).not.toContain('"data"');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/plain;application/json',
    '',
  ])('cannot send what a form of another site can send: "%s"', async (type) => {
    const answer = await post(signedIn, { query: '{ __typename }' }, { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(answer.text).not.toContain('"data"');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('cannot fill the memory: huge, chunked and compressed bodies are refused unread', async () => {
    expect((await post(signedIn, ' '.repeat(2_000_000))).status).toBe(413);
    const chunked = raw(signedIn, { method: 'POST', headers: json, body: new Blob([ZEROS]).stream(), duplex: 'half' }).catch(() => ({
      status: 413,
    }));
    expect((await chunked).status).toBe(413);
    for (const [encoding, body] of Object.entries(BOMBS)) {
      const headers = { ...json, 'content-encoding': encoding };
      expect((await raw(signedIn, { method: 'POST', headers, body: new Uint8Array(body) })).status).toBe(415);
    }
    for (const body of ['{"query":', '[', '"', '\0', '{"query":"{ __typename }"}}', '']) {
      const answer = await post(signedIn, body);
      expect(answer.status).toBe(body === '' && !signedIn ? answer.status : 400);
      expect(answer.text).not.toMatch(INSIDE);
    }
  });

  test('gets no console, no trace, no name of the software', async () => {
    const page = await raw(signedIn, { headers: { accept: 'text/html' } });
    expect(page.text).not.toMatch(/<html|graphiql|sandbox/i);
    const traced = await gql(
      who,
      '{ __typename }',
      {},
      { headers: { 'apollo-federation-include-trace': 'ftv1', 'apollo-query-plan-experimental': '1' } },
    );
    expect(Object.keys(traced)).not.toContain('extensions');
    const answer = await post(signedIn, { query: '{ __typename }' }, { ...json, 'apollo-federation-include-trace': 'ftv1' });
    expect(answer.text).not.toMatch(/ftv1|queryPlan|extensions":\{"(?!code|requestId)/);
    for (const name of ['server', 'x-powered-by', 'access-control-allow-origin']) expect(answer.headers.get(name)).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('reaches nothing but the graph', async () => {
    const { url } = stack().services.gateway;
    for (const path of [
      '/graphql/',
      '/graphql/../metrics',
      '//graphql',
      '/.env',
      '/admin',
      '/graphiql',
      '/playground',
      '/console',
      '/v1/graphql',
      '/.git/config',
      '/debug/pprof',
      '/_service',
      '/%2e%2e/',
    ]) {
      const response = await fetch(`${url}${path}`, { headers: signedIn ? { authorization: `Bearer ${stack().tokens.admin}` } : {} });
      expect([path, response.status]).toEqual([path, path.endsWith('/metrics') ? 200 : 404]);
    }
  });

  test('cannot reach the plumbing of federation', async () => {
    for (const query of ['{ _service { sdl } }', '{ _entities(representations: [{ __typename: "Customer", id: "x" }]) { __typename } }']) {
      expect(codes(await gql(who, query))).toEqual([signedIn ? 'GRAPHQL_VALIDATION_FAILED' : 'UNAUTHENTICATED']);
    }
  });
});

test('somebody unknown learns nothing of the schema: no introspection, no suggestion, no difference between right and wrong', async () => {
  const queries = [
    '{ __typename }',
    '{ __schema { types { name } } }',
    '{ __type(name: "Customer") { name } }',
    '{ custome }',
    '{ customer }',
    '{',
    '',
    'subscription { x }',
  ];
  const answers = new Set<string>();
  for (const query of queries) {
    const answer = await gql(null, query);
    expect([query, answer.status, codes(answer)]).toEqual([query, 401, ['UNAUTHENTICATED']]);
    answers.add(answer.errors![0]!.message);
  }
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).not.toMatch(/did you mean|Syntax|customer\b/i);
});

test('somebody signed in may introspect, gets no suggestions, and sees neither @access nor anything of federation', async () => {
  const { data } = await gql('customer', '{ __schema { directives { name } types { name } } }');
  const names = [...data.__schema.directives, ...data.__schema.types].map((one: { name: string }) => one.name);
  expect(names).toContain('Customer');
  expect(names.filter((name: string) => /^(access|join__|link|_Entity|_Any|_Service)/.test(name))).toEqual([]);
  for (const query of [
    '{ customr { id } }',
    '{ customers(frist: 1) { totalCount } }',
    '{ customers { noodes { id } } }',
    '{ customers(filter: { displayNam: { eq: "x" } }) { totalCount } }',
  ]) {
    expect(JSON.stringify((await gql('customer', query)).errors)).not.toMatch(/did you mean/i);
  }
});

test('headers that claim an identity change nothing', async () => {
  const forged = {
    'x-user-id': stack().staff.admin!,
    'x-roles': 'admin',
    'x-forwarded-user': 'admin',
    'x-customer360-actor': '{"kind":"SYSTEM"}',
    'x-actor': 'admin',
    'x-forwarded-for': '127.0.0.1',
    'x-real-ip': '127.0.0.1',
    'x-original-url': '/admin',
    'x-http-method-override': 'DELETE',
    cookie: `token=${stack().tokens.admin}`,
  };
  const ask = '{ auditTrail(customerId: "00000000-0000-4000-8000-000000000000") { nodes { id } } }';
  expect(codes(await gql('sales_rep', ask, {}, { headers: forged }))).toEqual(['FORBIDDEN']);
  expect(codes(await gql(null, ask, {}, { headers: forged }))).toEqual(['UNAUTHENTICATED']);
  // Two authorization headers are one caller or none, never a choice.
  const twice = await new Promise<string>((resolve, reject) => {
    const body = JSON.stringify({ query: ask });
    const headers = [
      'content-type',
      'application/json',
      'content-length',
      String(body.length),
      'authorization',
      `Bearer ${stack().tokens.sales_rep}`,
      'authorization',
      `Bearer ${stack().tokens.admin}`,
    ];
    const sent = request(stack().graph, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject).end(body);
  });
  expect(twice).not.toContain('"data"');
});

const services: ServiceName[] = ['customer', 'interaction', 'lifecycle', 'compliance'];
test.each(services)('%s tells nothing to whoever comes around the gateway, and no schema to the gateway itself', async (service) => {
  for (const query of ['{ __typename }', '{ _service { sdl } }', '{ __schema { types { name } } }', '{']) {
    for (const caller of [null, { token: stack().tokens.admin }, { token: 'a.b.c' }]) {
      const answer = await subgraph(service, caller, query);
      expect([query, answer.status, codes(answer)]).toEqual([query, 401, ['UNAUTHENTICATED']]);
    }
  }
  expect(codes(await subgraph(service, 'admin', '{ _service { sdl } }'))).toEqual(['FORBIDDEN']);
  expect(codes(await subgraph(service, 'admin', '{ __schema { types { name } } }'))?.[0]).toMatch(/VALIDATION|FORBIDDEN/);
});

test('hostile but short documents are answered quickly', async () => {
  const began = performance.now();
  const wide = Array.from({ length: 80 }, (_, i) => `fragment f${i} on Customer { parent { ...f${i + 1} } parent { ...f${i + 1} } }`).join(
    ' ',
  );
  await gql('admin', `{ customers { nodes { ...f0 } } } ${wide} fragment f80 on Customer { id }`);
  await gql('admin', `{ customers { nodes { ${'id displayName '.repeat(1_500)} } } }`);
  expect(performance.now() - began).toBeLessThan(10_000);
});
