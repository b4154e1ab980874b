// The SDK against the real broker: bootstrap, following, two instances that share the work, one that is killed in the middle, and a rebuild while running.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { consume } from '@customer360/events';
import { handlers } from '@customer360/events/handlers';
import { record } from '@customer360/events/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { person, update } from '../support/customers.ts';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.ts';
import { eventually, stack } from '../support/stack.ts';

let database: EmptyDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
  await database.pool.query(`create table told (consumer text, key text, sequence int, type text, place bigserial);
    create table customer (consumer text, id text, version int, primary key (consumer, id))`);
});
afterAll(() => database.close());

const MEMBER = fileURLToPath(new URL('./member.ts', import.meta.url));
const options = () => ({ brokers: stack().kafka.split(','), topicPrefix: stack().topicPrefix, database: database.url, log: () => {} });

/** A process that consumes under this name, writing into the same two tables. */
const member = (name: string): ChildProcess =>
  spawn(
    process.execPath,
    ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', MEMBER],
    {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NAME: name,
        DATABASE_URL: database.url,
        KAFKA_BROKERS: stack().kafka,
        TOPIC_PREFIX: stack().topicPrefix,
      },
    },
  );

const sequences = async (name: string, key: string): Promise<number[]> =>
  (await database.pool.query('select sequence from told where consumer = $1 and key = $2 order by place', [name, key])).rows.map(
    (r) => r.sequence,
  );

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test('a consumer bootstraps from state, hands over to facts, rebuilds itself while it follows, and stops cleanly', async () => {
  const name = `sdk-${randomUUID()}`;
  const old = await person();
  const consumer = await consume({
    ...options(),
    name,
    handlers: handlers()
      .onBatch('crm.customer.customer-state.v1', async (events, tx) => {
        await tx.query(
          `insert into customer select $1, id, version from unnest($2::text[], $3::int[]) as s(id, version)
           on conflict (consumer, id) do update set version = excluded.version`,
          [name, events.map((e) => e.key), events.map((e) => e.sequence)],
        );
      })
      .on('crm.customer.customer-updated.v1', async ({ key, sequence, type }, tx) => {
        await tx.query('insert into told values ($1, $2, $3, $4)', [name, key, sequence, type]);
      }),
  });
  try {
    await consumer.ready;
    expect(consumer.running()).toBe(true);
    const held = async (id: string) =>
      (await database.pool.query('select version from customer where consumer = $1 and id = $2', [name, id])).rows[0]?.version;
    expect(await held(old.id)).toBe(1);

    const changed = await update('sales_manager', 'Customer', old, { displayName: `Changed ${randomUUID()}` });
    await eventually(async () => expect(await sequences(name, old.id)).toEqual([2]), { withinMs: 20_000 });
    await eventually(async () => expect(await held(old.id)).toBe(2), { withinMs: 20_000 });
    expect(changed.version).toBe(2);

    await database.pool.query('update customer set version = 999 where consumer = $1', [name]); // somebody spoilt the table
    await consumer.rebuild(async (tx) => void (await tx.query('delete from customer where consumer = $1', [name])));
    expect(await held(old.id)).toBe(2);
    expect(await sequences(name, old.id)).toEqual([2]); // the fact is in the state now: no news
  } finally {
    await consumer.stop();
  }
  expect(consumer.running()).toBe(false);
}, 90_000);

test('instances share the work; one killed with -9 and one stopped lose nothing and double nothing', async () => {
  const name = `sdk-${randomUUID()}`;
  const first = member(name);
  const second = member(name);
  const customers = await Promise.all(Array.from({ length: 6 }, () => person()));
  const rows = [...customers];
  const change = async () => {
    await Promise.all(
      rows.map(async (row, i) => {
        rows[i] = await update('sales_manager', 'Customer', row, { displayName: `Changed ${randomUUID()}` });
      }),
    );
  };
  const ends = [first, second].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  try {
    for (let round = 0; round < 4; round++) await change();
    await eventually(async () => expect(await sequences(name, rows[0].id)).toEqual(upTo(5)), { withinMs: 40_000 });
    first.kill('SIGKILL');
    for (let round = 0; round < 4; round++) await change();
    for (const { id } of rows)
      await eventually(async () => expect(await sequences(name, id)).toEqual(upTo(9)), { withinMs: 40_000, everyMs: 200 });
  } finally {
    first.kill('SIGKILL');
    second.kill('SIGTERM');
    expect(await Promise.all(ends)).toEqual([null, 0]);
  }
}, 120_000);

test('a consumer that cannot work is refused at the start, and says which option is wrong', async () => {
  const right = { ...options(), name: 'x', handlers: handlers().on('crm.customer.customer-created.v1', () => {}) };
  await expect(consume({ ...right, name: 'a/b' })).rejects.toThrow(/^name: /);
  await expect(consume({ ...right, brokers: [] })).rejects.toThrow(/^brokers: /);
  await expect(consume({ ...right, database: '' })).rejects.toThrow(/^database: /);
  await expect(consume({ ...right, handlers: handlers() })).rejects.toThrow(/^handlers: /);
});

test('a database restored from a backup reads on from its own position, although Kafka’s own offset is ahead', async () => {
  const name = `sdk-${randomUUID()}`;
  const start = () =>
    consume({
      ...options(),
      name,
      handlers: handlers().on('crm.customer.customer-updated.v1', async ({ key, sequence, type }, tx) => {
        await tx.query('insert into told values ($1, $2, $3, $4)', [name, key, sequence, type]);
      }),
    });
  const row = await person();
  await update('sales_manager', 'Customer', row, { displayName: `Changed ${randomUUID()}` });
  const before = await start();
  await eventually(async () => expect(await sequences(name, row.id)).toEqual([2]), { withinMs: 20_000 });
  await before.stop();
  for (const table of ['told', 'customer360.seen']) await database.pool.query(`delete from ${table} where consumer = $1`, [name]);
  await database.pool.query('update customer360.position set next_offset = 0 where consumer = $1', [name]);
  const after = await start();
  try {
    await after.ready;
    expect(await sequences(name, row.id)).toEqual([2]);
  } finally {
    await after.stop();
  }
}, 60_000);

test('what retention took from a topic is passed over; everything after it is told', async () => {
  const name = `sdk-${randomUUID()}`;
  const topicPrefix = `${stack().topicPrefix}${randomUUID()}.`;
  const kafka = new Kafka({ brokers: stack().kafka.split(','), logLevel: logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })];
  await Promise.all([admin.connect(), producer.connect()]);
  const topic = `${topicPrefix}crm.customer.events.v1`;
  const start = () =>
    consume({
      ...options(),
      name,
      topicPrefix,
      handlers: handlers().on('crm.customer.customer-updated.v1', async ({ key, sequence, type }, tx) => {
        await tx.query('insert into told values ($1, $2, $3, $4)', [name, key, sequence, type]);
      }),
    });
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await (await start()).stop(); // it was there once, and then away for longer than the topic keeps its records
    const data = { customerId: randomUUID(), version: 2, status: 'active' as const, changed: ['status'] };
    const messages = upTo(3).map((n) => {
      const { key, headers, value } = record('crm.customer.customer-updated.v1', 'k', n, data);
      return { key, headers: { ...headers }, value };
    });
    await producer.send({ topic, messages });
    await admin.fetchTopicOffsets(topic); // kafkajs looks for the leader in what it knows, and knows it from here
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    const back = await start();
    await eventually(async () => expect(await sequences(name, 'k')).toEqual([3]), { withinMs: 20_000 });
    await producer.send({ topic, messages: [{ ...messages[0]!, headers: { ...messages[0]!.headers, ce_id: 'four', ce_sequence: '4' } }] });
    await eventually(async () => expect(await sequences(name, 'k')).toEqual([3, 4]), { withinMs: 20_000 });
    await back.stop();
  } finally {
    await admin.deleteTopics({ topics: [topic] });
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}, 60_000);
