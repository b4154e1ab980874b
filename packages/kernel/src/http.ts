// The HTTP front of the gateway and of every subgraph: /graphql, /healthz, /readyz, /metrics. Small on purpose: bounded bodies and times,
// JSON answers whatever happens, a request id in and out, and a drain that finishes what was begun when the process must go.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import type { Registry } from 'prom-client';
import type { Log } from './log.ts';
import { Refused } from './problem.ts';
import { inSpan } from './telemetry.ts';

/** What a GraphQL context is made from. */
export interface Caller {
  readonly headers: IncomingMessage['headers'];
  readonly requestId: string;
  readonly remoteAddress: string;
}

/** One named check of /readyz: resolve with a detail to show, or throw. */
export type Check = () => Promise<unknown> | unknown;
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface HttpOptions<C extends BaseContext> {
  readonly port: number;
  readonly host?: string;
  readonly graphql: Pick<ApolloServer<C>, 'executeHTTPGraphQLRequest'>;
  readonly contextOf: (caller: Caller) => Promise<C>;
  /** Runs each GraphQL request, for example inside an AsyncLocalStorage. */
  readonly around?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly registry: Registry;
  readonly log: Log;
  readonly maxBodyBytes?: number;
  /** Limit for receiving a GraphQL request's body. */
  readonly receiveTimeoutMs?: number;
  /** Further exact paths; their bodies are streams, and may take STREAM_TIMEOUT_MS. */
  readonly routes?: Readonly<Record<string, Route>>;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /**
   * Says on /readyz at once that it leaves, and serves on for `delayMs`, each answer ending its connection. Then stops accepting, lets running
   * requests finish for at most `graceMs`, and closes every connection.
   */
  close(graceMs: number, delayMs?: number): Promise<void>;
}

const CHECK_TIMEOUT_MS = 2_000;
const RECEIVE_TIMEOUT_MS = 15_000;
const STREAM_TIMEOUT_MS = 900_000;

/** Starts the server; the GraphQL server must have been started. */
export async function serveHttp<C extends BaseContext>(options: HttpOptions<C>): Promise<HttpServer> {
  let draining = false;
  const running = new Set<ServerResponse>();
  const receiveTimeoutMs = options.receiveTimeoutMs ?? RECEIVE_TIMEOUT_MS;
  const requestTimeout = options.routes ? STREAM_TIMEOUT_MS : receiveTimeoutMs;
  const server = createServer({ requestTimeout, headersTimeout: 10_000, keepAliveTimeout: 30_000 });

  server.on('request', (request, response) => {
    const requestId = acceptedId(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-store');
    if (draining) response.setHeader('connection', 'close');
    running.add(response);
    response.on('close', () => running.delete(response));
    answer(request, response, requestId).catch((error) => fail(response, requestId, error, options.log));
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });

  async function answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const [path = '/', search] = split(request.url ?? '/');
    if (path === '/graphql') return graphql(request, response, requestId, search);
    const route = options.routes?.[path];
    if (route) return route(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refused(404, 'NOT_FOUND', 'no such path');
    if (path === '/healthz') return json(response, 200, { status: 'ok' });
    if (path === '/readyz') return ready(response);
    if (path === '/metrics') {
      const text = await options.registry.metrics();
      response.writeHead(200, { 'content-type': options.registry.contentType }).end(text);
      return;
    }
    throw new Refused(404, 'NOT_FOUND', 'no such path');
  }

  async function ready(response: ServerResponse): Promise<void> {
    const results = await Promise.all(Object.entries(options.checks).map(async ([name, check]) => [name, await outcome(check)] as const));
    const ok = !draining && results.every(([, result]) => result.ok);
    json(response, ok ? 200 : 503, { ready: ok, draining, checks: Object.fromEntries(results) });
  }

  async function graphql(request: IncomingMessage, response: ServerResponse, requestId: string, search: string): Promise<void> {
    const late = setTimeout(() => request.destroy(), receiveTimeoutMs);
    const body =
      request.method === 'POST' ? await readJson(request, options.maxBodyBytes ?? 1_048_576).finally(() => clearTimeout(late)) : undefined;
    clearTimeout(late);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const caller: Caller = { headers: request.headers, requestId, remoteAddress: request.socket.remoteAddress ?? '' };
    const work = async () => {
      const result = await options.graphql.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: (request.method ?? 'GET').toUpperCase(), headers, search, body },
        context: () => options.contextOf(caller),
      });
      response.setHeader('vary', 'authorization, accept');
      // Every answer is one caller's: no-store stays, whatever Apollo says of an unknown persisted query.
      for (const [name, value] of result.headers) if (name !== 'cache-control') response.setHeader(name, value);
      response.statusCode = result.status ?? 200;
      if (result.body.kind === 'complete') {
        response.end(result.body.string);
      } else {
        for await (const chunk of result.body.asyncIterator) response.write(chunk);
        response.end();
      }
    };
    await inSpan('POST /graphql', 'server', request.headers, () => (options.around ? options.around(work) : work()));
  }

  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close(graceMs, delayMs = 0) {
      draining = true;
      for (const response of running) if (!response.headersSent) response.setHeader('connection', 'close');
      await sleep(delayMs);
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      const limit = setTimeout(() => {
        if (running.size > 0) options.log.warn({ requests: running.size, graceMs }, 'drain limit reached, closing connections');
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(limit);
    },
  };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((done, refused) => {
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      done();
    });
  });
}

function split(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)];
}

/** A caller's request id is taken over when it is harmless in a log and a header. */
function acceptedId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(header) ? header : randomUUID();
}

async function outcome(check: Check): Promise<{ ok: boolean; detail?: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, refused) => {
      timer = setTimeout(() => refused(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
    });
    const detail = await Promise.race([check(), late]);
    return detail === undefined ? { ok: true } : { ok: true, detail };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message.slice(0, 200) : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a JSON body of bounded size. Compressed bodies are refused: nobody needs them for 1 MiB, and a bomb needs them. */
async function readJson(request: IncomingMessage, max: number): Promise<unknown> {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') throw new Refused(415, 'BAD_REQUEST', 'compressed request bodies are not accepted');
  const type = request.headers['content-type'];
  if (type === undefined) return undefined; // Apollo refuses it, as a possible cross-site request
  const [essence = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (essence !== 'application/json') {
    request.resume();
    throw new Refused(415, 'BAD_REQUEST', 'content-type must be application/json');
  }
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (charset && charset !== 'utf-8' && charset !== 'utf8') throw new Refused(415, 'BAD_REQUEST', 'charset must be utf-8');
  if (Number(request.headers['content-length'] ?? 0) > max) throw tooLarge(max, Number(request.headers['content-length']));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) throw tooLarge(max, size);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks, size).toString('utf8'));
  } catch {
    throw new Refused(400, 'BAD_REQUEST', 'the request body is not valid JSON');
  }
}

const tooLarge = (max: number, asked: number): Refused =>
  new Refused(413, 'LIMIT_EXCEEDED', `the request body is larger than ${max} bytes`, { limit: 'bodyBytes', max, asked });

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(body)}\n`);
}

function fail(response: ServerResponse, requestId: string, error: unknown, log: Log): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof Refused) {
    response.setHeader('connection', 'close'); // the rest of its body is not read
    const { code, message, extensions } = error;
    json(response, error.status, { errors: [{ message, extensions: { code, requestId, ...extensions } }] });
    return;
  }
  log.error({ err: error, requestId }, 'request failed');
  json(response, 500, { errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } }] });
}
