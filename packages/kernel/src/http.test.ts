// The HTTP front with a real Apollo Server behind it: bodies, paths, readiness, request ids, masking, and the drain.
import { Agent, get } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { type HttpServer, serveHttp } from './http.ts';
import { createLog } from './log.ts';

let release: () => void = () => {};
let broken = false;
let http: HttpServer;
const graphql = new ApolloServer({
  typeDefs: 'type Query { hello: String slow: String }',
  resolvers: { Query: { hello: () => 'world', slow: () => new Promise((done) => (release = () => done('at last'))) } },
  csrfPrevention: true,
  includeStacktraceInErrorResponses: false,
});

const start = () =>
  serveHttp({
    port: 0,
    host: '127.0.0.1',
    graphql,
    contextOf: async ({ headers }) => {
      if (headers['x-fail']) throw new Error('secret detail');
      return {};
    },
    checks: {
      database: () => {
        if (broken) throw new Error('no connection');
        return { pool: 1 };
      },
    },
    registry: new Registry(),
    log: createLog('test', 'silent'),
    maxBodyBytes: 1_000,
  });

beforeAll(async () => {
  await graphql.start();
  http = await start();
});
afterAll(async () => {
  await http.close(1_000);
  await graphql.stop();
});

const post = (body: string, headers: Record<string, string> = {}, url = http.url) =>
  fetch(`${url}/graphql`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

test('answers a query, with a request id that was given or made', async () => {
  const own = await post('{"query":"{hello}"}', { 'x-request-id': 'my-request-1' });
  expect(own.headers.get('x-request-id')).toBe('my-request-1');
  expect(await own.json()).toEqual({ data: { hello: 'world' } });
  const made = await post('{"query":"{hello}"}', { 'x-request-id': 'bad id{}' });
  expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['too large a body', JSON.stringify({ query: `{hello} #${'x'.repeat(2_000)}` }), {}, 413, 'LIMIT_EXCEEDED'],
  ['a compressed body', '{"query":"{hello}"}', { 'content-encoding': 'gzip' }, 415, 'BAD_REQUEST'],
  ['a form', 'query={hello}', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'BAD_REQUEST'],
  ['plain text', '{"query":"{hello}"}', { 'content-type': 'text/plain' }, 415, 'BAD_REQUEST'],
  ['another charset', '{"query":"{hello}"}', { 'content-type': 'application/json; charset=utf-16' }, 415, 'BAD_REQUEST'],
  ['broken JSON', '{"query"', {}, 400, 'BAD_REQUEST'],
  ['a batch', '[{"query":"{hello}"}]', {}, 400, 'BAD_REQUEST'],
])('%s is refused with a JSON error', async (_what, body, headers, status, code) => {
  const response = await post(body, headers);
  expect(response.status).toBe(status);
  const { errors } = (await response.json()) as any;
  expect(errors[0].extensions.code).toBe(code);
  expect(JSON.stringify(errors)).not.toContain('    at ');
});

test('a streamed body without a length is bounded too', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new TextEncoder().encode(' '.repeat(400))) });
  const response = await fetch(`${http.url}/graphql`, {
    method: 'POST',
    body: endless,
    headers: { 'content-type': 'application/json' },
    duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(413);
});

test('readiness lists its checks and answers 503 when one fails; health and metrics answer; other paths do not', async () => {
  expect(await (await fetch(`${http.url}/readyz`)).json()).toMatchObject({
    ready: true,
    checks: { database: { ok: true, detail: { pool: 1 } } },
  });
  broken = true;
  const response = await fetch(`${http.url}/readyz`);
  broken = false;
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ ready: false, checks: { database: { ok: false, detail: 'no connection' } } });
  expect((await fetch(`${http.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${http.url}/metrics`)).status).toBe(200);
  expect((await fetch(`${http.url}/.env`)).status).toBe(404);
  expect((await fetch(`${http.url}/healthz`, { method: 'POST' })).status).toBe(404);
});

test('draining finishes what runs and then refuses connections', async () => {
  const own = await start();
  const answer = post('{"query":"{slow}"}', {}, own.url);
  await new Promise((done) => setTimeout(done, 100));
  const closed = own.close(5_000);
  release();
  expect(await (await answer).json()).toEqual({ data: { slow: 'at last' } });
  await closed;
  await expect(fetch(`${own.url}/healthz`)).rejects.toThrow();
});

test('with a delay it says on /readyz that it leaves, serves on, and ends each connection with its answer', async () => {
  const own = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path: string) =>
    new Promise<{ status: number; connection: string | undefined }>((done, failed) => {
      const asked = get(`${own.url}${path}`, { agent }, (response) => {
        response.resume();
        response.on('end', () => done({ status: response.statusCode!, connection: response.headers.connection }));
      });
      asked.on('error', failed);
    });
  expect(await ask('/readyz')).toEqual({ status: 200, connection: 'keep-alive' });
  let closed = false;
  const closing = own.close(1_000, 2_000).then(() => (closed = true));
  expect(await ask('/readyz')).toEqual({ status: 503, connection: 'close' });
  expect(await ask('/healthz')).toEqual({ status: 200, connection: 'close' });
  expect(await (await post('{"query":"{hello}"}', {}, own.url)).json()).toEqual({ data: { hello: 'world' } });
  expect(closed).toBe(false);
  await closing;
  await expect(ask('/healthz')).rejects.toThrow();
  agent.destroy();
});

test('draining ends at its limit', async () => {
  const own = await start();
  const answer = post('{"query":"{slow}"}', {}, own.url);
  answer.catch(() => {});
  await new Promise((done) => setTimeout(done, 100));
  const began = Date.now();
  await own.close(200);
  expect(Date.now() - began).toBeLessThan(1_500);
  await expect(answer).rejects.toThrow();
});
