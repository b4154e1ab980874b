// The operator's command as an operator runs it, as a process against the running stack: what is on the topics, who is behind, a recording for the test
// kit, and a projection that is rebuilt while its service keeps answering.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { handlers } from '@customer360/events/handlers';
import { replayRecorded } from '@customer360/events/testing';
import { expect, test } from '@jest/globals';
import { contactOf, person, update } from '../support/customers.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { newCustomer } from '../support/interactions.ts';
import { database, eventually, must, publishInbound, type ServiceName } from '../support/stack.ts';

const root = join(import.meta.dirname, '../..');
const TOPICS: number = JSON.parse(readFileSync(join(root, 'schemas/topics.json'), 'utf8')).topics.length;

async function events(...args: string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const flags = ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];
  const run = promisify(execFile)(process.execPath, [...flags, join(root, 'scripts/events.ts'), ...args], { env, maxBuffer: 100_000_000 });
  return (await run).stdout;
}

test('topics lists every topic with its kind and owner, lag says who is behind, and a wrong command gets the usage', async () => {
  await person();
  const [topics, lag] = await Promise.all([events('topics'), events('lag')]);
  expect(topics).toMatch(/^topic +kind +owner +partitions +records +holds\n/);
  expect(topics).toMatch(/crm\.customer\.state\.v1 +state +customer +\d+ +\d+/);
  expect(topics.trim().split('\n')).toHaveLength(1 + TOPICS);
  expect(lag).toMatch(/interaction +crm\.customer\.state\.v1 +\d+/);
  expect(lag).toMatch(/Everybody is up to date\.|record\(s\) are not applied/);
  await expect(events('dance')).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining('npm run events -- rebuild') });
  await expect(events('rebuild', 'customer', 'directory')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no projection directory'),
  });
}, 60_000);

test('tail shows records without personal values; a recording is what the test kit replays', async () => {
  const name = `Recorded ${randomUUID()}`;
  const row = await person({ displayName: name });
  await update('sales_manager', 'Customer', row, { status: 'INACTIVE' });
  const shown = await events('tail', 'crm.customer.state.v1', '--from-beginning', '--key', row.id, '--count', '2');
  expect(shown).toContain(`crm.customer.customer-state.v1  #2  ${row.id}  by STAFF:`);
  expect(shown).toContain('"status":"inactive"');
  expect(shown).not.toContain(name);

  const folder = mkdtempSync(join(tmpdir(), 'customer360-recording-'));
  const own = await emptyDatabase();
  try {
    const file = join(folder, 'state.jsonl');
    writeFileSync(file, await events('tail', 'crm.customer.state.v1', '--recording'));
    await own.pool.query('create table customer (id text primary key, name text, version int)');
    const { parked } = await replayRecorded({
      name: 'recorded',
      database: own.pool,
      recording: file,
      handlers: handlers().on('crm.customer.customer-state.v1', async ({ key, sequence, data }, tx) => {
        await tx.query(
          'insert into customer values ($1, $2, $3) on conflict (id) do update set name = excluded.name, version = excluded.version',
          [key, data?.displayName, sequence],
        );
      }),
    });
    expect(parked).toEqual([]);
    expect((await own.pool.query('select * from customer where id = $1', [row.id])).rows).toEqual([{ id: row.id, name, version: 2 }]);
  } finally {
    await own.close();
    rmSync(folder, { recursive: true });
  }
}, 60_000);

const rows = async (service: ServiceName, statement: string, ...values: unknown[]): Promise<any[]> =>
  (await (await database(service)).query(statement, values)).rows;

test('rebuild refills the directory while the service answers and consumes; the result equals the old table, and what was spoilt is put right', async () => {
  const id = await newCustomer();
  const contact = await contactOf(id);
  await eventually(async () =>
    expect(await rows('interaction', 'select 1 from directory_contact where contact_id = $1', contact.id)).toHaveLength(1),
  );
  const read = () => rows('interaction', 'select * from directory_customer order by customer_id');
  const before = await read();
  const mine = before.find((row) => row.customer_id === id);
  const stranger = randomUUID();
  await rows('interaction', `update directory_customer set status = 'churned', source = null where customer_id = $1`, id);
  await rows('interaction', 'delete from directory_contact where contact_id = $1', contact.id);
  await rows('interaction', 'insert into directory_customer (customer_id) values ($1)', stranger);

  let done = false;
  const answers: number[] = [];
  const asking = (async () => {
    while (!done) {
      const asked = performance.now();
      const { customer } = await must('admin', `{ customer(id: "${id}") { timeline(first: 1) { totalCount } } }`);
      expect(customer.timeline).not.toBeNull();
      answers.push(performance.now() - asked);
    }
  })();
  const fresh = person(); // news that come while it is rebuilt
  const said = await events('rebuild', 'interaction', 'directory').finally(() => {
    done = true;
  });
  await asking;
  expect(said).toMatch(/directory_customer +\d+ +\d+ +[1-9]\d* +[1-9]\d*/); // rows added changed removed
  expect(answers.length).toBeGreaterThan(0);

  const after = new Map((await read()).map((row) => [row.customer_id, row]));
  expect(after.get(id)).toEqual(mine);
  expect(after.has(stranger)).toBe(false);
  for (const row of before) {
    const now = after.get(row.customer_id);
    // Unless the service heard news of it meanwhile, the row is the same to the last column.
    if (now?.version === row.version && now?.restrictions_version === row.restrictions_version) expect(now).toEqual(row);
    else expect(now?.version + now?.restrictions_version).toBeGreaterThan(row.version + row.restrictions_version);
  }
  expect(await rows('interaction', 'select 1 from directory_contact where contact_id = $1', contact.id)).toHaveLength(1);
  const { id: later } = await fresh;
  await eventually(async () =>
    expect(await rows('interaction', 'select 1 from directory_customer where customer_id = $1', later)).toHaveLength(1),
  );
}, 120_000);

test('rebuild refills the lines of other modules on the timeline, and leaves the own ones alone', async () => {
  const id = await newCustomer();
  const invoice = (invoiceId: string) => ({
    type: 'financial.invoice-issued.v1',
    data: { invoiceId, number: '17', customerId: id, amount: '12.00', currency: 'EUR', issuedAt: '2026-03-01T00:00:00Z', dueAt: null },
  });
  const [kept, voided] = [randomUUID(), randomUUID()];
  await publishInbound('financial.events.v1', [
    invoice(kept),
    invoice(voided),
    { type: 'financial.invoice-voided.v1', data: { invoiceId: voided, customerId: id, voidedAt: '2026-03-02T00:00:00Z' } },
  ]);
  const COLUMNS =
    'id, kind, source_id, customer_id, origin_customer_id, occurred_at, display, icon, highlight, pinned, status, revision, shown';
  const lines = () => rows('interaction', `select ${COLUMNS} from timeline_item where customer_id = $1 order by id`, id);
  await eventually(async () => expect((await lines()).filter((line) => line.status === 'voided')).toHaveLength(1));
  const before = await lines();
  await rows('interaction', `update timeline_item set display = 'spoilt' where source_id = $1`, kept);
  await rows('interaction', 'delete from timeline_item where source_id = $1', voided);
  expect(await events('rebuild', 'interaction', 'timeline')).toMatch(/row\(s\) were put right/);
  expect(await lines()).toEqual(before);
}, 120_000);
