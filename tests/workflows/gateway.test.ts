// The gateway of the running stack as a client's developer meets it: mistakes are told by field, access is asked again behind it, and what
// operators read is there. Who gets in, limits and attacks stand in tests/security.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { type Answer, gql, must, stack, subgraph } from '../support/stack.ts';

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

test('access is checked again behind the gateway, entities included', async () => {
  const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id externalId } } }';
  const portal = { sub: randomUUID(), kind: 'CUSTOMER' as const, roles: ['customer' as const], customer_id: customerId };
  const answer = await subgraph('customer', portal, query, { r: [{ __typename: 'Customer', id: customerId }] });
  expect(answer.errors?.[0]).toMatchObject({
    extensions: { code: 'FORBIDDEN' },
    message: expect.stringContaining('Customer.externalId'),
  });
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

test('literals of every scalar are refused by field like variables', async () => {
  for (const [query, field] of [
    ['{ customer(id: 1) { id } }', 'id'],
    ['{ milestones(filter: { occurredAt: { lte: 1000000 } }) { totalCount } }', 'filter.occurredAt.lte'],
    ['{ customers(filter: { displayName: { eq: "a\\u0000" } }) { totalCount } }', 'filter.displayName.eq'],
    ['{ customerLifecycles(filter: { totalRevenue: { gt: "1e5" } }) { totalCount } }', 'filter.totalRevenue.gt'],
  ] as const) {
    expect((await gql('admin', query)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
  }
});

test('a document of several operations needs the name of one', async () => {
  for (const operationName of [undefined, 'C']) {
    const answer = await gql('admin', 'query A { __typename } query B { __typename }', {}, { ...(operationName && { operationName }) });
    expect(codes(answer)).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  }
  expect((await gql('admin', 'query A { a: __typename } query B { __typename }', {}, { operationName: 'A' })).data).toEqual({ a: 'Query' });
});

test('a read about a customer that there is not is NOT_FOUND long before a deadline, so that nobody takes the service for dead', async () => {
  const query = 'query($id: ID!) { consentDecision(customerId: $id, purpose: PROFILING) { allowed } }';
  const answers = await Promise.all(Array.from({ length: 10 }, () => gql('marketing', query, { id: randomUUID() })));
  for (const answer of answers) expect(codes(answer)).toEqual(['NOT_FOUND']);
});

test('the request id is taken over, and metrics and readiness are served', async () => {
  const requestId = randomUUID();
  const answer = await gql('admin', ONE, { id: customerId }, { headers: { 'x-request-id': requestId } });
  expect(answer.headers.get('x-request-id')).toBe(requestId);
  expect((await gql('admin', '{ nope }')).errors).toBeDefined();
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
