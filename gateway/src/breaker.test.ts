// The breaker by an injected clock: opens at once for a frozen service, not for one slow request beside good ones; probes; backs off.
import { expect, test } from '@jest/globals';
import { createBreaker } from './breaker.ts';

function world() {
  let time = 0;
  const breaker = createBreaker(() => time);
  return { breaker, pass: (ms: number) => (time += ms) };
}

test('the first failure opens it when nobody was answered since that request began', () => {
  const { breaker, pass } = world();
  const ticket = breaker.enter()!;
  pass(2_000);
  ticket.failed();
  expect(breaker.state()).toBe('open');
  expect(breaker.enter()).toBeNull();
});

test('one slow request among answered ones does not open it, five failures in a row do', () => {
  const { breaker, pass } = world();
  const slow = Array.from({ length: 5 }, () => breaker.enter()!);
  pass(10);
  breaker.enter()!.answered();
  for (const ticket of slow.slice(0, 4)) ticket.failed();
  expect(breaker.state()).toBe('closed');
  slow[4]!.failed();
  expect(breaker.state()).toBe('open');
});

test('after the pause exactly one request probes; its answer closes, its failure doubles the pause up to 4 s', () => {
  const { breaker, pass } = world();
  breaker.enter()!.failed();
  for (const pause of [500, 1_000, 2_000, 4_000, 4_000]) {
    pass(pause - 1);
    expect(breaker.enter()).toBeNull();
    pass(1);
    const probe = breaker.enter()!;
    expect(breaker.state()).toBe('half-open');
    expect(breaker.enter()).toBeNull();
    probe.failed();
    expect(breaker.state()).toBe('open');
  }
  pass(4_000);
  breaker.enter()!.answered();
  expect(breaker.state()).toBe('closed');
  breaker.enter()!.failed();
  pass(500);
  expect(breaker.enter()).not.toBeNull();
});

test('many requests that fail together are one outage', () => {
  const { breaker, pass } = world();
  const tickets = Array.from({ length: 50 }, () => breaker.enter()!);
  pass(2_000);
  for (const ticket of tickets) ticket.failed();
  pass(500);
  expect(breaker.enter()).not.toBeNull();
});
