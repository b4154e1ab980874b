// The outbox and its relay on real Postgres and real Kafka: committed means published, once per position and in order per key; a refusal or
// a crash publishes nothing.
import { randomUUID } from 'node:crypto';
import { createProducer, type KafkaRecord } from '@customer360/kernel/kafka';
import { isProblem, problem } from '@customer360/kernel/problem';
import { type Relay, startRelay } from '@customer360/kernel/relay';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { readTopic, stack } from '../support/stack.ts';
import { type Engine, engine, until } from './engine.ts';

let it: Engine;
const relays: Relay[] = [];
beforeAll(async () => {
  it = await engine();
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await it.ctx.db.query('clear', sql`truncate outbox, aggregate, thing, idempotency`);
});
afterAll(() => it.close());

const happen = (key: string, n: number, fail?: 'problem' | 'throw') =>
  transact(it.ctx, { lock: [key] }, async (tx) => {
    await tx.query('insertThing', sql`insert into thing (id, customer_id, rank) values (${randomUUID()}, ${key}, ${n})`);
    tx.emit({ type: 'crm.test.thing-happened.v1', key, data: { n } });
    if (fail === 'problem') return problem('NotNow', 'not now');
    if (fail === 'throw') throw new Error('crash');
    return { id: key };
  });

const outbox = () =>
  it.ctx.db.query<{ key: string; headers: Record<string, string>; payload: string }>(
    'readOutbox',
    sql`select key, headers, payload from outbox order by position`,
  );

/** A relay into memory: what it would have sent, in order. */
function relayTo(sent: KafkaRecord[], options: { batch?: number; failEvery?: number; settleMs?: number } = {}): Relay {
  let sends = 0;
  const relay = startRelay({
    databaseUrl: it.url,
    name: 'test',
    log: it.ctx.log,
    batch: options.batch,
    settleMs: options.settleMs,
    producer: {
      async send(records) {
        if (options.failEvery && ++sends % options.failEvery === 0) {
          sent.push(...records.slice(0, 1)); // a broker that took a part before the connection broke
          throw new Error('broker gone');
        }
        sent.push(...records);
      },
    },
  });
  relays.push(relay);
  return relay;
}

test('a refusal and a crash leave neither row nor event', async () => {
  const key = randomUUID();
  expect(isProblem(await happen(key, 1, 'problem'))).toBe(true);
  await expect(happen(key, 1, 'throw')).rejects.toThrow('crash');
  expect(await outbox()).toEqual([]);
  expect(await it.ctx.db.query('count', sql`select 1 from thing`)).toEqual([]);
  await happen(key, 1);
  expect((await outbox()).map((row) => row.headers.ce_sequence)).toEqual(['1']);
});

test('an event that breaks its contract rolls the change back, and its message carries no value', async () => {
  const bad = transact(it.ctx, {}, async (tx) => {
    tx.emit({ type: 'crm.test.thing-happened.v1', key: 'k', data: { n: 'a secret', more: 1 } });
    return { id: 'k' };
  });
  await expect(bad).rejects.toThrow(/breaks its contract/);
  await expect(bad).rejects.not.toThrow(/a secret/);
  expect(await outbox()).toEqual([]);
});

test('under concurrent writers every key is numbered 1..n and published in that order, through failures of the broker', async () => {
  const keys = Array.from({ length: 7 }, () => randomUUID());
  const sent: KafkaRecord[] = [];
  const relay = relayTo(sent, { batch: 13, failEvery: 5 });
  await Promise.all(
    Array.from({ length: 16 }, async (_, writer) => {
      for (let n = 0; n < 25; n++) {
        await happen(keys[(writer * 31 + n * 17) % keys.length]!, n);
        relay.wake();
      }
    }),
  );
  await until(async () => (await outbox()).length === 0, 30_000);
  const seen = new Map<string, number>();
  let repeats = 0;
  for (const { key, headers } of sent) {
    const sequence = Number(headers.ce_sequence);
    const last = seen.get(key) ?? 0;
    if (sequence <= last) repeats++;
    else {
      expect(sequence).toBe(last + 1);
      seen.set(key, sequence);
    }
  }
  expect([...seen.values()].reduce((a, b) => a + b, 0)).toBe(400);
  expect(repeats).toBeGreaterThan(0);
});

test('of two relays one leads, and the other takes over when it goes', async () => {
  const first: KafkaRecord[] = [];
  const second: KafkaRecord[] = [];
  const a = relayTo(first);
  await until(() => a.leading());
  const b = relayTo(second);
  await happen('k', 1);
  await until(() => first.length === 1);
  expect(b.leading()).toBe(false);
  await a.stop();
  await happen('k', 2);
  await until(() => second.length === 1);
  expect(b.leading()).toBe(true);
});

test('an idempotency key makes one row of many calls at once, and refuses other input', async () => {
  const create = (key: string, n: number) =>
    transact(it.ctx, { once: { key, operation: 'createThing', input: { n }, replay: async (_tx, id) => ({ id }) } }, async (tx) => {
      const id = randomUUID();
      await tx.query('insertThing', sql`insert into thing (id, rank) values (${id}, ${n})`);
      tx.emit({ type: 'crm.test.thing-happened.v1', key: id, data: { n } });
      return { id };
    });
  const made = await Promise.all(Array.from({ length: 8 }, () => create('same', 1)));
  expect(new Set(made.map((row) => (row as { id: string }).id)).size).toBe(1);
  expect(await outbox()).toHaveLength(1);
  await expect(create('same', 2)).rejects.toMatchObject({ extensions: { code: 'IDEMPOTENCY_KEY_REUSED' } });
});

test('through real Kafka: records arrive in order with CloudEvents headers, tombstones too', async () => {
  const topic = `kernel-test-${randomUUID()}`;
  const admin = new Kafka({ brokers: stack().kafka.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: stack().topicPrefix + topic, numPartitions: 3 }], waitForLeaders: true });
  const producer = createProducer({
    brokers: stack().kafka.split(','),
    prefix: stack().topicPrefix,
    clientId: 'kernel-test',
    log: it.ctx.log,
  });
  const relay = startRelay({ databaseUrl: it.url, name: 'test', log: it.ctx.log, producer });
  relays.push(relay);
  for (let n = 1; n <= 5; n++) {
    await transact(it.ctx, { lock: ['k'] }, async (tx) => {
      tx.emit({ type: 'crm.test.thing-happened.v1', key: 'k', data: { n } });
      tx.state({ topic, type: 'crm.test.thing-state.v1', key: 'k', version: 'aggregate', data: n === 5 ? null : { n } });
      return { id: 'k' };
    });
  }
  // The fact topic of a service called "test" does not exist, so nothing may pass it in silence: make it, and the relay goes on.
  await admin.createTopics({ topics: [{ topic: `${stack().topicPrefix}crm.test.events.v1`, numPartitions: 3 }], waitForLeaders: true });
  const read = await readTopic(topic, { untilCount: 5, withinMs: 20_000 });
  const versions = [...new Set(read.map((record) => Number(record.headers.ce_sequence)))];
  expect(versions).toEqual([1, 2, 3, 4, 5]);
  expect(read.at(-1)!.data).toBeNull();
  expect(read[0]!.headers).toMatchObject({
    ce_specversion: '1.0',
    ce_type: 'crm.test.thing-state.v1',
    ce_source: '/customer360/test',
    ce_subject: 'k',
    actor: 'SYSTEM:system',
  });
  await until(async () => (await outbox()).length === 0);
  await relay.stop();
  await producer.close();
  await admin.deleteTopics({ topics: [stack().topicPrefix + topic, `${stack().topicPrefix}crm.test.events.v1`] });
  await admin.disconnect();
}, 60_000);

test('an append-only table refuses UPDATE, DELETE and TRUNCATE, even from its owner', async () => {
  await it.ctx.db.query('insertLedger', sql`insert into ledger values ('first')`);
  for (const statement of [sql`update ledger set entry = 'x'`, sql`delete from ledger`, sql`truncate ledger`]) {
    await expect(it.ctx.db.query('tamper', statement)).rejects.toThrow(/append-only/);
  }
});

test('a new leader publishes the states that it took over once more, so that a late request of the former one does not stand last', async () => {
  const state = (key: string, n: number) =>
    transact(it.ctx, { lock: [key] }, async (tx) => {
      tx.emit({ type: 'crm.test.thing-happened.v1', key, data: { n } });
      tx.state({ topic: 'crm.test.state.v1', type: 'crm.test.thing-state.v1', key, version: 'aggregate', data: { n } });
      return { id: key };
    });
  const [taken, later] = [randomUUID(), randomUUID()];
  await state(taken, 1);
  const sent: KafkaRecord[] = [];
  relayTo(sent, { settleMs: 1_000 });
  await until(() => sent.length === 2);
  await state(taken, 2);
  await until(() => sent.length === 4);
  await until(() => sent.length === 5);
  expect(sent.at(-1)).toMatchObject({ topic: 'crm.test.state.v1', key: taken, value: JSON.stringify({ n: 2 }) });
  await state(later, 3);
  await until(() => sent.length === 7);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(sent).toHaveLength(7);
});
