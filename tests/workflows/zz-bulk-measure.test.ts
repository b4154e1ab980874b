import { test } from '@jest/globals';
import { approve, done, many, run, start } from '../support/bulk.ts';
import { staff, word } from '../support/customers.ts';
import { database } from '../support/stack.ts';
test('measure', async () => {
  const db = await database('customer');
  const out: any = {};
  await db.query('create table tmp_c (id uuid primary key, deleted_at timestamptz)');
  await db.query('insert into tmp_c select gen_random_uuid() from generate_series(1, 1000000)');
  await db.query('analyze tmp_c');
  await db.query('create table tmp_s (job_id uuid, position int, customer_ids uuid[], primary key (job_id, position))');
  let t = Date.now();
  await db.query(`with placed as (select id, (row_number() over ())::int as place from (select c.id from tmp_c c where deleted_at is null order by c.id limit 1000001) meant), stored as (
   insert into tmp_s select '00000000-0000-0000-0000-000000000000'::uuid, min(place), array_agg(id order by place) from placed group by (place - 1) / 200 returning cardinality(customer_ids) as count)
   select sum(count) from stored`);
  out.store1MMs = Date.now() - t;
  await db.query('drop table tmp_c, tmp_s');
  const prefix = `M ${word()}`;
  await many(2000, prefix);
  const filter = { displayName: { startsWith: prefix } };
  for (const [name, input] of Object.entries({
    assign: { action: 'ASSIGN', filter, arguments: { ownerId: (await staff('sales_rep')).sub } },
    tag: { action: 'TAG', filter, arguments: { tags: [prefix] } },
    update: { action: 'UPDATE', filter, arguments: { source: 'WEB' } },
    export: { action: 'EXPORT', filter },
  })) out[name] = (await run('admin', input)).progress.perSecond;
  const d = await start('admin', { action: 'DELETE', filter });
  await approve(await staff('admin'), d);
  out.delete = (await done(d)).progress;
  console.log(JSON.stringify(out));
}, 200000);
