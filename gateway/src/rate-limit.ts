// Token buckets: one per actor, one per role that has a total, one per address for callers without a valid token. A bucket holds one
// minute's allowance, so a burst is fine and a flood is not. Memory is bounded: the bucket that was idle longest is forgotten first.
import { HeaderMap } from '@apollo/server';
import type { Actor, Role } from '@customer360/kernel/actor';
import { GraphQLError } from 'graphql';

export interface RateLimits {
  readonly perActor: number;
  readonly anonymous: number;
  readonly byRole: Readonly<Partial<Record<Role, { actor?: number; total?: number }>>>;
}

interface Bucket {
  left: number;
  at: number;
}

const MAX_BUCKETS = 50_000;

export interface RateLimiter {
  /** Takes one request of this actor; throws RATE_LIMITED with `retryAfterMs` when its allowance, or that of its role, is used up. */
  take(actor: Actor): void;
  /** Takes one request without a valid token from this address. */
  takeAnonymous(address: string): void;
}

export function createRateLimiter(limits: RateLimits, now: () => number = Date.now): RateLimiter {
  const buckets = new Map<string, Bucket>();

  function spend(key: string, perMinute: number): void {
    const at = now();
    const known = buckets.get(key);
    const left = known ? Math.min(perMinute, known.left + ((at - known.at) * perMinute) / 60_000) : perMinute;
    buckets.delete(key);
    if (buckets.size >= MAX_BUCKETS) buckets.delete(buckets.keys().next().value as string);
    if (left < 1) {
      buckets.set(key, { left, at });
      const retryAfterMs = Math.ceil(((1 - left) * 60_000) / perMinute);
      throw rateLimited(
        `more than ${perMinute} requests per minute; retry in ${retryAfterMs} ms`,
        'requestsPerMinute',
        perMinute,
        retryAfterMs,
      );
    }
    buckets.set(key, { left: left - 1, at });
  }

  return {
    take(actor) {
      let allowance = 0;
      for (const role of actor.roles) allowance = Math.max(allowance, limits.byRole[role]?.actor ?? limits.perActor);
      spend(`${actor.kind}:${actor.id}`, allowance || limits.perActor);
      for (const role of actor.roles) {
        const total = limits.byRole[role]?.total;
        if (total) spend(`role:${role}`, total);
      }
    },
    takeAnonymous: (address) => spend(`address:${address}`, limits.anonymous),
  };
}

/** RATE_LIMITED, with status 429 and the header Retry-After. */
export function rateLimited(message: string, limit: string, max: number, retryAfterMs: number): GraphQLError {
  const headers = new HeaderMap([['retry-after', String(Math.ceil(retryAfterMs / 1000))]]);
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', limit, max, retryAfterMs, http: { status: 429, headers } } });
}
