// The doors through which tests reach the running stack: the graph with a token per role, one subgraph with an inner token,
// Kafka, and (for oracles only) the databases. `npm test` starts the stack and names its description in CUSTOMER360_STACK;
// nothing here imports a service, so what passes through these doors is what a client or another module can do too.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from '@jest/globals';
import { importJWK, type JWK, SignJWT } from 'jose';
import pg from 'pg';

export type Role = 'admin' | 'sales_manager' | 'sales_rep' | 'support_rep' | 'marketing' | 'dpo' | 'auditor' | 'integration' | 'customer';
export type ServiceName = 'customer' | 'interaction' | 'lifecycle' | 'compliance';
export type ProcessName = ServiceName | 'gateway' | 'issuer' | 'postgres' | 'kafka';

/** What `.run/<stack>/stack.json` says. Read anew each time: pids change when a process is restarted. */
export interface StackFile {
  /** URL of the graph, ends in /graphql. */
  graph: string;
  /** Kafka bootstrap servers, comma separated. */
  kafka: string;
  /** Prefix of every topic's real name, often ''. */
  topicPrefix: string;
  tokens: Record<Role, string>;
  /** Staff ids by role (the `sub` of tokens[role]); these StaffMembers exist in the graph. */
  staff: Record<string, string>;
  /** The demo's sample customer, or null in a stack without demo data (such as the test stack). */
  sampleCustomerId: string | null;
  /** `url` is the base (`/graphql`, `/readyz`, `/metrics` below it); `database` the service's own URL, null for the gateway. */
  services: Record<ServiceName | 'gateway', { url: string; pid: number; database: string | null }>;
  issuer: { url: string; pid: number };
  /** Folder with one log file per process. */
  logs: string;
  /** File (0600) with the secrets that tests need: superuser URLs, the issuer's and the control door's secret, the inner key. */
  secrets: string;
  /** The door that kills and starts processes, see `processes`. */
  control: string | null;
}

interface Secrets {
  issuer: string;
  control: string;
  innerKey: JWK & { kid: string };
  databases: Record<ServiceName, { superuser: string }>;
}

export function stack(): StackFile {
  const file = process.env.CUSTOMER360_STACK;
  if (!file) throw new Error('CUSTOMER360_STACK names no running stack: run this through `npm test -- <file>`');
  return JSON.parse(readFileSync(file, 'utf8'));
}

const secrets = (): Secrets => JSON.parse(readFileSync(stack().secrets, 'utf8'));

// ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A token that the development issuer shall mint. `ttl` in seconds (default 3600, may be negative to get an expired one). */
export interface TokenSpec {
  kind: 'staff' | 'portal' | 'service';
  sub?: string;
  roles?: Role[];
  customer_id?: string;
  contact_id?: string;
  ttl?: number;
}

/** The stack's ready-made token of a role, or a new one from the issuer. */
export async function token(who: Role | TokenSpec): Promise<string> {
  if (typeof who === 'string') return stack().tokens[who];
  const { kind, ...claims } = who;
  const response = await fetch(`${stack().issuer.url}/${kind}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets().issuer}` },
    body: JSON.stringify({ sub: randomUUID(), ...claims }),
  });
  if (!response.ok) throw new Error(`issuer answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { token: string }).token;
}

// ── the graph ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Answer<T = any> {
  data: T;
  errors: Array<{ message: string; path?: Array<string | number>; extensions: Record<string, any> }> | undefined;
  status: number;
  headers: Headers;
}
export interface CallOptions {
  headers?: Record<string, string>;
  operationName?: string;
  /** Give up after this many milliseconds (default 30,000). */
  withinMs?: number;
}
/** A role, a token to mint, a literal token, or nobody. */
export type Caller = Role | TokenSpec | { token: string } | null;

async function post<T>(url: string, bearer: string | null, query: string, variables: object, extra: CallOptions): Promise<Answer<T>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...extra.headers },
    body: JSON.stringify({ query, variables, operationName: extra.operationName }),
    signal: AbortSignal.timeout(extra.withinMs ?? 30_000),
  });
  const text = await response.text();
  let body: { data?: T; errors?: Answer['errors'] };
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} without JSON: ${text.slice(0, 200)}`);
  }
  return { data: body.data as T, errors: body.errors, status: response.status, headers: response.headers };
}

/** One operation through the gateway: `const { data, errors } = await gql('sales_rep', 'query …', { id })`. */
export async function gql<T = any>(who: Caller, query: string, variables: object = {}, extra: CallOptions = {}): Promise<Answer<T>> {
  const bearer = who === null ? null : typeof who === 'object' && 'token' in who ? who.token : await token(who);
  return post<T>(stack().graph, bearer, query, variables, extra);
}

/** `as('dpo')` answers a gql bound to that caller, for tests that speak as one person throughout. */
export function as(who: Caller) {
  return <T = any>(query: string, variables: object = {}, extra: CallOptions = {}) => gql<T>(who, query, variables, extra);
}

/** Like gql, and throws when there are errors: for the steps of a test that must succeed before the point of the test. */
export async function must<T = any>(who: Caller, query: string, variables: object = {}, extra: CallOptions = {}): Promise<T> {
  const { data, errors } = await gql<T>(who, query, variables, extra);
  if (errors) throw new Error(`expected success, got ${JSON.stringify(errors, null, 1)}`);
  return data;
}

// ── one subgraph, as the gateway would call it ──────────────────────────────────────────────────────────────────────────

export interface InnerActor {
  sub: string;
  kind: 'STAFF' | 'CUSTOMER' | 'IMPORT' | 'EMAIL_SYNC' | 'API' | 'SYSTEM';
  roles: Role[];
  customer_id?: string;
}

/** The gateway's short-lived token for one subgraph; `overrides` makes forged ones (`{ aud: 'other' }`, `{ exp: … }`). */
export async function inner(service: ServiceName, actor: InnerActor, overrides: Record<string, unknown> = {}): Promise<string> {
  const jwk = secrets().innerKey;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'customer360-gateway', aud: service, iat: now, exp: now + 60, ...actor, ...overrides };
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid }).sign(await importJWK(jwk, 'EdDSA'));
}

/** One operation straight at a subgraph. `actor` a role (its staff id is used), an actor, a literal token, or null for none. */
export async function subgraph<T = any>(
  service: ServiceName,
  actor: Role | InnerActor | { token: string } | null,
  query: string,
  variables: object = {},
  extra: CallOptions = {},
): Promise<Answer<T>> {
  const full: InnerActor | { token: string } | null =
    typeof actor === 'string' ? { sub: stack().staff[actor] ?? randomUUID(), kind: innerKind(actor), roles: [actor] } : actor;
  const bearer = full === null ? null : 'token' in full ? full.token : await inner(service, full);
  return post<T>(`${stack().services[service].url}/graphql`, bearer, query, variables, extra);
}

const innerKind = (role: Role): InnerActor['kind'] => (role === 'customer' ? 'CUSTOMER' : role === 'integration' ? 'API' : 'STAFF');

// ── waiting ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Polls until `check` neither throws nor answers null or false, and gives its answer; after `withinMs` the last
 * failure is thrown. Put the `expect` inside: `await eventually(async () => expect((await read()).count).toBe(3))`.
 */
export async function eventually<T>(check: () => Promise<T> | T, { withinMs = 10_000, everyMs = 50 } = {}): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await check();
      if (answer !== null && answer !== false) return answer; // undefined passes: that is what `expect` answers
      failure = new Error(`still ${answer} after ${withinMs} ms`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw failure;
    await sleep(everyMs);
  }
}

// ── oracles and rough handling ──────────────────────────────────────────────────────────────────────────────────────────

const clients = new Map<ServiceName, Promise<pg.Client>>();

/** A superuser's connection to a service's database. For oracles only: never to prepare what a public door can prepare. */
export function database(service: ServiceName): Promise<pg.Client> {
  const known = clients.get(service);
  if (known) return known;
  const connecting = (async () => {
    const client = new pg.Client({ connectionString: secrets().databases[service].superuser });
    client.on('error', () => clients.delete(service));
    await client.connect();
    return client;
  })();
  clients.set(service, connecting);
  return connecting;
}

async function control(action: 'kill' | 'start' | 'restart', name: ProcessName, signal?: string): Promise<void> {
  const door = stack().control;
  if (!door) throw new Error('this stack has no control door');
  const response = await fetch(`${door}/${action}/${name}${signal ? `?signal=${signal}` : ''}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets().control}` },
    signal: AbortSignal.timeout(120_000),
  });
  if (!response.ok) throw new Error(`${action} ${name}: ${await response.text()}`);
}

/**
 * Rough handling, for tests/resilience only (they run alone, after everything else).
 * kill: send a signal; SIGKILL and SIGTERM wait until the process is gone, SIGSTOP and SIGCONT return at once.
 * start: start a process that is gone and wait until it is ready; port and URL stay what they were.
 */
export const processes = {
  kill: (name: ProcessName, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT' = 'SIGKILL') => control('kill', name, signal),
  start: (name: ProcessName) => control('start', name),
  restart: (name: ProcessName) => control('restart', name),
};

afterAll(async () => {
  const open = await Promise.allSettled(clients.values());
  clients.clear();
  for (const client of open) if (client.status === 'fulfilled') await client.value.end().catch(() => {});
});

export { publishInbound, type Read, readTopic } from './topics.ts';
