// The gateway of the running stack as a stranger meets it: who gets in, what each limit answers, and that no side door leads to a service.
// What needs a gateway of one's own (rate limits, broken services, key rotation) stands in gateway/tests and packages/kernel.
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { type Answer, gql, inner, must, stack, subgraph, token } from '../support/stack.ts';

let customerId: string;
beforeAll(async () => {
  const { createCustomer } = await must(
    'sales_manager',
    'mutation($name: String!) { createCustomer(input: { type: INDIVIDUAL, displayName: $name }) { __typename ... on Customer { id } } }',
    { name: `Gateway ${randomUUID()}` },
  );
  customerId = createCustomer.id;
});

const codes = ({ errors }: Answer) => errors?.map((error) => error.extensions.code);
const ONE = 'query One($id: ID!) { customer(id: $id) { id displayName } }';

describe('who gets in', () => {
  test('nobody gets anything, not even a hint of the schema', async () => {
    for (const query of ['{ __typename }', '{ __schema { types { name } } }', '{ custome }', '{', ONE]) {
      const answer = await gql(null, query, { id: customerId });
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(JSON.stringify(answer.errors)).not.toMatch(/did you mean|Syntax|customer\b/i);
    }
  });

  test('expired, forged, unsigned and mis-signed tokens are refused alike', async () => {
    const good = decodeJwt(stack().tokens.admin);
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const jwks = (await (await fetch(`${good.iss}/.well-known/jwks.json`)).json()) as { keys: Array<{ kid: string }> };
    const kid = jwks.keys[0]!.kid;
    const bad = {
      expired: await token({ kind: 'staff', roles: ['admin'], ttl: -120 }),
      forged: await new SignJWT(good).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey),
      unsigned: new UnsecuredJWT(good).encode(),
      'signed with the public key as a secret': await new SignJWT(good)
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(new TextEncoder().encode(JSON.stringify(jwks.keys[0]))),
      'from an unknown issuer': await new SignJWT({ ...good, iss: 'https://elsewhere' })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .sign(privateKey),
      'a staff token with a customer role': await token({ kind: 'staff', roles: ['customer'] }),
      'a portal token without a customer': await token({ kind: 'portal' }),
      'an inner token': await inner('customer', { sub: randomUUID(), kind: 'STAFF', roles: ['admin'] }),
      nonsense: 'nonsense',
    };
    const answers = await Promise.all(
      Object.entries(bad).map(async ([what, forged]) => [what, codes(await gql({ token: forged }, ONE, { id: customerId }))]),
    );
    expect(answers).toEqual(Object.keys(bad).map((what) => [what, ['UNAUTHENTICATED']]));
  });

  test('a portal token is a customer, whatever else it claims', async () => {
    const portal = { kind: 'portal', customer_id: customerId, roles: ['admin'] } as const;
    const answer = await gql({ ...portal, roles: [...portal.roles] }, '{ staffMembers { nodes { email } } }');
    expect(codes(answer)).toEqual(['FORBIDDEN']);
    expect(answer.errors?.[0]?.message).toContain('StaffMember');
  });

  test('headers that claim an identity change nothing', async () => {
    const forged = {
      'x-user-id': stack().staff.admin ?? 'admin',
      'x-roles': 'admin',
      'x-forwarded-user': 'admin',
      'x-customer360-actor': 'admin',
    };
    expect(codes(await gql('sales_rep', '{ auditTrail(customerId: "x") { nodes { id } } }', {}, { headers: forged }))).toEqual([
      'FORBIDDEN',
    ]);
    expect(codes(await gql(null, ONE, { id: customerId }, { headers: forged }))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('no side door', () => {
  const services = ['customer', 'interaction', 'lifecycle', 'compliance'] as const;

  test.each(services)('%s answers the gateway only', async (service) => {
    const actor = { sub: stack().staff.admin ?? randomUUID(), kind: 'STAFF' as const, roles: ['admin' as const] };
    const other = services.find((one) => one !== service)!;
    const now = Math.floor(Date.now() / 1000);
    const refused = {
      none: null,
      outer: { token: stack().tokens.admin },
      neighbour: { token: await inner(other, actor) },
      expired: { token: await inner(service, actor, { iat: now - 120, exp: now - 60 }) },
      long: { token: await inner(service, actor, { iat: now - 3_600, exp: now + 3_600 }) },
      issuer: { token: await inner(service, actor, { iss: 'somebody' }) },
      system: { token: await inner(service, { ...actor, kind: 'SYSTEM' }) },
    };
    for (const caller of Object.values(refused))
      expect(codes(await subgraph(service, caller, '{ __typename }'))).toEqual(['UNAUTHENTICATED']);
    expect((await subgraph(service, actor, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(codes(await subgraph(service, actor, '{ _service { sdl } }'))).toEqual(['FORBIDDEN']);
  });

  test('access is checked again behind the gateway, entities included', async () => {
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id externalId } } }';
    const portal = { sub: randomUUID(), kind: 'CUSTOMER' as const, roles: ['customer' as const], customer_id: customerId };
    const answer = await subgraph('customer', portal, query, { r: [{ __typename: 'Customer', id: customerId }] });
    expect(answer.errors?.[0]).toMatchObject({
      extensions: { code: 'FORBIDDEN' },
      message: expect.stringContaining('Customer.externalId'),
    });
  });

  test('the plumbing of federation cannot be reached through the gateway', async () => {
    for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
      expect(codes(await gql('admin', query))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
  });

  test('signed-in callers may introspect; the answer carries neither @access nor anything of join', async () => {
    const { __schema: schema } = await must('customer', '{ __schema { directives { name } types { name } } }');
    const names = [...schema.directives, ...schema.types].map((one: { name: string }) => one.name);
    expect(names).toContain('Customer');
    expect(names.filter((name: string) => /^(access|join__|link|_Entity|_Any)/.test(name))).toEqual([]);
  });
});

describe('limits', () => {
  const deep = (levels: number) => `{ customers { nodes { ${'parent { '.repeat(levels)} id ${'} '.repeat(levels)} } } }`;
  test.each([
    ['depth', deep(10), 12],
    ['aliases', `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 15],
    ['directives', `{ __typename ${'@skip(if: false) '.repeat(10)} }`, 5],
    ['directives', `{ __typename ${'@aa'.repeat(10)} }`, 5],
    ['rootFields', `{ ${'__typename '.repeat(30)} }`, 20],
    ['tokens', `{ ${'__typename '.repeat(5_000)} }`, 4_000],
    ['nesting', `{ ${'... { '.repeat(1_300)} __typename ${'} '.repeat(1_300)} }`, 36],
    ['valueDepth', `{ customers(filter: ${'{ all: ['.repeat(500)} ${'] }'.repeat(500)}) { totalCount } }`, 24],
    ['cost', '{ customers(first: 200) { nodes { children(first: 200) { nodes { id contacts(first: 200) { nodes { id } } } } } } }', 20_000],
  ])('%s: LIMIT_EXCEEDED with the maximum and what was asked', async (limit, query, max) => {
    const answer = await gql('admin', query);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit, max } }] });
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions.asked).toBeGreaterThan(max);
  });

  test('variables may be as deep as a filter needs, and no deeper', async () => {
    const query = 'query($f: CustomerFilter) { customers(filter: $f, first: 1) { nodes { id } } }';
    const nest = (levels: number): object => (levels === 0 ? { displayName: { eq: 'x' } } : { all: [nest(levels - 1)] });
    expect((await gql('admin', query, { f: nest(5) })).errors).toBeUndefined();
    expect(codes(await gql('admin', query, { f: nest(1_000) }))).toEqual(['LIMIT_EXCEEDED']);
  });

  test('circular fragments are refused, and hostile but short documents are answered quickly', async () => {
    expect(codes(await gql('admin', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'))).toContain(
      'GRAPHQL_VALIDATION_FAILED',
    );
    const began = performance.now();
    const wide = Array.from(
      { length: 80 },
      (_, i) => `fragment f${i} on Customer { parent { ...f${i + 1} } parent { ...f${i + 1} } }`,
    ).join(' ');
    await gql('admin', `{ customers { nodes { ...f0 } } } ${wide} fragment f80 on Customer { id }`);
    await gql('admin', `{ customers { nodes { ${'id displayName '.repeat(1_500)} } } }`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('a list that is too long is refused by name and never cut', async () => {
    const { errors } = await gql('admin', '{ customers(first: 201) { nodes { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first', max: 200, asked: 201 });
  });
});

describe('the shape of requests and answers', () => {
  const raw = (init: RequestInit & { search?: string }) =>
    fetch(`${stack().graph}${init.search ?? ''}`, {
      ...init,
      headers: { authorization: `Bearer ${stack().tokens.admin}`, ...init.headers },
    });
  const json = { 'content-type': 'application/json' };

  test.each([
    ['a batch', { method: 'POST', headers: json, body: '[{"query":"{ __typename }"}]' }, 400],
    ['a mutation by GET', { search: `?query=${encodeURIComponent('mutation { __typename }')}` }, 405],
    ['a form', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query=%7B__typename%7D' }, 415],
    ['plain text', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ __typename }"}' }, 415],
    [
      'a compressed body',
      { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(10_000_000, 32)) },
      415,
    ],
    ['a huge body', { method: 'POST', headers: json, body: ' '.repeat(2_000_000) }, 413],
    ['broken JSON', { method: 'POST', headers: json, body: '{"query":' }, 400],
  ])('%s is refused with a JSON error that shows nothing of the inside', async (_what, init, status) => {
    const response = await raw(init as RequestInit);
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(JSON.parse(text).errors[0].extensions.code).toBeDefined();
    expect(text).not.toMatch(/ at .*\.[jt]s|node_modules|127\.0\.0\.1|stacktrace/);
  });

  test('a mistyped name gets no suggestion, and a browser gets no page', async () => {
    expect((await gql('admin', '{ customr { id } }')).errors?.[0]?.message).not.toMatch(/did you mean/i);
    const page = await raw({ headers: { accept: 'text/html' } });
    expect(await page.text()).not.toContain('<html');
  });

  test('malformed values are BAD_USER_INPUT naming the field, in the text and in variables, and show no query of a service', async () => {
    for (const answer of [await gql('admin', '{ customer(id: "x") { id } }'), await gql('admin', ONE, { id: 'x' })]) {
      expect(answer.errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: 'id' } })]);
      expect(JSON.stringify(answer.errors)).not.toMatch(/http:|query |_entities|representations/);
    }
    expect(codes(await gql('admin', '{ customers(after: "not a cursor") { nodes { id } } }'))).toEqual(['INVALID_CURSOR']);
    expect(codes(await gql('admin', ONE, { id: randomUUID() }))).toEqual(['NOT_FOUND']);
    expect(codes(await gql('admin', ONE, {}))).toEqual(['BAD_USER_INPUT']);
  });

  test('the request id is taken over, and metrics and readiness are served', async () => {
    const requestId = randomUUID();
    const answer = await gql('admin', ONE, { id: customerId }, { headers: { 'x-request-id': requestId } });
    expect(answer.headers.get('x-request-id')).toBe(requestId);
    const { url } = stack().services.gateway;
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const name of [
      'gateway_requests_total',
      'gateway_request_duration_seconds_bucket',
      'gateway_subgraph_requests_total',
      'gateway_breaker_state',
      'gateway_rejected_total',
    ]) {
      expect(metrics).toContain(`\n${name}{`);
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});
