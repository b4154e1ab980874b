import { expect, test } from '@jest/globals';
import { cancel, done, many, preview, start, run } from '../support/bulk.ts';
import { word } from '../support/customers.ts';
import { database } from '../support/stack.ts';
test('measure', async () => {
  const prefix = `M ${word()}`;
  await many(4000, prefix);
  const filter = { displayName: { startsWith: prefix } };
  const out: any = {};
  for (const [name, input] of Object.entries({
    assign: { action: 'ASSIGN', filter, arguments: { ownerId: null } },
    tag: { action: 'TAG', filter, arguments: { tags: [prefix] } },
    update: { action: 'UPDATE', filter, arguments: { source: 'WEB' } },
    export: { action: 'EXPORT', filter },
  })) { const j = await run('admin', input); out[name] = j.progress; }
  const db = await database('customer');
  await db.query(`insert into customer (id, created_by_kind, created_by_id, type, display_name, status, redirect_version, lifecycle_version, processing_restricted, do_not_process, legal_hold, deletion_open, compliance_version)
    select gen_random_uuid(), 'STAFF', 'x', 'individual', 'Mass ' || n, 'prospect', 0, 0, false, false, false, false, 0 from generate_series(1, 990000) n`);
  await db.query('analyze customer');
  let t = Date.now(); out.preview = await preview('admin', { action: 'EXPORT', filter: {} }); out.previewMs = Date.now() - t;
  t = Date.now(); const j = await start('admin', { action: 'EXPORT', filter: {} }); out.startMs = Date.now() - t; out.started = j;
  await new Promise((r) => setTimeout(r, 15000));
  t = Date.now(); const now = await (await import('../support/bulk.ts')).jobOf(j.id); out.after15s = now.progress;
  out.cancel = (await cancel('admin', now)).status; out.cancelMs = Date.now() - t;
  console.log(JSON.stringify(out, null, 1));
  const d = await start('admin', { action: 'DELETE', filter });
  const { approve } = await import('../support/bulk.ts');
  const { staff } = await import('../support/customers.ts');
  await approve(await staff('admin'), d);
  console.log(JSON.stringify((await done(d)).progress));
}, 400000);
