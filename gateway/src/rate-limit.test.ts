// Token buckets by an injected clock.

import type { Actor, Role } from '@customer360/kernel/actor';
import { expect, test } from '@jest/globals';
import { createRateLimiter } from './rate-limit.ts';

const actor = (id: string, ...roles: Role[]): Actor => ({ kind: 'STAFF', id, roles });
const limited = expect.objectContaining({ extensions: expect.objectContaining({ code: 'RATE_LIMITED' }) });

test('an allowance is a burst of a minute, refills steadily, and says when the next request may come', () => {
  let now = 0;
  const limiter = createRateLimiter({ perActor: 60, anonymous: 1, byRole: {} }, () => now);
  const rep = actor('a', 'sales_rep');
  for (let i = 0; i < 60; i++) limiter.take(rep);
  expect(() => limiter.take(rep)).toThrow(
    expect.objectContaining({ extensions: expect.objectContaining({ retryAfterMs: 1_000, max: 60 }) }),
  );
  expect(() => limiter.take(actor('b', 'sales_rep'))).not.toThrow();
  now += 999;
  expect(() => limiter.take(rep)).toThrow(limited);
  now += 1;
  limiter.take(rep);
  expect(() => limiter.take(rep)).toThrow(limited);
  now += 3_600_000;
  for (let i = 0; i < 60; i++) limiter.take(rep);
  expect(() => limiter.take(rep)).toThrow(limited);
});

test('a role has its own allowance per actor, the most generous role counts, and a total for all its actors', () => {
  const limiter = createRateLimiter(
    { perActor: 2, anonymous: 1, byRole: { integration: { actor: 5 }, customer: { actor: 1, total: 3 } } },
    () => 0,
  );
  for (let i = 0; i < 5; i++) limiter.take(actor('i', 'sales_rep', 'integration'));
  expect(() => limiter.take(actor('i', 'sales_rep', 'integration'))).toThrow(limited);
  for (const id of ['x', 'y', 'z']) limiter.take(actor(id, 'customer'));
  expect(() => limiter.take(actor('w', 'customer'))).toThrow(limited);
  limiter.takeAnonymous('192.0.2.1');
  expect(() => limiter.takeAnonymous('192.0.2.1')).toThrow(limited);
  limiter.takeAnonymous('192.0.2.2');
});
