// One real gateway before two real subgraphs: who gets in, what comes out, and which limits hold.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    RATE_LIMITS_BY_ROLE: '{"auditor":{"actor":3},"marketing":{"total":3}}',
    RATE_LIMIT_ANONYMOUS_PER_MINUTE: '40',
  });
}, 30_000);
afterAll(() => world.close());

const codes = (answer: { errors?: Array<{ extensions: { code: string } }> }) => answer.errors?.map((error) => error.extensions.code);

test('joins the services into one answer and counts their statements', async () => {
  const answer = await world.ask('query Card($id: ID!) { person(id: $id) { id name deals { title } best { title } } }', {
    variables: { id: '7' },
  });
  expect(answer).toMatchObject({
    status: 200,
    data: { person: { id: '7', name: 'person 7', deals: [{ title: 'deal of 7' }], best: { title: 'best' } } },
  });
  expect(answer).not.toHaveProperty('errors');
  expect(answer.headers.get('x-statements')).toBe('deals=2,people=2');
});

test('an anonymous caller learns nothing, not even whether a field exists', async () => {
  for (const query of [
    '{ __typename }',
    '{ __schema { types { name } } }',
    '{ person(id: 1) { nam } }',
    '{',
    'mutation { rename(id: 1, name: "x") { __typename } }',
  ]) {
    const answer = await world.ask(query, { token: null });
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(JSON.stringify(answer.errors)).not.toMatch(/person|Query|Syntax/);
  }
});

test('the services hear the caller from the inner token only, whatever headers the client sends', async () => {
  const forged = { 'x-user-id': 'root', 'x-roles': 'admin', 'x-forwarded-for': '6.6.6.6', cookie: 'a=b', 'x-request-id': 'request-0001' };
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  world.seen.length = 0;
  const token = await world.token({ roles: ['dpo', 'auditor'], sub: 'staff-9' });
  const answer = await world.ask('{ whoami }', { token, headers: { ...forged, traceparent } });
  expect(JSON.parse(answer.data.whoami)).toEqual({ kind: 'STAFF', id: 'staff-9', roles: ['dpo', 'auditor'], ip: '127.0.0.1' });
  const { headers } = world.seen[0]!.caller;
  for (const name of ['x-user-id', 'x-roles', 'x-forwarded-for', 'cookie']) expect(headers).not.toHaveProperty(name);
  expect(headers).toMatchObject({ 'x-request-id': 'request-0001', traceparent });
  expect(headers.authorization).not.toContain(token);
  expect(answer.headers.get('x-request-id')).toBe('request-0001');
});

test('a subgraph answers neither an outer token, nor none, nor a token for its neighbour', async () => {
  const direct = (authorization?: string) =>
    fetch(`${world.subgraphs.deals.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: '{"query":"{ dealCount }"}',
    }).then((response) => response.json());
  world.seen.length = 0;
  await world.ask('{ whoami }');
  for (const authorization of [
    undefined,
    `Bearer ${await world.token({ roles: ['admin'] })}`,
    world.seen[0]!.caller.headers.authorization,
  ]) {
    expect(codes((await direct(authorization)) as never)).toEqual(['UNAUTHENTICATED']);
  }
});

test('access is decided before planning: nothing reaches a service, and the field is named', async () => {
  const token = await world.token({ roles: ['sales_rep'] });
  world.seen.length = 0;
  const answer = await world.ask('{ people { nodes { ...p } } } fragment p on Person { friends { nodes { pay: salary } } }', { token });
  expect(answer).toMatchObject({ status: 200, errors: [{ extensions: { code: 'FORBIDDEN', field: 'Person.salary' } }] });
  expect(answer.errors[0].message).toContain('Person.salary');
  expect(world.seen).toHaveLength(0);
  const portal = await world.token({ customer_id: '0190a0a0-0000-7000-8000-000000000001' }, { key: 'portal' });
  expect(codes(await world.ask('mutation { rename(id: 1, name: "x") { __typename } }', { token: portal }))).toEqual(['FORBIDDEN']);
});

test('a mutation and its refusal come through', async () => {
  const rename =
    'mutation($name: String!) { rename(id: 1, name: $name) { __typename ... on Problem { message } ... on Person { name deals { title } } } }';
  expect((await world.ask(rename, { variables: { name: 'taken' } })).data).toEqual({
    rename: { __typename: 'NameTaken', message: 'taken' },
  });
  expect((await world.ask(rename, { variables: { name: 'free' } })).data.rename).toMatchObject({
    __typename: 'Person',
    deals: [{ title: 'deal of 1' }],
  });
});

const nested = (levels: number) => `{ people { ${'nodes { friends { '.repeat(levels)} totalCount ${'} } '.repeat(levels)} } }`;
test.each([
  ['depth', nested(6), 12, 14],
  ['aliases', `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 15, 16],
  ['directives', `{ __typename ${'@a '.repeat(10)} }`, 5, 10],
  ['directives', `{ __typename ${'@include(if: true) '.repeat(6)} }`, 5, 6],
  ['rootFields', `{ ${'__typename '.repeat(21)} }`, 20, 21],
  ['nesting', `{ ${'... { '.repeat(1_300)} __typename ${'} '.repeat(1_300)} }`, 36, 1_301],
  ['valueDepth', `{ people(ids: ${'['.repeat(500)}${']'.repeat(500)}) { totalCount } }`, 24, 500],
  ['tokens', `{ ${'__typename '.repeat(4000)} }`, 4000, 4001],
  ['cost', '{ people(first: 200) { nodes { friends(first: 200) { nodes { id deals { title } } } } } }', 20_000, 480_400],
])('the limit on %s answers LIMIT_EXCEEDED with what was asked', async (limit, query, max, asked) => {
  const answer = await world.ask(query);
  expect(answer).toMatchObject({ status: 200, errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit, max, asked } }] });
  expect(answer.errors).toHaveLength(1);
});

test('the cost knows variables, and a list that is too long is left to the service to refuse', async () => {
  const query = 'query($n: Int!) { people(first: $n) { nodes { friends(first: $n) { nodes { id deals { title } } } } } }';
  expect(codes(await world.ask(query, { variables: { n: 200 } }))).toEqual(['LIMIT_EXCEEDED']);
  expect((await world.ask(query, { variables: { n: 2 } })).data.people.nodes).toHaveLength(2);
  const long = await world.ask('{ people(first: 1000000) { nodes { id } } }');
  expect(long.errors).toEqual([
    expect.objectContaining({
      path: ['people'],
      extensions: { code: 'BAD_USER_INPUT', field: 'first', limit: 'first', max: 200, asked: 1_000_000 },
    }),
  ]);
});

test('known errors keep their documented extensions, anything else is masked with the request id', async () => {
  const input = await world.ask('{ fails(how: "input") }');
  expect(input.errors).toEqual([
    { message: 'input.name: is bad', path: ['fails'], extensions: { code: 'BAD_USER_INPUT', field: 'input.name' } },
  ]);
  const bug = await world.ask('{ fails(how: "bug") }', { headers: { 'x-request-id': 'request-0002' } });
  expect(bug.errors).toEqual([
    { message: 'Internal server error', path: ['fails'], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-0002' } },
  ]);
  expect(codes(await world.ask('{ person(id: "nobody") { id } }'))).toEqual(['NOT_FOUND']);
  const unknown = await world.ask('{ persn }');
  expect(unknown.errors[0].message).not.toMatch(/did you mean/i);
  for (const [query, variables, message] of [
    ['query($id: ID!) { person(id: $id) { id } }', {}, 'id: is required'],
    ['query($n: Int) { people(first: $n) { totalCount } }', { n: 'secret' }, 'n: is not a valid Int'],
    ['{ people(first: "secret") { totalCount } }', {}, 'first: is not a valid Int'],
  ] as const) {
    expect((await world.ask(query, { variables })).errors).toMatchObject([
      { message, extensions: { code: 'BAD_USER_INPUT', field: message.split(':')[0] } },
    ]);
  }
});

test('a refused request is 200 in application/json and 4xx in application/graphql-response+json', async () => {
  const token = await world.token({ roles: ['sales_rep'] });
  const refused: Array<[string, number]> = [
    ['{', 400],
    ['{ nope }', 400],
    ['{ people(first: "x") { totalCount } }', 400],
    [nested(6), 400],
    ['{ person(id: 1) { salary } }', 403],
  ];
  for (const [query, status] of refused) {
    expect((await world.ask(query, { token, headers: { accept: 'application/json' } })).status).toBe(200);
    expect((await world.ask(query, { token, headers: { accept: 'application/graphql-response+json' } })).status).toBe(status);
  }
});

test('batches, GET mutations, _service and _entities are refused; a signed-in caller may introspect without seeing @access', async () => {
  expect((await world.ask([{ query: '{ whoami }' }])).status).toBe(400);
  const token = await world.token({ roles: ['admin'] });
  const get = (query: string) =>
    fetch(`${world.gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await get('{ whoami }')).status).toBe(200);
  expect((await get('mutation { rename(id: 1, name: "x") { __typename } }')).status).toBe(405);
  expect(codes(await world.ask('{ _service { sdl } }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  expect(codes(await world.ask('{ _entities(representations: []) { __typename } }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  const schema = await world.ask('{ __schema { directives { name } queryType { fields { name } } } }');
  expect(schema.data.__schema.directives.map((one: { name: string }) => one.name)).not.toContain('access');
});

test('an actor and a role each have an allowance; the answer says when to come back', async () => {
  const auditor = await world.token({ roles: ['auditor'], sub: 'greedy' });
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await world.ask('{ whoami }', { token: auditor }));
  expect(answers.slice(0, 3).map(codes)).toEqual([undefined, undefined, undefined]);
  expect(answers[3]).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED', limit: 'requestsPerMinute', max: 3 } }] });
  expect(answers[3].errors[0].extensions.retryAfterMs).toBeGreaterThan(15_000);
  expect(Number(answers[3].headers.get('retry-after'))).toBeGreaterThan(14);
  for (const sub of ['a', 'b', 'c']) await world.ask('{ whoami }', { token: await world.token({ roles: ['marketing'], sub }) });
  expect((await world.ask('{ whoami }', { token: await world.token({ roles: ['marketing'], sub: 'd' }) })).status).toBe(429);
  expect((await world.ask('{ whoami }')).status).toBe(200);
});

test('metrics and readiness are there', async () => {
  const metrics = await (await fetch(`${world.gateway.url}/metrics`)).text();
  for (const name of [
    'gateway_requests_total{type="query",outcome="ok"}',
    'gateway_rejected_total{reason="access"}',
    'gateway_breaker_state{service="deals"} 0',
  ]) {
    expect(metrics).toContain(name);
  }
  expect(await (await fetch(`${world.gateway.url}/readyz`)).json()).toMatchObject({
    ready: true,
    checks: { services: { detail: { people: 'closed', deals: 'closed' } } },
  });
});

test('guessing tokens is limited by address', async () => {
  let status = 401;
  for (let i = 0; i < 50 && status === 401; i++) status = (await world.ask('{ whoami }', { token: 'a.b.c' })).status;
  expect(status).toBe(429);
});
