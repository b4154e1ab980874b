// The gateway's way to one service, as Apollo's planner calls it: a signed token for exactly this service, a deadline, a breaker, one retry
// where nothing can have happened twice, and SUBGRAPH_UNAVAILABLE when there is no usable answer. Nothing a client sent as a header is
// handed on but the trace, and the key of a create that may be repeated.
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { Actor } from '@customer360/kernel/actor';
import type { Log } from '@customer360/kernel/log';
import { context as activeContext, propagation } from '@opentelemetry/api';
import { Pool } from 'undici';
import { type BreakerState, createBreaker, type Ticket } from './breaker.ts';
import type { GatewayContext } from './context.ts';
import { unavailable } from './errors.ts';
import { type Exchanged, ExchangeFailed, exchange } from './exchange.ts';
import { breakerState, subgraphRequests, subgraphSeconds } from './metrics.ts';

/** What is the same for every service. */
export interface SourceOptions {
  readonly timeoutMs: number;
  readonly mutationTimeoutMs: number;
  readonly connections: number;
  readonly sign: (actor: Actor, audience: string) => Promise<string>;
  readonly log: Log;
}

export interface SubgraphSource extends GraphQLDataSource<GatewayContext> {
  readonly name: string;
  readonly url: string;
  state(): BreakerState;
  close(): Promise<void>;
}

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;
const RETRY_AFTER_MS = 25;
const PROBE_PATIENCE_MS = 150;
/** Closed from this side first: a service that leaves closes idle connections after its DRAIN_DELAY_MS, and a mutation must not meet that. */
const IDLE_CONNECTION_MS = 2_000;

/** The ways to all services; they outlive a generation of the graph, so that a new supergraph loses neither connections nor what breakers know. */
export interface SubgraphSources {
  /** The way to each service (name → URL of its /graphql). */
  open(services: ReadonlyMap<string, string>): ReadonlyMap<string, SubgraphSource>;
  /** Gives back what `open` gave; what nobody holds any more is closed. */
  release(sources: ReadonlyMap<string, SubgraphSource>): Promise<void>;
  /** Breakers by service. */
  states(): Record<string, BreakerState>;
}

export function createSubgraphSources(options: SourceOptions): SubgraphSources {
  const holders = new Map<SubgraphSource, number>();
  const named = (name: string) => [...holders.keys()].filter((source) => source.name === name);
  return {
    open(services) {
      const opened = new Map<string, SubgraphSource>();
      for (const [name, url] of services) {
        const source = named(name).find((known) => known.url === url) ?? createSubgraphSource(name, url, options);
        holders.set(source, (holders.get(source) ?? 0) + 1);
        opened.set(name, source);
      }
      return opened;
    },
    async release(sources) {
      const unused = [...sources.values()].filter((source) => {
        const left = holders.get(source)! - 1;
        if (left > 0) holders.set(source, left);
        else holders.delete(source);
        return left === 0;
      });
      for (const { name } of unused) if (named(name).length === 0) breakerState.remove({ service: name });
      await Promise.all(unused.map((source) => source.close()));
    },
    states: () => Object.fromEntries([...holders.keys()].map((source) => [source.name, source.state()])),
  };
}

function createSubgraphSource(name: string, url: string, options: SourceOptions): SubgraphSource {
  const { log } = options;
  const target = new URL(url);
  const path = target.pathname + target.search;
  const pool = new Pool(target.origin, {
    connections: options.connections,
    pipelining: 1,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    keepAliveMaxTimeout: IDLE_CONNECTION_MS,
    connect: { timeout: Math.min(options.timeoutMs, 1_000) },
  });
  const breaker = createBreaker();
  let shown: BreakerState = 'closed';
  showState();

  function showState(): void {
    const state = breaker.state();
    breakerState.set({ service: name }, state === 'closed' ? 0 : state === 'half-open' ? 1 : 2);
    if (state !== shown) log.warn({ subgraph: name, from: shown, to: state }, 'breaker changed');
    shown = state;
  }

  async function headersOf(context: GatewayContext): Promise<Record<string, string>> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${await options.sign(context.actor, name)}`,
      'x-request-id': context.requestId,
    };
    propagation.inject(activeContext.active(), headers);
    if (context.traceparent && !headers.traceparent) headers.traceparent = context.traceparent;
    return headers;
  }

  /** Sends once, and once more if the connection failed and repeating is harmless: a query, or something that was never sent. */
  async function send(headers: Record<string, string>, body: string, mutation: boolean): Promise<Exchanged> {
    const deadlineMs = mutation ? options.mutationTimeoutMs : options.timeoutMs;
    const until = performance.now() + deadlineMs;
    try {
      return await exchange(pool, { path, headers, body, deadlineMs });
    } catch (failure) {
      if (!(failure instanceof ExchangeFailed) || failure.reason !== 'connection' || (mutation && failure.sent)) throw failure;
      await sleep(RETRY_AFTER_MS);
      return exchange(pool, { path, headers, body, deadlineMs: Math.max(until - performance.now(), 1) });
    }
  }

  async function enter(): Promise<Ticket | null> {
    const ticket = breaker.enter();
    if (ticket || breaker.state() !== 'half-open') return ticket;
    await Promise.race([breaker.probed(), sleep(PROBE_PATIENCE_MS)]);
    return breaker.state() === 'closed' ? breaker.enter() : null;
  }

  async function process({ request, context, kind }: GraphQLDataSourceProcessOptions<GatewayContext>): Promise<Answer> {
    if (kind !== 'incoming operation') throw new Error('only incoming operations are sent to services');
    const caller = context as GatewayContext;
    const mutation = request.query?.startsWith('mutation') ?? false;
    const headers = await headersOf(caller);
    if (mutation && caller.idempotencyKey) headers['idempotency-key'] = caller.idempotencyKey;
    const ticket = await enter();
    showState();
    if (!ticket) {
      subgraphRequests.inc({ service: name, outcome: 'breaker' });
      throw unavailable(name, false);
    }
    const began = performance.now();
    let answer: Answer;
    try {
      const { query, variables, operationName } = request;
      const exchanged = await send(headers, JSON.stringify({ query, variables, operationName }), mutation);
      answer = read(exchanged);
      ticket.answered();
      if (exchanged.statements) caller.statements.set(name, (caller.statements.get(name) ?? 0) + (Number(exchanged.statements) || 0));
    } catch (error) {
      ticket.failed();
      const failure = error instanceof ExchangeFailed ? error : new ExchangeFailed('protocol', true, error);
      subgraphRequests.inc({ service: name, outcome: failure.reason });
      log.warn(
        { service: name, requestId: caller.requestId, reason: failure.reason, cause: codeOf(failure.cause) },
        'no answer from a service',
      );
      throw unavailable(name, mutation && failure.sent);
    } finally {
      subgraphSeconds.observe({ service: name }, (performance.now() - began) / 1000);
      showState();
    }
    if (refusedToken(answer)) {
      // The service does not take the gateway's word: a wrong key, or clocks apart. Not the caller's fault, and an operator must see it.
      log.error({ subgraph: name, requestId: caller.requestId }, 'the service refused the inner token');
      subgraphRequests.inc({ service: name, outcome: 'refused' });
      throw unavailable(name, false);
    }
    subgraphRequests.inc({ service: name, outcome: answer.errors ? 'errors' : 'ok' });
    return answer;
  }

  return { name, url, process, state: breaker.state, close: () => pool.destroy() };
}

/** Takes a GraphQL answer whatever its status; anything else is a failure of the service. Its extensions stay inside. */
function read({ text }: Exchanged): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ExchangeFailed('protocol', true);
  }
  const { data, errors } = (answer ?? {}) as { data?: unknown; errors?: unknown };
  const broken = errors !== undefined && !(Array.isArray(errors) && errors.every((error) => typeof error?.message === 'string'));
  if (broken || (typeof data !== 'object' && data !== undefined) || (data === undefined && errors === undefined)) {
    throw new ExchangeFailed('protocol', true);
  }
  return { ...(data !== undefined && { data }), ...(errors !== undefined && { errors }) } as Answer;
}

const refusedToken = (answer: Answer): boolean =>
  answer.data == null && (answer.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false);

const codeOf = (cause: unknown): string | undefined => (cause as { code?: string } | undefined)?.code;
