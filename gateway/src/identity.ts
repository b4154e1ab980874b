// Who calls: the first thing that happens to a request. Nobody without a valid token gets any further, not even to a validation error, so
// an anonymous caller learns nothing of the schema. What a client says about itself in other headers is not looked at.
import type { Actor } from '@customer360/kernel/actor';
import type { Caller } from '@customer360/kernel/http';
import { unauthenticated } from '@customer360/kernel/problem';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from './context.ts';
import type { Rejected } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface IdentityOptions {
  readonly verify: (authorization: string | undefined) => Promise<Actor | undefined>;
  readonly rates: RateLimiter;
  readonly trustedProxies: number;
  readonly rejected: (reason: Rejected) => void;
}

const MAX_USER_AGENT = 200;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Makes the context of a request, or throws UNAUTHENTICATED or RATE_LIMITED. */
export function identity(options: IdentityOptions): (caller: Caller) => Promise<GatewayContext> {
  return async (caller) => {
    const startedAt = performance.now();
    const ip = addressOf(caller, options.trustedProxies);
    const actor = await signedIn(options, caller, ip);
    try {
      options.rates.take(actor);
    } catch (error) {
      options.rejected('rate');
      throw error;
    }
    const traceparent = caller.headers.traceparent;
    return {
      actor: { ...actor, ip, ...(actor.kind === 'CUSTOMER' && userAgentOf(caller)) },
      requestId: caller.requestId,
      ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
      startedAt,
      statements: new Map(),
    };
  };
}

/** With what a portal user calls; the log of their changes keeps it. [WF-CM-003] */
function userAgentOf({ headers }: Caller): { userAgent: string } | undefined {
  const userAgent = headers['user-agent']?.slice(0, MAX_USER_AGENT);
  return userAgent ? { userAgent } : undefined;
}

async function signedIn({ verify, rates, rejected }: IdentityOptions, caller: Caller, ip: string): Promise<Actor> {
  let failure: unknown;
  try {
    const actor = await verify(caller.headers.authorization);
    if (actor) return actor;
    failure = unauthenticated('sign in first: send a token as `authorization: Bearer …`');
  } catch (error) {
    failure = error;
  }
  rejected(failure instanceof GraphQLError && failure.extensions.code === 'IDENTITY_UNAVAILABLE' ? 'issuer' : 'token');
  rates.takeAnonymous(ip);
  throw failure;
}

/** The caller's address: the socket's, or what the outermost believed proxy saw. */
export function addressOf(caller: Pick<Caller, 'headers' | 'remoteAddress'>, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? caller.headers['x-forwarded-for'] : undefined;
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').map((hop) => hop.trim());
  return hops.at(-trustedProxies)?.slice(0, 45) || caller.remoteAddress;
}
