// A service that is stopped, frozen, slow or talking nonsense costs its own sections and at most one deadline, and heals by itself.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { startWorld, type World } from './world.ts';

const CARD = '{ person(id: "1") { name deals { title } best { title } } people(first: 2) { nodes { best { title } } } }';
const DEADLINE_MS = 1_000; // the world's; generous, so that a busy machine is not mistaken for a slow gateway
const DEALS_GONE = [{ message: expect.any(String), extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'deals', retryable: true } }];
let world: World;
const cleanUps: Array<() => unknown> = [];
afterEach(async () => {
  await world.close();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A service made of a bare HTTP handler. */
async function impostor(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/graphql`;
}

async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await work, performance.now() - began];
}

test('a stopped service nulls its own sections with one error, and is back as soon as it is', async () => {
  world = await startWorld();
  expect(await world.ask(CARD)).not.toHaveProperty('errors');
  const { port } = world.subgraphs.deals;
  await world.subgraphs.deals.close(0);
  const answer = await world.ask(CARD);
  expect(answer.data).toEqual({
    person: { name: 'person 1', deals: null, best: null },
    people: { nodes: [{ best: null }, { best: null }] },
  });
  expect(answer.errors).toEqual(DEALS_GONE);
  await world.startSubgraph('deals', port);
  await sleep(600);
  expect(await world.ask(CARD)).not.toHaveProperty('errors');
}, 20_000);

test('a frozen service costs one deadline, then nothing, and one request in a while probes it', async () => {
  const sockets = new Set<Socket>();
  let asked = 0;
  const frozen = createTcpServer((socket) => {
    sockets.add(
      socket
        .on('error', () => {})
        .on('data', (chunk) => {
          if (String(chunk).startsWith('POST')) asked += 1;
        }),
    );
  });
  await new Promise<void>((done) => frozen.listen(0, '127.0.0.1', done));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    return frozen.close();
  });
  world = await startWorld({}, { deals: `http://127.0.0.1:${(frozen.address() as { port: number }).port}/graphql` });
  const [first, cost] = await timed(world.ask(CARD));
  expect(first.errors).toEqual(DEALS_GONE);
  expect(first.data.person.name).toBe('person 1');
  expect(cost).toBeGreaterThanOrEqual(DEADLINE_MS - 5);
  expect(cost).toBeLessThan(DEADLINE_MS * 3);
  let before = asked;
  const later = await Promise.all(Array.from({ length: 20 }, () => world.ask(CARD)));
  for (const answer of later) expect(answer.errors).toEqual(DEALS_GONE);
  expect(asked - before).toBeLessThanOrEqual(2); // 40 requests to the service, but for a probe, never left
  await sleep(1_600);
  before = asked;
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask('{ dealCount }')));
  for (const answer of answers) expect(answer.errors).toEqual(DEALS_GONE);
  expect(asked - before).toBeGreaterThanOrEqual(1);
  expect(asked - before).toBeLessThanOrEqual(2);
}, 20_000);

test('a slow answer does not shut out the quick ones beside it', async () => {
  const deals = await impostor((request, response) => {
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        response.setHeader('content-type', 'application/json');
        setTimeout(() => response.end('{"data":{"dealCount":1}}'), body.includes('slow') ? 20 * DEADLINE_MS : 5);
      });
  });
  world = await startWorld({}, { deals });
  const slow = world.ask('query slow { dealCount }');
  for (const until = Date.now() + DEADLINE_MS * 1.2; Date.now() < until; ) {
    expect((await world.ask('{ dealCount }')).data).toEqual({ dealCount: 1 });
    await sleep(5);
  }
  expect((await slow).errors).toEqual(DEALS_GONE);
  expect((await world.ask('{ dealCount }')).data).toEqual({ dealCount: 1 });
}, 20_000);

test.each([
  ['text', '<html>not found</html>', 404],
  ['an empty object', '{}', 200],
  ['a number', '7', 200],
  ['errors that are none', '{"errors":["x"]}', 200],
  ['a token refusal', '{"errors":[{"message":"who are you?","extensions":{"code":"UNAUTHENTICATED"}}]}', 401],
])('an answer that is %s is no answer', async (_what, body, status) => {
  world = await startWorld({}, { deals: await impostor((_request, response) => void response.writeHead(status).end(body)) });
  const answer = await world.ask(CARD);
  expect(answer.errors).toEqual(DEALS_GONE);
  expect(answer.data.person.name).toBe('person 1');
});

test('errors of a service are taken whatever its status', async () => {
  const body = '{"errors":[{"message":"id: no Deal 7","extensions":{"code":"NOT_FOUND","noun":"Deal"}}],"data":{"dealCount":null}}';
  world = await startWorld({}, { deals: await impostor((_request, response) => void response.writeHead(500).end(body)) });
  expect((await world.ask('{ dealCount }')).errors).toEqual([expect.objectContaining({ extensions: { code: 'NOT_FOUND', noun: 'Deal' } })]);
});

test('a query is repeated once after a reset; a mutation that was sent is not, and says that its outcome is unknown', async () => {
  const calls: string[] = [];
  const people = await impostor((request, response) => {
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        calls.push(body);
        if (calls.length === 2) response.setHeader('content-type', 'application/json').end('{"data":{"whoami":"me"}}');
        else request.socket.destroy();
      });
  });
  world = await startWorld({}, { people });
  expect((await world.ask('{ whoami }')).data).toEqual({ whoami: 'me' });
  expect(calls).toHaveLength(2);
  const answer = await world.ask('mutation { rename(id: "1", name: "x") { __typename } }');
  expect(calls).toHaveLength(3);
  expect(answer.errors).toEqual([
    {
      message: expect.stringContaining('idempotencyKey'),
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'people', retryable: true, outcome: 'UNKNOWN' },
    },
  ]);
});
