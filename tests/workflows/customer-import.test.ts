// WF-CM-001, alternate path Bulk Import, through the running stack: upload by the gateway's file door, mapping, preview, duplicate check, exceptions,
// confirmation, the report, the same file again, and the way back.
import { expect, test } from '@jest/globals';
import { contactOf, digits, facts, mailbox, person, read, state, update, word } from '../support/customers.ts';
import {
  cancel,
  check,
  confirm,
  csv,
  decide,
  importOf,
  load,
  map as mapAs,
  reportOf,
  rowsOf,
  undo,
  until,
  upload,
} from '../support/imports.ts';
import { eventually, must } from '../support/stack.ts';

const HEADER = [
  'Company',
  'First Name',
  'Last Name',
  'E-Mail',
  'Phone',
  'Street',
  'ZIP',
  'City',
  'Country',
  'Customer Number',
  'Employees',
];

test('[WF-CM-001] a file of organisations with a contact and an address becomes customers, and every row is told like any other', async () => {
  const company = `Nordwerk ${word()} GmbH`;
  const email = mailbox();
  const number = word();
  const job = await load(
    csv(HEADER, [company, 'Ada', 'Beispiel', email, '030 1234567', 'Weg 1', '10115', 'Berlin', 'Deutschland', number, '120']),
  );
  expect(job).toMatchObject({ format: 'CSV', encoding: 'utf-8', delimiter: ',', counts: { new: 1, created: 1, invalid: 0 } });
  const [row] = await rowsOf(job.id);
  expect(row).toMatchObject({
    row: 1,
    line: 2,
    verdict: 'NEW',
    decision: 'CREATE',
    outcome: 'CREATED',
    customer: { displayName: company },
  });
  const customer = await read(
    row.customer.id,
    `type displayName source status externalId ownerId version createdBy { kind id } account { legalName employeeCount country }
     contacts { nodes { firstName lastName email phoneE164 isPrimary createdBy { kind } } } addresses { streetLine1 city country isDefault }`,
  );
  expect(customer).toEqual({
    type: 'ORGANIZATION',
    displayName: company,
    source: 'IMPORT',
    status: 'PROSPECT',
    externalId: number,
    ownerId: null,
    version: 1,
    createdBy: { kind: 'IMPORT', id: job.id },
    account: { legalName: company, employeeCount: 'EMPLOYEES_51_200', country: 'DE' },
    contacts: {
      nodes: [{ firstName: 'Ada', lastName: 'Beispiel', email, phoneE164: '+49301234567', isPrimary: true, createdBy: { kind: 'IMPORT' } }],
    },
    addresses: [{ streetLine1: 'Weg 1', city: 'Berlin', country: 'DE', isDefault: true }],
  });
  const told = (await facts(row.customer.id, 4)).filter(({ type }) => type !== 'address-geocoded'); // which comes in its own time
  expect(told.map(({ type }) => type)).toEqual(['customer-created', 'account-created', 'contact-created', 'address-created']);
  expect(told.map(({ headers }) => headers.ce_sequence)).toEqual(['1', '2', '3', '4']);
  expect(told[0]!.headers.actor).toBe(`IMPORT:${job.id}`);
  await state('crm.customer.state.v1', row.customer.id, (data) =>
    expect(data).toMatchObject({ displayName: company, createdByKind: 'IMPORT', account: { legalName: company } }),
  );
});

test('[WF-CM-001] the same file again imports nothing twice, and a changed line updates by its external id', async () => {
  const number = word();
  const header = ['Customer Number', 'Name', 'Customer Email', 'Customer Phone'];
  const line = [number, `Ada ${word()}`, mailbox(), `+4930${digits(7)}`];
  const first = await load(csv(header, line));
  const again = await check(csv(header, line));
  expect(again.counts).toMatchObject({ new: 0, unchanged: 1 });
  await confirm(again);
  expect((await until(again.id, 'DONE')).counts).toMatchObject({ created: 0, alreadyThere: 1 });
  const phone = `+4930${digits(7)}`;
  const changed = await load(csv(header, [number, line[1]!, '', phone]));
  expect(changed.counts).toMatchObject({ update: 1, updated: 1 });
  const [row] = await rowsOf(first.id);
  expect(await read(row.customer.id, 'email phone version')).toEqual({ email: line[2], phone, version: 2 });
});

test('[WF-CM-001] exceptions wait for a person: skip, create anyway, update the match, by rule and by row; an import with undecided ones is not confirmed', async () => {
  const known = await person({ displayName: `Grace ${word()}`, email: mailbox(), phone: `+4930${digits(7)}` });
  const twin = mailbox();
  const name = `Hedy ${word()}`;
  const file = csv(
    ['Name', 'Customer Email', 'Customer Phone'],
    [known.displayName, known.email, ''],
    [name, twin, `+4930${digits(7)}`],
    [name, twin, ''],
    [`Solo ${word()} ${word()}`, mailbox(), ''],
    [known.displayName, known.email, known.phone],
  );
  let job = await check(file);
  expect(job.counts).toMatchObject({ new: 2, duplicate: 3, undecided: 3, invalid: 0 });
  const rows = await rowsOf(job.id);
  expect(rows[0]).toMatchObject({ verdict: 'DUPLICATE', decision: null, match: { customer: { id: known.id }, row: null } });
  expect(rows[0].match.score).toBeGreaterThan(80);
  expect(rows[0].match.reasons).toEqual(expect.arrayContaining([{ field: 'email', level: 'exact' }]));
  expect(rows[2]).toMatchObject({ verdict: 'DUPLICATE', match: { customer: null, row: 2 } });
  expect(await confirm(job)).toMatchObject({ __typename: 'ImportRowsUndecided' });
  job = await decide(job, { verdict: 'DUPLICATE', undecidedOnly: true }, 'SKIP');
  expect(job.counts.undecided).toBe(0);
  job = await decide(job, { rows: [3] }, 'CREATE');
  job = await decide(job, { rows: [5] }, 'UPDATE');
  await confirm(job);
  job = await until(job.id, 'DONE');
  expect(job.counts).toMatchObject({ created: 3, updated: 0, alreadyThere: 1, skipped: 1 });
  const after = await rowsOf(job.id);
  expect(after.map(({ outcome }) => outcome)).toEqual(['SKIPPED', 'CREATED', 'CREATED', 'CREATED', 'UNCHANGED']);
  expect(after[2].customer.id).not.toBe(after[1].customer.id);
  expect(after[4].customer.id).toBe(known.id);
});

test('[WF-CM-001] lines with mistakes are left out and reported with line and column; the others are imported', async () => {
  const file = csv(
    ['Name', 'Customer Email', 'Country', 'Street', 'City'],
    [`Ada ${word()}`, 'ada@', 'DE', '', ''],
    [`Bob ${word()}`, mailbox(), 'Atlantis', 'Weg 1', 'Bonn'],
    [`Cleo ${word()}`, mailbox(), 'DE', 'Weg 1', 'Bonn'],
    ['=1+1', mailbox(), '', '', ''],
    [`Dora ${word()}`, mailbox(), 'DE', 'Weg 1', 'Bonn', 'one too many'],
    ['', mailbox(), 'DE', '', ''],
  );
  const job = await load(file);
  expect(job.counts).toMatchObject({ invalid: 5, new: 1, created: 1, skipped: 5 });
  const rows = await rowsOf(job.id, { verdict: { eq: 'INVALID' } });
  expect(rows.map(({ line, errors }) => [line, errors[0].column])).toEqual([
    [2, 2],
    [3, 3],
    [5, 1],
    [6, 6],
    [7, 1],
  ]);
  const report = await reportOf(job.id);
  const lines = report.trim().split('\r\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe('line,result,message,customer id,Name,Customer Email,Country,Street,City');
  expect(lines[1]).toMatch(/^2,skipped,.*column 2 \(Customer Email\)/);
  expect(lines[3]).toMatch(/^4,created,,[0-9a-f-]{36},Cleo/);
  expect(lines[4]).toContain("'=1+1");
});

test('[WF-CM-001] lines of one external id make one organisation with many contacts, and a contact that it has is not made twice', async () => {
  const number = word();
  const emails = [mailbox(), mailbox(), mailbox()];
  const company = `Werk ${word()}`;
  const header = ['Customer Number', 'Company', 'First Name', 'Last Name', 'Email'];
  const lines = emails.map((email, n) => [number, company, `First${n}`, `Last${n}`, email]);
  const job = await load(csv(header, ...lines), { externalSystem: `crm-${word()}` });
  expect(job.counts).toMatchObject({ new: 1, update: 2, created: 1, updated: 2 });
  const rows = await rowsOf(job.id);
  expect(new Set(rows.map(({ customer }) => customer.id)).size).toBe(1);
  const contacts = async () => (await read(rows[0].customer.id, 'externalId contacts { nodes { email isPrimary } totalCount }')) as any;
  expect((await contacts()).contacts).toMatchObject({ totalCount: 3 });
  // Another system's id is not the one that the customer shows.
  expect((await contacts()).externalId).toBeNull();
  const more = await load(csv(header, [number, company, 'First9', 'Last9', mailbox()], ...lines.slice(0, 1)), {
    externalSystem: job.externalSystem,
  });
  expect(more.counts).toMatchObject({ updated: 1, alreadyThere: 1 });
  expect((await contacts()).contacts.totalCount).toBe(4);
});

test('[WF-CM-001] an undo removes what nobody touched, keeps and lists what somebody did, and gives earlier values back', async () => {
  const number = word();
  const before = await person({ displayName: `Ines ${word()}`, externalId: number, email: mailbox(), phone: `+4930${digits(7)}` });
  const header = ['Customer Number', 'Name', 'Customer Email', 'Customer Phone', 'Street', 'City', 'Country'];
  const [email, phone] = [mailbox(), `+4930${digits(7)}`];
  const lines = [
    [word(), `Fay ${word()}`, mailbox(), '', 'Weg 1', 'Bonn', 'DE'],
    [word(), `Gil ${word()}`, mailbox(), '', '', '', ''],
    [word(), `Hal ${word()}`, mailbox(), '', 'Weg 2', 'Bonn', 'DE'],
    [number, '', email, phone, 'Weg 3', 'Bonn', 'DE'],
  ];
  const job = await load(csv(header, ...lines));
  expect(job.counts).toMatchObject({ created: 3, updated: 1 });
  const [fay, gil, hal] = await rowsOf(job.id);
  const touched = await read(gil.customer.id, 'id version');
  await update('sales_manager', 'Customer', touched, { displayName: 'Gil, touched' });
  await contactOf(hal.customer.id);
  const changed = await read(before.id, 'id version');
  const kept = mailbox();
  await update('sales_manager', 'Customer', changed, { email: kept });
  expect((await undo(job)).status).toBe('UNDOING');
  const undone = await until(job.id, 'UNDONE');
  expect(undone.counts).toMatchObject({ removed: 1, kept: 3 });
  const rows = await rowsOf(job.id);
  expect(rows.map(({ outcome }) => outcome)).toEqual(['REMOVED', 'KEPT', 'KEPT', 'KEPT']);
  expect(rows[3].message).toContain('email');
  expect(
    (
      await must('admin', 'query($ids: [ID!]!) { customersByIds(ids: $ids) { displayName } }', {
        ids: [fay.customer.id, gil.customer.id, hal.customer.id],
      })
    ).customersByIds,
  ).toEqual([null, { displayName: 'Gil, touched' }, { displayName: lines[2]![1] }]);
  expect(await read(before.id, 'email phone addresses { city }')).toEqual({ email: kept, phone: before.phone, addresses: [] });
  await eventually(async () => {
    const told = (await facts(fay.customer.id, 4)).map(({ type }) => type).filter((type) => type !== 'address-geocoded');
    expect(told).toEqual(['customer-created', 'address-created', 'address-deleted', 'customer-deleted']);
  });
  // What was removed can be imported again; what was kept is still there.
  expect((await check(csv(header, lines[0]!))).counts).toMatchObject({ new: 1 });
});

test('[WF-CM-001] an import is cancelled before its end, and nothing of it is written', async () => {
  const job = await check(csv(['Name', 'Customer Email'], [`Ada ${word()}`, mailbox()]));
  expect(await cancel(job)).toMatchObject({ __typename: 'Import', status: 'CANCELLED' });
  expect(await confirm(await importOf(job.id))).toMatchObject({ __typename: 'ImportNotReady', status: 'CANCELLED' });
  expect((await rowsOf(job.id))[0]).toMatchObject({ outcome: null, customer: null });
});

test('[WF-CM-001] a mapping is previewed without a change, kept as a template, and found again in next month’s file', async () => {
  const name = `Monthly ${word()}`;
  const job = await upload(csv(['Kunde', 'Mail privat', 'Egal'], [`Ada ${word()}`, mailbox(), 'x']));
  const mapping = [
    { column: 1, field: 'CUSTOMER_NAME' },
    { column: 2, field: 'CUSTOMER_EMAIL' },
  ];
  const preview =
    'query($id: ID!, $mapping: [ImportColumnMappingInput!]) { previewImport(id: $id, mapping: $mapping, first: 5) { row line customer errors { column message } } }';
  const { previewImport } = await must('sales_manager', preview, { id: job.id, mapping });
  expect(previewImport).toEqual([
    { row: 1, line: 2, errors: [], customer: { displayName: expect.stringContaining('Ada'), email: expect.stringContaining('@') } },
  ]);
  expect((await importOf(job.id)).version).toBe(job.version);
  const mapped = await mapAs(job, { mapping, saveAs: name });
  expect(mapped.__typename).toBe('Import');
  const { importTemplates } = await must(
    'sales_manager',
    'query($search: String) { importTemplates(search: $search) { nodes { id name columns { header field } } } }',
    { search: name },
  );
  expect(importTemplates.nodes).toEqual([
    {
      id: expect.any(String),
      name,
      columns: [
        { header: 'Kunde', field: 'CUSTOMER_NAME' },
        { header: 'Mail privat', field: 'CUSTOMER_EMAIL' },
      ],
    },
  ]);
  const next = await upload(csv(['Egal', 'MAIL PRIVAT', 'kunde'], ['y', mailbox(), `Bea ${word()}`]));
  const used = await mapAs(next, { templateId: importTemplates.nodes[0].id });
  expect(used.mapping).toEqual([
    { column: 2, field: 'CUSTOMER_EMAIL' },
    { column: 3, field: 'CUSTOMER_NAME' },
  ]);
  expect(
    await mapAs(await until(next.id, 'PREVIEWED'), { mapping: [{ column: 3, field: 'CUSTOMER_NAME' }], saveAs: name.toUpperCase() }),
  ).toMatchObject({ __typename: 'ImportTemplateNameTaken' });
});

test('[WF-CM-001] the external id of a customer that was merged leads to the survivor', async () => {
  const [survivor, retired] = [await person({ externalId: word() }), await person({ externalId: word() })];
  const merge = `mutation($survivorId: ID!, $retiredIds: [ID!]!, $dryRun: Boolean, $expectedVersions: [ExpectedVersion!]) {
    result: mergeCustomers(survivorId: $survivorId, retiredIds: $retiredIds, dryRun: $dryRun, expectedVersions: $expectedVersions) {
      __typename ... on MergePlan { expectedVersions { id version } } ... on Problem { message } } }`;
  const ids = { survivorId: survivor.id, retiredIds: [retired.id] };
  const plan = (await must('sales_manager', merge, { ...ids, dryRun: true })).result;
  expect((await must('sales_manager', merge, { ...ids, expectedVersions: plan.expectedVersions })).result.__typename).toBe('Merge');
  const email = mailbox();
  const job = await load(csv(['Customer Number', 'Customer Email'], [retired.externalId, email]));
  expect(job.counts).toMatchObject({ update: 1, updated: 1 });
  expect((await rowsOf(job.id))[0].customer.id).toBe(survivor.id);
  expect(await read(survivor.id, 'externalId email')).toEqual({ externalId: survivor.externalId, email });
});
