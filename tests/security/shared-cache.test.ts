// Between clients and gateway may stand a cache that many share (RFC 9111). It must never hold an answer: what the graph says depends on who asks.
// The cache here is undici's, in its shared mode; that it does cache what it may is checked first. [issue 5, section 4]
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent, type Dispatcher, interceptors, request } from 'undici';
import { must, type Role, stack } from '../support/stack.ts';

const QUERY = 'query Name($id: ID!) { customer(id: $id) { displayName } }';
const hash = createHash('sha256').update(QUERY).digest('hex');

let cache: Dispatcher;
let id: string;
const displayName = `Shared ${randomUUID()}`;
beforeAll(async () => {
  cache = new Agent().compose(interceptors.cache({ type: 'shared' }));
  const { createCustomer } = await must(
    'sales_manager',
    'mutation($displayName: String!) { createCustomer(input: { type: INDIVIDUAL, displayName: $displayName }) { ... on Customer { id } } }',
    { displayName },
  );
  id = createCustomer.id;
});
afterAll(() => cache.close());

interface Cached {
  status: number;
  /** Made anew by the gateway for every request: an answer out of a cache has the one of another. */
  requestId: string;
  headers: Record<string, string | string[] | undefined>;
  body: any;
}
async function get(parameters: Record<string, string>, role: Role | null): Promise<Cached> {
  const { statusCode, headers, body } = await request(`${stack().graph}?${new URLSearchParams(parameters)}`, {
    dispatcher: cache,
    headers: { 'apollo-require-preflight': 'true', ...(role && { authorization: `Bearer ${stack().tokens[role]}` }) },
  });
  return { status: statusCode, requestId: String(headers['x-request-id']), headers, body: await body.json() };
}

test('the cache does cache what an origin calls public', async () => {
  let asked = 0;
  const origin = createServer((_request, response) => {
    asked += 1;
    response.setHeader('cache-control', 'public, max-age=60').setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/graphql?query=x`;
  for (const authorization of ['Bearer a', 'Bearer b', 'Bearer a']) {
    await (await request(url, { dispatcher: cache, headers: { authorization } })).body.dump();
  }
  origin.close();
  origin.closeAllConnections();
  expect(asked).toBe(1);
});

const variables = () => JSON.stringify({ id });
const persisted = (sha256Hash: string) => JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });
const ways: Array<[string, () => Record<string, string>]> = [
  ['text', () => ({ query: QUERY, variables: variables() })],
  ['text and hash', () => ({ query: QUERY, variables: variables(), extensions: persisted(hash) })],
  ['hash alone', () => ({ variables: variables(), extensions: persisted(hash) })],
  ['unknown hash', () => ({ extensions: persisted(createHash('sha256').update(id).digest('hex')) })],
  ['refused text', () => ({ query: '{ nope }' })],
];

test.each(ways)('the same URL by %s answers each actor for itself, and nobody out of the cache', async (way, parameters) => {
  const answers: Cached[] = [];
  for (const role of ['sales_manager', 'customer', null, 'sales_manager'] as const) answers.push(await get(parameters(), role));
  const [manager, customer, nobody, again] = answers as [Cached, Cached, Cached, Cached];
  if (!/unknown|refused/.test(way)) expect(manager.body.data).toEqual({ customer: { displayName } });
  expect(again.body).toEqual(manager.body);
  for (const answer of [customer, nobody]) expect(JSON.stringify(answer.body)).not.toContain(displayName);
  expect([nobody.status, nobody.body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(answers.length);
  for (const { headers } of answers) {
    expect([headers['cache-control'], headers.vary]).toEqual(['no-store', 'authorization, accept']);
    expect([headers.etag, headers['last-modified'], headers.expires, headers.age]).toEqual([undefined, undefined, undefined, undefined]);
  }
});
