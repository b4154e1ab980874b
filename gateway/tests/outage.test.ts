// A service that is stopped, frozen, slow or talking nonsense costs its own sections and at most one deadline, and heals by itself.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { startWorld, type World } from './world.ts';

const CARD = '{ person(id: "1") { name deals { title } best { title } } people(first: 2) { nodes { best { title } } } }';
const DEADLINE_MS = 400;
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
  const [answer, ms] = await timed(world.ask(CARD));
  expect(answer.data).toEqual({
    person: { name: 'person 1', deals: null, best: null },
    people: { nodes: [{ best: null }, { best: null }] },
  });
  expect(answer.errors).toEqual(DEALS_GONE);
  expect(ms).toBeLessThan(DEADLINE_MS);
  await world.startSubgraph('deals', port);
  await sleep(600);
  expect(await world.ask(CARD)).not.toHaveProperty('errors');
}, 20_000);

test('a frozen service costs one deadline, then nothing, and one request in a while probes it', async () => {
  const sockets = new Set<Socket>();
  const frozen = createTcpServer((socket) => void sockets.add(socket.on('error', () => {})));
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
  expect(cost).toBeLessThan(DEADLINE_MS * 2);
  const [later, free] = await timed(Promise.all(Array.from({ length: 20 }, () => world.ask(CARD))));
  for (const answer of later) expect(answer.errors).toEqual(DEALS_GONE);
  expect(free).toBeLessThan(DEADLINE_MS);
  await sleep(600);
  const connections = sockets.size;
  const times = await Promise.all(Array.from({ length: 10 }, () => timed(world.ask('{ dealCount }'))));
  expect(times.filter(([, ms]) => ms >= DEADLINE_MS - 5)).toHaveLength(1);
  expect(sockets.size - connections).toBeLessThanOrEqual(1);
}, 20_000);

test('a slow answer does not shut out the quick ones beside it', async () => {
  const deals = await impostor((request, response) => {
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        response.setHeader('content-type', 'application/json');
        setTimeout(() => response.end('{"data":{"dealCount":1}}'), body.includes('slow') ? 2_000 : 5);
      });
  });
  world = await startWorld({}, { deals });
  const slow = world.ask('query slow { dealCount }');
  for (let i = 0; i < 45; i++) {
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
