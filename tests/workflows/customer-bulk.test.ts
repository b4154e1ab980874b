// One thing done to many customers, through the running stack [CustomerList]: preview, per-customer results, the same facts as single changes, exports
// that cannot hurt a spreadsheet, and a large deletion that waits for a second person [Bulk delete request].
import { expect, test } from '@jest/globals';
import { approve, cancel, done, fileOf, itemsOf, jobOf, many, preview, reject, run, START, start } from '../support/bulk.ts';
import { contactOf, facts, mailbox, organisation, person, read, restore, staff, state, word } from '../support/customers.ts';
import { rowsOf, upload } from '../support/imports.ts';
import { database, eventually, gql, must, stack } from '../support/stack.ts';

const restrict = async (id: string): Promise<void> => {
  await must(
    'dpo',
    'mutation($c: ID!) { setProcessingRestriction(customerId: $c, restricted: true, reason: "Accuracy contested") { __typename } }',
    { c: id },
  );
  await eventually(async () => (await read(id, 'processingRestricted')).processingRestricted, { withinMs: 20_000 });
};

test('[Bulk delete request] a deletion above 100 customers waits for an admin who did not ask, then runs over exactly those that matched when it was asked for', async () => {
  const prefix = `Bulk ${word()}`;
  const ids = await many(101, prefix);
  const contact = await contactOf(ids[0]!);
  const input = { action: 'DELETE', filter: { displayName: { startsWith: prefix } }, idempotencyKey: word() };
  const asker = await staff('admin');
  expect(await preview(asker, input)).toMatchObject({ __typename: 'BulkPreview', count: 101, outOfScope: 0, needsApproval: true });
  const job = await start(asker, input);
  expect(job).toMatchObject({ status: 'AWAITING_APPROVAL', progress: { total: 101, done: 0 } });
  expect((await start(asker, input)).id).toBe(job.id);
  const queue = 'query { bulkJobs(first: 200, filter: { status: { eq: AWAITING_APPROVAL } }) { nodes { id } } }';
  expect((await must('admin', queue)).bulkJobs.nodes.map(({ id }: any) => id)).toContain(job.id);
  // Every active admin but the one who asked has a mail; it is sent like any other.
  const { rows } = await (await database('customer')).query(
    `select (select count(*)::int from mail m join bulk_job j on m.created_at = j.created_at where j.id = $1 and m.customer_id is null) as mails,
       (select count(*)::int from staff_member where 'admin' = any(roles) and active and deleted_at is null
          and id <> $2::uuid and created_at < (select created_at from bulk_job where id = $1)) as admins`,
    [job.id, asker.sub],
  );
  expect(rows[0].admins).toBeGreaterThan(0);
  expect(rows[0].mails).toBe(rows[0].admins);
  const late = await person({ displayName: `${prefix} late` });

  expect(await approve(asker, job)).toMatchObject({ __typename: 'ApproverIsRequester' });
  expect(
    (await gql('sales_manager', 'mutation($id: ID!) { approveBulkJob(id: $id, expectedVersion: 1) { __typename } }', { id: job.id }))
      .errors?.[0]?.extensions?.code,
  ).toBe('FORBIDDEN');
  expect(await approve('admin', job)).toMatchObject({ __typename: 'BulkJob', status: 'RUNNING', decidedBy: { id: stack().staff.admin } });
  expect(await done(job)).toMatchObject({ progress: { done: 101, ok: 101, refused: 0 } });

  expect(await read(late.id, 'deletedAt')).toEqual({ deletedAt: null });
  const told = await facts(ids[0]!, 4);
  expect(told.map(({ type }) => type)).toEqual(['customer-created', 'contact-created', 'contact-deleted', 'customer-deleted']);
  expect(told.at(-1)!.headers.actor).toBe(`STAFF:${asker.sub}`);
  await state('crm.customer.state.v1', ids[0]!, (data) => expect(data.deletedAt).not.toBeNull());
  // Each was deleted on its own: one comes back alone, with what went with it.
  expect(await restore('admin', 'Customer', ids[0]!)).toMatchObject({ __typename: 'Customer', deletedAt: null });
  expect((await read(ids[0]!, 'contacts { nodes { id } }')).contacts.nodes).toEqual([{ id: contact.id }]);
  expect((await gql('admin', 'query($id: ID!) { customer(id: $id) { id } }', { id: ids[1] })).errors?.[0]?.extensions?.code).toBe(
    'NOT_FOUND',
  );
  expect((await facts(job.id, 3)).map(({ type }) => type)).toEqual([
    'bulk-job-awaiting-approval',
    'bulk-job-started',
    'bulk-job-completed',
  ]);
});

test('[Bulk delete request] a rejected deletion touches nobody, and 100 customers need no second person', async () => {
  const prefix = `Bulk ${word()}`;
  const ids = await many(101, prefix);
  const job = await start('sales_manager', { action: 'DELETE', ids });
  expect(job.status).toBe('AWAITING_APPROVAL');
  expect(await reject('admin', job, 'not these')).toMatchObject({ status: 'REJECTED', rejectionReason: 'not these' });
  expect(await approve('admin', { ...job, version: 2 })).toMatchObject({ __typename: 'BulkJobNotReady', status: 'REJECTED' });
  expect(await read(ids[100]!, 'deletedAt')).toEqual({ deletedAt: null });
  expect(await run('sales_manager', { action: 'DELETE', ids: ids.slice(1) })).toMatchObject({ progress: { ok: 100 } });
  expect(await read(ids[0]!, 'deletedAt')).toEqual({ deletedAt: null });
});

test('assigning says per customer what became of it: changed, so already, restricted, out of scope, nobody; each change is told like a single one', async () => {
  const rep = await staff('sales_rep', { team: word() });
  const stranger = await staff('sales_rep', { team: word() });
  const [pool, own, restricted] = [await person(), await person({ ownerId: rep.sub }), await person()];
  const foreign = await person({ ownerId: stranger.sub }, 'admin');
  await restrict(restricted.id);
  const nobody = crypto.randomUUID();
  const ids = [pool.id, own.id, restricted.id, foreign.id, nobody, pool.id];
  const input = { action: 'ASSIGN', ids, arguments: { ownerId: rep.sub } };
  expect(await preview(rep, input)).toMatchObject({ count: 3, outOfScope: 2, restricted: 1, needsApproval: false });
  const job = await run(rep, input);
  expect(job.progress).toMatchObject({ total: 5, done: 5, ok: 1, skipped: 1, refused: 3 });
  expect(await itemsOf(job.id)).toEqual([
    { position: 1, customerId: pool.id, outcome: 'OK', reason: null },
    { position: 2, customerId: own.id, outcome: 'SKIPPED', reason: 'UNCHANGED' },
    { position: 3, customerId: restricted.id, outcome: 'REFUSED', reason: 'PROCESSING_RESTRICTED' },
    { position: 4, customerId: foreign.id, outcome: 'REFUSED', reason: 'NOT_FOUND' },
    { position: 5, customerId: nobody, outcome: 'REFUSED', reason: 'NOT_FOUND' },
  ]);
  expect(await itemsOf(job.id, { outcome: { eq: 'REFUSED' } })).toHaveLength(3);
  expect(await read(pool.id, 'ownerId version')).toEqual({ ownerId: rep.sub, version: 2 });
  expect((await facts(pool.id, 3)).map(({ type }) => type)).toEqual(['customer-created', 'customer-updated', 'owner-changed']);
  expect(
    (await gql(rep, 'query($id: ID!) { bulkJob(id: $id) { items { nodes { customer { id } } } } }', { id: job.id })).data.bulkJob.items
      .nodes[3],
  ).toEqual({ customer: null });
  expect((await gql(stranger, 'query($id: ID!) { bulkJob(id: $id) { id } }', { id: job.id })).errors?.[0]?.extensions?.code).toBe(
    'NOT_FOUND',
  );
});

test('updating follows the rules of a single update', async () => {
  const [one, two] = [await person({ source: 'WEB' }), await person({ source: 'SALES' })];
  const job = await run('sales_manager', { action: 'UPDATE', ids: [one.id, two.id], arguments: { source: 'SALES' } });
  expect((await itemsOf(job.id)).map(({ outcome }) => outcome)).toEqual(['OK', 'SKIPPED']);
  expect((await facts(one.id, 2))[1]!.data).toMatchObject({ version: 2, changed: ['source'] });
  const wrong = await run('sales_manager', { action: 'UPDATE', ids: [one.id], arguments: { status: 'CHURNED' } });
  expect(await itemsOf(wrong.id)).toMatchObject([{ outcome: 'REFUSED', reason: 'STATUS_FOLLOWS_STAGE' }]);
  expect(await read(one.id, 'status source version')).toEqual({ status: 'PROSPECT', source: 'SALES', version: 2 });
});

test('an export is a file of what the caller may see: formulas are defused, restricted customers left out except for a dpo, and only who asked gets it', async () => {
  const name = `=HYPERLINK("x${word()}")`;
  const email = mailbox();
  const evil = await organisation({ displayName: name, email });
  const [dash, restricted] = [await person({ displayName: `-1+cmd ${word()}` }), await person()];
  await restrict(restricted.id);
  await must('admin', 'mutation($id: ID!, $n: [String!]!) { addTags(customerId: $id, names: $n) { __typename } }', {
    id: evil.id,
    n: ['b', 'a'],
  });
  const ids = [evil.id, dash.id, restricted.id];
  const job = await run('sales_manager', { action: 'EXPORT', ids });
  expect(job.progress).toMatchObject({ ok: 2, refused: 1 });
  const lines = (await fileOf('sales_manager', job.id)).split('\r\n');
  expect(lines[0]).toMatch(/^\ufeff?id,type,displayName,/);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain(`${evil.id},organization,"'${name.replaceAll('"', '""')}",`);
  expect(lines[1]).toContain(`,${email},`);
  expect(lines[1]).toContain(',"a; b",');
  expect(lines[2]).toContain(`,'${dash.displayName},`);
  expect(await fileOf('admin', job.id)).toMatchObject({ __typename: 'NoBulkFile' });

  const all = await run('dpo', { action: 'EXPORT', ids, arguments: { format: 'NDJSON' } });
  const rows = (await fileOf('dpo', all.id))
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line));
  expect(rows.map(({ id }: any) => id)).toEqual(ids);
  expect(rows[0]).toMatchObject({ displayName: name, tags: ['a', 'b'] });
  expect('taxId' in rows[0]).toBe(true);
  // A workbook that our own import reads: texts arrive as they are, the formula as a text.
  const book = await run('sales_manager', { action: 'EXPORT', ids, arguments: { format: 'XLSX' } });
  const back = await upload(await fileOf('sales_manager', book.id, 'bytes'), { fileName: 'customers.xlsx' });
  expect(back).toMatchObject({ status: 'UPLOADED', format: 'XLSX', progress: { rowsTotal: 2 } });
  expect((await rowsOf(back.id)).map(({ cells }: any) => cells.slice(0, 3))).toEqual([
    [evil.id, 'organization', name],
    [dash.id, 'individual', dash.displayName],
  ]);
  const marketing = await run('marketing', { action: 'EXPORT', ids: [evil.id] });
  expect((await fileOf('marketing', marketing.id)).split('\r\n')[0]).not.toContain('taxId');
  expect(
    await fileOf('sales_manager', (await run('sales_manager', { action: 'ASSIGN', ids: [dash.id], arguments: { ownerId: null } })).id),
  ).toMatchObject({ __typename: 'NoBulkFile' });
});

test('a job can be cancelled, at most three of one person are unfinished, and what is asked wrongly names its field', async () => {
  const ids = await many(101, `Bulk ${word()}`);
  const asker = await staff('sales_manager');
  const jobs = await Promise.all([1, 2, 3].map(() => start(asker, { action: 'DELETE', ids })));
  expect(jobs.map(({ status }) => status)).toEqual(Array(3).fill('AWAITING_APPROVAL'));
  expect(await start(asker, { action: 'DELETE', ids })).toMatchObject({ __typename: 'TooManyBulkJobs', limit: 3 });
  expect(
    (await gql('auditor', 'mutation($id: ID!) { cancelBulkJob(id: $id) { __typename } }', { id: jobs[0].id })).errors?.[0]?.extensions
      ?.code,
  ).toBe('FORBIDDEN');
  for (const job of jobs) expect(await cancel(asker, job)).toMatchObject({ status: 'CANCELLED' });
  expect(await approve('admin', await jobOf(jobs[0].id))).toMatchObject({ __typename: 'BulkJobNotReady', status: 'CANCELLED' });
  expect(await read(ids[0]!, 'deletedAt')).toEqual({ deletedAt: null });

  const inactive = await staff('sales_rep', { active: false });
  expect(await start(asker, { action: 'ASSIGN', ids, arguments: { ownerId: inactive.sub } })).toMatchObject({
    __typename: 'InactiveOwner',
  });
  const refusal = async (input: object, who: any = asker) => (await gql(who, START, { input })).errors?.[0]?.extensions;
  expect(await refusal({ action: 'DELETE' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input' });
  expect(await refusal({ action: 'DELETE', ids, filter: {} })).toMatchObject({ field: 'input' });
  expect(await refusal({ action: 'ASSIGN', ids })).toMatchObject({ field: 'input.arguments.ownerId' });
  expect(await refusal({ action: 'DELETE', ids, arguments: { tags: ['x'] } })).toMatchObject({ field: 'input.arguments.tags' });
  expect(await refusal({ action: 'TAG', ids, arguments: { tags: [] } })).toMatchObject({ field: 'input.arguments.tags' });
  expect(await refusal({ action: 'UPDATE', ids })).toMatchObject({ field: 'input.arguments' });
  expect(await refusal({ action: 'UPDATE', ids, arguments: { status: 'DELETED' } })).toMatchObject({ field: 'input.arguments.status' });
  expect(await refusal({ action: 'EXPORT', ids }, 'sales_rep')).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusal({ action: 'DELETE', ids }, 'marketing')).toMatchObject({ code: 'FORBIDDEN' });
});
