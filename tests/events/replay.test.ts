// The SDK's promises one by one, by its own test kit: recorded topics through real Postgres, no broker. (events.md, "The consumer")
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { handlers } from '@customer360/events/handlers';
import { performNext } from '@customer360/events/outside';
import { drainParked, parkedKeys, replayParked } from '@customer360/events/parking';
import { record, recording, replayRecorded } from '@customer360/events/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.ts';

let database: EmptyDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
  await database.pool.query('create table told (consumer text, key text, sequence int, what text)');
});
afterAll(() => database.close());

const name = () => `test-${randomUUID()}`;
const told = async (consumer: string): Promise<string[]> =>
  (await database.pool.query('select * from told where consumer = $1 order by ctid', [consumer])).rows.map(
    (row) => `${row.key}${row.sequence} ${row.what}`,
  );
const revoked = (key: string, sequence: number) =>
  record('crm.compliance.consent-revoked.v1', key, sequence, {
    consentRecordId: randomUUID(),
    consentType: 'marketing_email',
    legalBasis: 'consent',
    occurredAt: '2026-03-02T10:00:00.000Z',
  });
const state = (key: string, sequence: number, processingRestricted = false) =>
  record('crm.compliance.compliance-state.v1', key, sequence, { customerId: key, processingRestricted, doNotProcess: false, consents: [] });
const tombstone = (key: string, sequence: number) => record('crm.compliance.compliance-state.v1', key, sequence, null);

/** Writes down what it hears; `poison` keys are refused while they are in the set. */
const listener = (consumer: string, poison: ReadonlySet<string> = new Set()) =>
  handlers()
    .on('crm.compliance.consent-revoked.v1', async (event, tx) => {
      if (poison.has(event.key)) throw new Error(`cannot take ${event.key}`);
      await tx.query('insert into told values ($1, $2, $3, $4)', [consumer, event.key, event.sequence, event.data.consentType]);
    })
    .onBatch('crm.compliance.compliance-state.v1', async (events, tx) => {
      await tx.query(
        'insert into told select $1, key, sequence, what from unnest($2::text[], $3::int[], $4::text[]) as t(key, sequence, what)',
        [consumer, events.map((e) => e.key), events.map((e) => e.sequence), events.map((e) => (e.data === null ? 'forgotten' : 'state'))],
      );
    });

test('a first start takes the newest state of each key, then exactly the facts that it does not contain', async () => {
  const consumer = name();
  const records = recording(
    revoked('a', 1),
    revoked('a', 2),
    state('a', 2),
    revoked('a', 3),
    state('b', 7),
    state('b', 8),
    revoked('b', 8),
    revoked('c', 1),
  );
  const { parked } = await replayRecorded({ name: consumer, handlers: listener(consumer), database: database.pool, recording: records });
  expect(await told(consumer)).toEqual(['a2 state', 'b8 state', 'a3 marketing_email', 'c1 marketing_email']);
  expect(parked).toEqual([]);
});

test('whoever was there all the time hears every fact, though the state on the other topic is ahead', async () => {
  const consumer = name();
  const records = recording(state('a', 2), revoked('a', 1), revoked('a', 2));
  await replayRecorded({ name: consumer, handlers: listener(consumer), database: database.pool, recording: records, as: 'follow' });
  expect(await told(consumer)).toEqual(['a2 state', 'a1 marketing_email', 'a2 marketing_email']);
});

test('a tombstone reaches the handler as null, and an older state record never undoes a newer one', async () => {
  const consumer = name();
  const records = recording(state('a', 1), revoked('x', 1), tombstone('a', 2), revoked('x', 2), state('a', 1), tombstone('a', 2));
  await replayRecorded({ name: consumer, handlers: listener(consumer), database: database.pool, recording: records, as: 'follow' });
  expect((await told(consumer)).filter((line) => line.startsWith('a'))).toEqual(['a1 state', 'a2 forgotten']);
});

test('whatever is repeated, and wherever the process dies, each fact has its effect once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('k', 'l', 'm'), { minLength: 1, maxLength: 25 }),
      fc.array(fc.nat(24), { maxLength: 10 }),
      fc.nat(30),
      async (keys, repeats, crashAfter) => {
        const consumer = name();
        const counts = new Map<string, number>();
        const facts = keys.map((key) => {
          counts.set(key, (counts.get(key) ?? 0) + 1);
          return revoked(key, counts.get(key)!);
        });
        // A relay that lost its acknowledgement publishes a stretch of the past again, later.
        const published = [...facts];
        for (const from of repeats) published.push(...facts.slice(Math.min(from, facts.length - 1)));
        const records = recording(...published);
        const replay = (some: typeof records) =>
          replayRecorded({ name: consumer, handlers: listener(consumer), database: database.pool, recording: some, as: 'follow' });
        await replay(records.slice(0, crashAfter));
        await replay(records); // the broker delivers from an old offset: the stored position decides
        for (const [key, count] of counts) {
          const lines = (await told(consumer)).filter((line) => line.startsWith(key));
          expect(lines).toEqual(Array.from({ length: count }, (_, i) => `${key}${i + 1} marketing_email`));
        }
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

test('a poison event parks its key and no other; replay applies the key in order', async () => {
  const consumer = name();
  const poison = new Set(['p']);
  const once = listener(consumer, poison);
  const records = recording(revoked('a', 1), revoked('p', 1), revoked('a', 2), revoked('p', 2), revoked('b', 1));
  const { parked } = await replayRecorded({ name: consumer, handlers: once, database: database.pool, recording: records, as: 'follow' });
  expect((await told(consumer)).sort()).toEqual(['a1 marketing_email', 'a2 marketing_email', 'b1 marketing_email']);
  expect(parked).toMatchObject([{ key: 'p', events: 2, reason: 'FAILED', detail: 'cannot take p' }]);

  const applying = { name: consumer, handlers: once, database: database.pool, log: () => {} };
  await replayParked(database.pool, consumer);
  expect(await drainParked(applying)).toBe(0); // still poison: it stays, in order
  expect(await parkedKeys(database.pool, consumer)).toMatchObject([{ key: 'p', events: 2 }]);
  poison.clear();
  expect(await replayParked(database.pool, consumer, 'crm.compliance.events.v1', 'p')).toBe(2);
  expect(await drainParked(applying)).toBe(2);
  expect((await told(consumer)).slice(-2)).toEqual(['p1 marketing_email', 'p2 marketing_email']);
});

test('a gap parks the key until the missing fact comes, or until somebody says that it is lost', async () => {
  const consumer = name();
  const once = listener(consumer);
  const run = (...some: ReturnType<typeof recording>) =>
    replayRecorded({ name: consumer, handlers: once, database: database.pool, recording: some, as: 'follow' });
  const [one, three, two, six] = recording(revoked('g', 1), revoked('g', 3), revoked('g', 2), revoked('g', 6));
  expect((await run(one!, three!)).parked).toMatchObject([{ key: 'g', reason: 'GAP' }]);
  expect((await run(two!)).parked).toEqual([]);
  expect(await told(consumer)).toEqual(['g1 marketing_email', 'g2 marketing_email', 'g3 marketing_email']);
  expect((await run(six!)).parked).toMatchObject([{ key: 'g', reason: 'GAP' }]);
  await replayParked(database.pool, consumer);
  expect(await drainParked({ name: consumer, handlers: once, database: database.pool, log: () => {} }, true)).toBe(1);
  expect((await told(consumer)).at(-1)).toBe('g6 marketing_email');
});

test('what is no event is parked as INVALID with a reason and without its content', async () => {
  const consumer = name();
  const [broken] = recording({ ...revoked('q', 1), value: '{"half' });
  const { parked } = await replayRecorded({ name: consumer, handlers: listener(consumer), database: database.pool, recording: [broken!] });
  expect(parked).toMatchObject([{ key: 'q', reason: 'INVALID', detail: 'the value is not JSON' }]);
});

test('an effect outside is performed in order per key, again after a failure with the same id, and not again after a rebuild', async () => {
  const consumer = name();
  const calls: string[] = [];
  let fail = true;
  const mails = handlers().outside('crm.compliance.consent-revoked.v1', async (event) => {
    calls.push(`${event.key}${event.sequence}`);
    if (event.key === 'a' && fail) throw new Error('the mail server is down');
  });
  const records = recording(revoked('a', 1), revoked('a', 2), revoked('b', 1));
  await replayRecorded({ name: consumer, handlers: mails, database: database.pool, recording: records, as: 'follow' });
  expect(calls).toEqual(['a1', 'b1']);
  fail = false;
  await sleep(300);
  while (await performNext({ name: consumer, handlers: mails, database: database.pool, log: () => {} }));
  expect(calls).toEqual(['a1', 'b1', 'a1', 'a2']);
  await database.pool.query('delete from customer360.position where consumer = $1', [consumer]);
  await database.pool.query('delete from customer360.seen where consumer = $1', [consumer]);
  await replayRecorded({ name: consumer, handlers: mails, database: database.pool, recording: records, as: 'follow' });
  expect(calls).toHaveLength(4);
});
