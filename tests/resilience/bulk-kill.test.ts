// A bulk job survives the death of the service: killed while it tags and while it deletes, it goes on where its last transaction ended, and every customer
// is done exactly once. [CustomerList, Bulk delete request]
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { approve, done, many, start } from '../support/bulk.ts';
import { database, eventually, processes } from '../support/stack.ts';

const CUSTOMERS = 3_000;
afterEach(() => processes.start('customer').catch(() => {}));

/** Kills the service once the job is between its first and its last customer, and starts it again. */
async function killAmid(id: string): Promise<void> {
  const db = await database('customer');
  await eventually(
    async () => {
      const { rows } = await db.query('select status, items_ok from bulk_job where id = $1', [id]);
      return rows[0].status === 'running' && rows[0].items_ok > 0;
    },
    { withinMs: 60_000, everyMs: 1 },
  );
  await processes.kill('customer', 'SIGKILL');
  const { rows } = await db.query('select items_ok from bulk_job where id = $1', [id]);
  expect(rows[0].items_ok).toBeLessThan(CUSTOMERS);
  await processes.start('customer');
}

test('a bulk job that is killed while it tags and while it deletes does each customer exactly once', async () => {
  const prefix = `Kill ${randomUUID().slice(0, 8)}`;
  await many(CUSTOMERS, prefix);
  const filter = { displayName: { startsWith: prefix } };
  const tagging = await start('admin', { action: 'TAG', filter, arguments: { tags: [prefix] } });
  await killAmid(tagging.id);
  expect((await done(tagging)).progress).toMatchObject({ done: CUSTOMERS, total: CUSTOMERS, ok: CUSTOMERS });

  const deletion = await start('sales_manager', { action: 'DELETE', filter: { tags: { hasAny: [prefix] } } });
  await approve('admin', deletion);
  await killAmid(deletion.id);
  expect((await done(deletion)).progress).toMatchObject({ done: CUSTOMERS, ok: CUSTOMERS });

  const db = await database('customer');
  const one = async (text: string, values: unknown[]) => (await db.query(text, values)).rows[0];
  const items =
    'select count(*)::int as items, count(distinct customer_id)::int as customers, max(position) as last from bulk_item where job_id = $1';
  for (const { id } of [tagging, deletion])
    expect(await one(items, [id])).toEqual({ items: CUSTOMERS, customers: CUSTOMERS, last: CUSTOMERS });
  expect(await one('select count(*)::int as left from bulk_slice where job_id = any($1)', [[tagging.id, deletion.id]])).toEqual({
    left: 0,
  });
  const mine = `display_name like '${prefix}%'`;
  expect(await one(`select count(*)::int as living from customer where ${mine} and deleted_at is null`, [])).toEqual({ living: 0 });
  // Created, tagged, deleted: each was told three times, gapless.
  expect(
    await one(
      `select min(version) as least, max(version) as most from aggregate where key in (select id::text from customer where ${mine})`,
      [],
    ),
  ).toEqual({ least: 3, most: 3 });
}, 300_000);
