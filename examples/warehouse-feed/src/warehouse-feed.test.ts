// The warehouse under the test kit (no broker), and once as a process against the real one: what the graph says is what the star says.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EventData } from '@customer360/events/handlers';
import { inTransaction } from '@customer360/events/store';
import { record, recording, replayRecorded } from '@customer360/events/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmptyDatabase, emptyDatabase } from '../../../tests/support/empty-database.ts';
import { must, stack } from '../../../tests/support/stack.ts';
import { warehouseFeed } from './feed.ts';
import { clearLanding, openStar, TABLES } from './star.ts';

let database: EmptyDatabase;
let past: ReturnType<typeof record>[];
beforeEach(async () => {
  database = await emptyDatabase();
  await database.pool.query(TABLES);
  past = [];
});
afterEach(() => database.close());

async function deliver(...news: ReturnType<typeof record>[]): Promise<void> {
  past.push(...news);
  const { parked } = await replayRecorded({
    name: 'feed',
    handlers: warehouseFeed(),
    database: database.pool,
    recording: recording(...past),
  });
  expect(parked).toEqual([]);
}
const open = () => inTransaction(database.pool, openStar);
const star = async (table = 'dim_customer') => (await database.pool.query(`select * from star.${table} order by customer_id`)).rows;
const ids = async (table?: string) => (await star(table)).map((row) => row.customer_id);

type State = EventData['crm.customer.customer-state.v1'];
const customer = (id: string, version: number, more: Partial<State> = {}) =>
  record('crm.customer.customer-state.v1', id, version, {
    customerId: id,
    type: 'individual',
    displayName: 'Ada Example',
    status: 'active',
    source: 'web',
    externalId: null,
    email: 'ada@example.com',
    phone: null,
    ownerId: null,
    parentId: null,
    mergedInto: null,
    redirectVersion: 0,
    deletedAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    createdByKind: 'STAFF',
    account: null,
    defaultAddresses: [],
    initialStage: null,
    ...more,
  } as State);
const restricted = (id: string, version: number, processingRestricted: boolean) =>
  record('crm.compliance.compliance-state.v1', id, version, { customerId: id, processingRestricted, doNotProcess: false, consents: [] });
const active = (id: string, version: number, count30d: number) =>
  record('crm.interaction.interaction-state.v1', id, version, { customerId: id, lastInteractionAt: null, count30d, openActivities: 0 });

test('nobody enters before everything was read; then the star is complete and without restricted customers', async () => {
  await deliver(customer('a', 1), customer('b', 1), active('a', 1, 3), active('b', 1, 4));
  expect(await ids()).toEqual([]);
  await deliver(restricted('b', 1, true));
  await open();
  expect([await ids(), await ids('fact_activity')]).toEqual([['a'], ['a']]);
});

test('[Right to Restriction] a restriction takes a customer out of every table at once, and its lifting brings them back', async () => {
  await open();
  await deliver(customer('a', 1), active('a', 1, 3));
  expect(await ids('fact_activity')).toEqual(['a']);
  await deliver(restricted('a', 1, true));
  expect([await ids(), await ids('fact_activity')]).toEqual([[], []]);
  await deliver(active('a', 2, 5)); // what happens meanwhile is stored, not shown
  expect(await ids('fact_activity')).toEqual([]);
  await deliver(restricted('a', 2, false));
  expect(await star('fact_activity')).toMatchObject([{ customer_id: 'a', interactions_30d: 5 }]);
});

test('deleted and merged customers leave the star, an erased one is forgotten, and no personal value is anywhere', async () => {
  await open();
  await deliver(customer('a', 1), customer('b', 1), customer('c', 1), customer('d', 1));
  await deliver(
    customer('a', 2, { deletedAt: '2026-02-01T00:00:00.000Z', status: 'deleted' }),
    customer('b', 2, { mergedInto: 'd' }),
    record('crm.customer.customer-state.v1', 'c', 2, null),
  );
  expect(await ids()).toEqual(['d']);
  const { rows } = await database.pool.query('select * from landing.customer order by customer_id');
  expect(rows.map((row) => row.customer_id)).toEqual(['a', 'b', 'd']);
  expect(JSON.stringify([rows, await star()])).not.toMatch(/Ada|example\.com/);
});

test('a rebuild from zero gives the same star, keeps the old one readable meanwhile, and honours a restriction on the way', async () => {
  await open();
  await deliver(customer('a', 1), customer('b', 1), active('a', 1, 3), active('b', 1, 2), restricted('b', 1, false));
  const before = await Promise.all(['dim_customer', 'fact_activity', 'fact_lifecycle'].map(star));
  await inTransaction(database.pool, async (tx) => {
    await clearLanding(tx);
    await tx.query('delete from customer360.seen');
    await tx.query('update customer360.position set next_offset = 0');
  });
  expect(await ids()).toEqual(['a', 'b']);
  await deliver();
  expect(await Promise.all(['dim_customer', 'fact_activity', 'fact_lifecycle'].map(star))).toEqual(before);
  await open();
  expect(await Promise.all(['dim_customer', 'fact_activity', 'fact_lifecycle'].map(star))).toEqual(before);

  await inTransaction(database.pool, clearLanding);
  await deliver(restricted('b', 2, true));
  expect(await ids()).toEqual(['a']);
});

test('as a process against the stack: what the graph says is what the star says, also after a rebuild', async () => {
  const name = `Warehouse ${randomUUID()}`;
  const input = { type: 'ORGANIZATION', displayName: name, ownerId: null, source: 'WEB' };
  const { createCustomer } = await must(
    'admin',
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }',
    {
      input,
    },
  );
  const run = async (...args: string[]) => {
    const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
    const flags = ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      KAFKA_BROKERS: stack().kafka,
      TOPIC_PREFIX: stack().topicPrefix,
      EXIT_WITH_PARENT: '1',
    };
    const child = spawn(process.execPath, [...flags, entry, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const [line] = await Promise.race([
        once(createInterface({ input: child.stdout }), 'line'),
        once(child, 'exit').then(([code]) => Promise.reject(new Error(`the feed ended with ${code}`))),
      ]);
      expect(JSON.parse(line)).toMatchObject({ complete: true });
    } finally {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    return (await star()).find((row) => row.customer_id === createCustomer.id);
  };
  expect(await run()).toMatchObject({ type: 'organization', source: 'web', owner_id: null });
  await database.pool.query(`update star.dim_customer set type = 'spoilt'`);
  expect(await run('--rebuild')).toMatchObject({ type: 'organization', source: 'web', owner_id: null });
}, 120_000);
