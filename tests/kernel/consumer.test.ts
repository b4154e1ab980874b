// The consumer's promises on real Postgres: exactly once in effect, poison parks its key and nothing else, order is kept through replay.
import { randomUUID } from 'node:crypto';
import { applyBatch, drainParked, type Received, type Subscription, wakeParked } from '@customer360/kernel/consumer';
import type { ConsumedRecord } from '@customer360/kernel/kafka';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Engine, engine } from './engine.ts';

let it: Engine;
beforeAll(async () => {
  it = await engine();
});
afterEach(() => it.ctx.db.query('clear', sql`truncate outbox, aggregate, thing, parked, consumer_seen, consumer_inbox, consumer_offset`));
afterAll(() => it.close());

let refuse: (event: Received) => 'park' | 'throw' | undefined = () => undefined;
const applied: string[] = [];

/** Writes what it was given, so that the table is the proof. */
const handle: Subscription['handle'] = async (tx: Tx, events) => {
  const parked = events.filter((event) => refuse(event) === 'park');
  for (const event of events.filter((e) => !parked.includes(e))) {
    if (refuse(event) === 'throw') throw new Error('poison');
    await tx.query('insertThing', sql`insert into thing (id, customer_id, rank) values (${randomUUID()}, ${event.key}, ${event.data.n})`);
    applied.push(`${event.key}:${event.data.n}`);
  }
  return parked.map((event) => ({ event, reason: 'UNKNOWN_CUSTOMER' }));
};
const subscriptions: Subscription[] = [
  { topic: 'facts', from: 'facts', handle },
  { topic: 'inbound', from: 'inbound', handle },
];

const record = (topic: string, key: string, n: number, offset: number, more: Partial<ConsumedRecord> = {}): ConsumedRecord => ({
  topic,
  partition: 0,
  offset: BigInt(offset),
  key,
  value: JSON.stringify({ n, fieldOfTheFuture: true }),
  headers: {
    ce_id: `${key}-${n}`,
    ce_type: topic === 'facts' ? 'crm.test.thing-happened.v1' : 'other.thing-came.v1',
    ...(topic === 'facts' && { ce_sequence: String(n) }),
  },
  ...more,
});
const rows = async (key: string) =>
  (await it.ctx.db.query<{ rank: number }>('readThings', sql`select rank from thing where customer_id = ${key} order by rank`)).map(
    (row) => row.rank,
  );
const parked = () => it.ctx.db.query<{ key: string; reason: string }>('readParked', sql`select key, reason from parked order by id`);
const apply = (...records: ConsumedRecord[]) => applyBatch(it.ctx, subscriptions, records);
const replay = async (key: string) => {
  await it.ctx.db.query('due', sql`update parked set retry_at = now() where key = ${key}`);
  return drainParked(it.ctx, subscriptions);
};

test('the same records delivered again, by offset or anew, change nothing', async () => {
  await apply(record('facts', 'a', 1, 0), record('facts', 'a', 2, 1), record('facts', 'b', 1, 2));
  await apply(record('facts', 'a', 2, 1), record('facts', 'b', 1, 2), record('facts', 'b', 2, 3));
  await apply(record('facts', 'a', 1, 4), record('facts', 'a', 2, 5), record('facts', 'b', 2, 6));
  expect(await rows('a')).toEqual([1, 2]);
  expect(await rows('b')).toEqual([1, 2]);
  await apply(record('inbound', 'a', 7, 0), record('inbound', 'a', 7, 1));
  await apply(record('inbound', 'a', 7, 2));
  expect(await rows('a')).toEqual([1, 2, 7]);
});

test('a member that was paused and wakes late applies nothing twice', async () => {
  const batch = [record('facts', 'a', 1, 0), record('facts', 'a', 2, 1)];
  await Promise.all([apply(...batch), apply(...batch), apply(...batch)]);
  expect(await rows('a')).toEqual([1, 2]);
});

test('a poison event parks its key; the key waits in order, the others pass, and a replay drains it', async () => {
  refuse = (event) => (event.key === 'bad' && event.data.n === 2 ? 'throw' : undefined);
  await apply(...[1, 2, 3].flatMap((n, i) => [record('facts', 'bad', n, i * 2), record('facts', 'good', n, i * 2 + 1)]));
  await apply(record('facts', 'bad', 4, 6));
  expect(await rows('good')).toEqual([1, 2, 3]);
  expect(await rows('bad')).toEqual([1]);
  expect((await parked()).map((row) => row.reason)).toEqual(['FAILED', 'BEHIND', 'BEHIND']);
  expect(await replay('bad')).toBe(0);
  expect(await rows('bad')).toEqual([1]);
  refuse = () => undefined;
  applied.length = 0;
  expect(await replay('bad')).toBe(3);
  expect(applied).toEqual(['bad:2', 'bad:3', 'bad:4']);
  expect(await parked()).toEqual([]);
  await apply(record('facts', 'bad', 5, 7));
  expect(await rows('bad')).toEqual([1, 2, 3, 4, 5]);
});

test('a gap in a key alarms and parks; the missing event heals it', async () => {
  await apply(record('facts', 'a', 1, 0), record('facts', 'a', 3, 1), record('facts', 'a', 4, 2));
  expect(await rows('a')).toEqual([1]);
  expect((await parked()).map((row) => row.reason)).toEqual(['GAP', 'GAP']);
  await apply(record('facts', 'a', 2, 3));
  await drainParked(it.ctx, subscriptions);
  expect(await rows('a')).toEqual([1, 2, 3, 4]);
  expect(await parked()).toEqual([]);
});

test('an event for a customer not yet known waits, and comes through when the directory hears of it', async () => {
  let known = false;
  refuse = () => (known ? undefined : 'park');
  await apply(record('inbound', 'new', 1, 0), record('inbound', 'new', 2, 1));
  await apply(record('inbound', 'new', 3, 2), record('inbound', 'new', 1, 3));
  expect(await rows('new')).toEqual([]);
  known = true;
  await it.ctx.db.dataSource.transaction(async (manager) => {
    const { openTx } = await import('@customer360/kernel/transact');
    await wakeParked(openTx(it.ctx, it.ctx.actor, manager).tx, ['new']);
  });
  await drainParked(it.ctx, subscriptions);
  expect(await rows('new')).toEqual([1, 2, 3]);
  refuse = () => undefined;
});

test('what is not an event, not JSON or not its contract is parked with the reason, never lost', async () => {
  await apply(
    record('inbound', 'x', 1, 0, { headers: {} }),
    record('inbound', 'y', 1, 1, { value: '{' }),
    record('inbound', 'z', 1, 2, { value: '{"n":"one"}' }),
    record('inbound', 'ok', 1, 3),
  );
  expect((await parked()).map((row) => [row.key, row.reason])).toEqual([
    ['x', 'INVALID'],
    ['y', 'INVALID'],
    ['z', 'INVALID'],
  ]);
  expect(await rows('ok')).toEqual([1]);
});

test('rows and offset are one: when the transaction fails, both stay where they were', async () => {
  const failing: Subscription[] = [
    {
      topic: 'facts',
      from: 'facts',
      handle: async (tx, events, ctx) => {
        await handle(tx, events, ctx);
        throw Object.assign(new Error('connection lost'), { code: '57P01' });
      },
    },
  ];
  await expect(applyBatch(it.ctx, failing, [record('facts', 'a', 1, 0)])).rejects.toThrow('connection lost');
  expect(await rows('a')).toEqual([]);
  expect(await it.ctx.db.query('offsets', sql`select 1 from consumer_offset`)).toEqual([]);
  await apply(record('facts', 'a', 1, 0));
  expect(await rows('a')).toEqual([1]);
});
