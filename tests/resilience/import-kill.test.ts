// An import survives the death of the service at each of its steps: killed while it reads, checks, writes and takes back, it goes on where its last
// transaction ended, and every line is there exactly once. [WF-CM-001, Bulk Import]
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { confirm, csv, importOf, map, proposed, send, startImport, undo, until } from '../support/imports.ts';
import { database, eventually, processes, readTopic } from '../support/stack.ts';

const LINES = 2_500;
afterEach(() => processes.start('customer').catch(() => {}));

/** Kills the service once the step is between its first and its last line, and starts it again. */
async function killAmid(id: string, status: string): Promise<number> {
  const db = await database('customer');
  const seen = await eventually(
    async () => {
      const { rows } = await db.query('select status, rows_done from import where id = $1', [id]);
      const { status: now, rows_done: done } = rows[0];
      return now === status && done > 0 && (status === 'undoing' || done < LINES) ? done : null;
    },
    { withinMs: 60_000, everyMs: 2 },
  );
  await processes.kill('customer', 'SIGKILL');
  await processes.start('customer');
  return seen;
}

test('an import that is killed while it reads, checks, writes and takes back does each line exactly once', async () => {
  const run = randomUUID().slice(0, 8);
  const lines = Array.from({ length: LINES }, (_, n) => [
    `${run}-${n}`,
    `Given${n} Family${run}${n}`,
    `p${n}@${run}.example`,
    `Street ${n}`,
    `City ${n % 50}`,
    'DE',
  ]);
  const started = await startImport();
  const { id } = started.import;
  const file = csv(['Customer Number', 'Name', 'Customer Email', 'Street', 'City', 'Country'], ...lines);
  expect((await send(started.url, file)).status).toBe(201);
  await killAmid(id, 'reading');
  let job = await until(id, 'UPLOADED');
  expect(job.progress.rowsTotal).toBe(LINES);
  await map(job, { mapping: proposed(job) });
  await killAmid(id, 'checking');
  job = await until(id, 'PREVIEWED');
  expect(job.counts).toMatchObject({ new: LINES, duplicate: 0, invalid: 0 });
  await confirm(job);
  await killAmid(id, 'running');
  job = await until(id, 'DONE');
  expect(job.counts).toMatchObject({ created: LINES, failed: 0 });

  const db = await database('customer');
  const one = async (text: string) => (await db.query(text, [id])).rows[0];
  const mine = `select id from customer where created_by_kind = 'IMPORT' and created_by_id = $1`;
  expect(
    await one(`select count(*)::int as customers, count(distinct external_id)::int as ids from customer where created_by_id = $1`),
  ).toEqual({ customers: LINES, ids: LINES });
  expect(await one(`select count(*)::int as addresses from address where customer_id in (${mine})`)).toEqual({ addresses: LINES });
  // Every customer was told with exactly two facts, gapless, and a third where its address has been geocoded since.
  expect(
    await one(
      `select min(told) as least, max(told) as most from (
         select g.version - (select count(*)::int from address a where a.customer_id = c.id and a.coordinate_precision is not null) as told
         from customer c join aggregate g on g.key = c.id::text where c.created_by_id = $1) customers`,
    ),
  ).toEqual({ least: 2, most: 2 });
  const { rows } = await db.query(`select customer_id as id from import_row where import_id = $1 and row in (1, ${LINES})`, [id]);
  for (const { id: key } of rows) {
    const told = await readTopic('crm.customer.events.v1', { key, untilCount: 2 });
    expect([...new Set(told.map(({ headers }) => `${headers.ce_sequence} ${headers.ce_type}`))].slice(0, 2)).toEqual([
      '1 crm.customer.customer-created.v1',
      '2 crm.customer.address-created.v1',
    ]);
  }

  await undo(await importOf(id));
  await killAmid(id, 'undoing');
  job = await until(id, 'UNDONE');
  expect(job.counts).toMatchObject({ removed: LINES, kept: 0 });
  expect(await one(`select count(*)::int as living from customer where created_by_id = $1 and deleted_at is null`)).toEqual({ living: 0 });
}, 300_000);
