// Two ways in which a parked key could hang for ever, found by killing processes: facts that a handler passes over while it parks an earlier
// one of the same key, and more parked events than one replay takes.
import { applyBatch, drainParked, MAX_BATCH, type Subscription } from '@customer360/kernel/consumer';
import type { ConsumedRecord } from '@customer360/kernel/kafka';
import { sql } from '@customer360/kernel/sql';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Engine, engine } from './engine.ts';

let it: Engine;
let known = false;
const handled: number[] = [];
/** Like a projection that cares for even numbers only, and does not know the customer at first. */
const handle: Subscription['handle'] = async (_tx, events) => {
  const mine = events.filter((event) => event.data.n % 2 === 0);
  if (!known) return mine.map((event) => ({ event, reason: 'UNKNOWN_CUSTOMER' }));
  handled.push(...mine.map((event) => event.data.n as number));
};
const subscriptions: Subscription[] = [
  { topic: 'facts', from: 'facts', handle },
  { topic: 'inbound', from: 'inbound', handle },
];
const record = (topic: string, n: number): ConsumedRecord => ({
  topic,
  partition: 0,
  offset: BigInt(n),
  key: 'a',
  value: JSON.stringify({ n }),
  headers: {
    ce_id: `event-${n}`,
    ce_type: topic === 'facts' ? 'crm.test.thing-happened.v1' : 'other.thing-came.v1',
    ...(topic === 'facts' && { ce_sequence: String(n) }),
  },
});
const apply = (topic: string, numbers: number[]) =>
  applyBatch(
    it.ctx,
    subscriptions,
    numbers.map((n) => record(topic, n)),
  );
const due = () => it.ctx.db.query('due', sql`update parked set retry_at = now()`);
const left = async () => (await it.ctx.db.query('readParked', sql`select 1 from parked`)).length;

beforeAll(async () => {
  it = await engine();
});
afterEach(async () => {
  known = false;
  handled.length = 0;
  await it.ctx.db.query('clear', sql`truncate parked, consumer_seen, consumer_inbox, consumer_offset`);
});
afterAll(() => it.close());

test('a fact that the handler passes over waits behind a parked one of its key, and its sequence is not missed afterwards', async () => {
  await apply('facts', [1, 2, 3]);
  await apply('facts', [4, 5]);
  known = true;
  await due();
  await drainParked(it.ctx, subscriptions);
  await apply('facts', [6]);
  expect(handled).toEqual([2, 4, 6]);
  expect(await left()).toBe(0);
});

test('more parked events of one key than a replay takes at once drain in order', async () => {
  const all = Array.from({ length: MAX_BATCH + 40 }, (_, i) => (i + 1) * 2);
  for (let from = 0; from < all.length; from += 100) await apply('inbound', all.slice(from, from + 100));
  expect(await left()).toBe(all.length);
  known = true;
  await due();
  expect(await drainParked(it.ctx, subscriptions)).toBe(MAX_BATCH);
  expect(await drainParked(it.ctx, subscriptions)).toBe(40);
  expect(handled).toEqual(all);
  expect(await left()).toBe(0);
});
