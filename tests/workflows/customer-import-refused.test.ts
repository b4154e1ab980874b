// Bad files, bad doors and bad orders at an import [WF-CM-001]: each is a clear refusal with its place, and never half an import. Who may import, and who
// sees whose.
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { mailbox, refusal, staff, word } from '../support/customers.ts';
import { check, csv, decide, doorOf, importOf, map, send, startImport, until, upload } from '../support/imports.ts';
import { gql, must, type Role } from '../support/stack.ts';
import { xlsx } from '../support/xlsx.ts';

const GOOD = csv(['Name'], ['Ada']);

test.each<[string, Buffer | string, object]>([
  ['an empty file', '', { code: 'EMPTY' }],
  ['a header alone', 'Name,Email\n', { code: 'NO_ROWS' }],
  ['an image', Buffer.from('89504e470d0a1a0a0000000d4948445200000100', 'hex'), { code: 'BINARY' }],
  ['an old spreadsheet', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), { code: 'UNSUPPORTED_FORMAT' }],
  ['two columns of one header', 'Name,E-Mail,e mail\nAda,a@example.com,b@example.com', { code: 'DUPLICATE_HEADERS', line: 1, column: 3 }],
  [
    '10,000 columns',
    csv(
      Array.from({ length: 10_000 }, (_, n) => `c${n}`),
      ['x'],
    ),
    { code: 'TOO_MANY_COLUMNS', line: 1, column: 10_000 },
  ],
  ['a line of 10,000 columns', `Name\n${'x,'.repeat(10_000)}`, { code: 'TOO_MANY_COLUMNS', line: 2 }],
  ['a quote that never ends', 'Name,City\nAda,"Berlin\nBob,Bonn\n', { code: 'UNCLOSED_QUOTE' }],
  ['an archive that is no spreadsheet', xlsx([['a']], { claim: (_, size) => size + 1 }).subarray(0, 300), { code: 'DAMAGED' }],
  ['a spreadsheet with a password', xlsx([['Name'], ['Ada']], { encrypted: true }), { code: 'ENCRYPTED' }],
  ['a zip bomb', xlsx([['Name'], ['Ada']], { claim: () => 4_000_000_000 }), { code: 'TOO_LARGE' }],
])('[WF-CM-001] %s is refused, and says why and where', async (_, content, expected) => {
  const job = await upload(content);
  expect(job).toMatchObject({ status: 'REFUSED', refusal: { message: expect.any(String), ...expected }, progress: { rowsTotal: 0 } });
  const { import: stored } = await must('sales_manager', 'query($id: ID!) { import(id: $id) { rows { totalCount } } }', { id: job.id });
  expect(stored.rows.totalCount).toBe(0);
});

test('[WF-CM-001] a spreadsheet and a file of an older Windows are read as they are, ragged lines and lost characters are mistakes of their lines', async () => {
  const [a, b] = [word(), word()];
  const book = await check(
    xlsx(
      [
        ['Name', 'Customer Email', 'Customer Phone'],
        [`Jürgen ${a}`, mailbox(), 4930123456789],
        [{ xml: '<c r="REF" t="str"><f>CONCAT()</f><v>Formula</v></c>' }, mailbox()],
        [{ xml: '<c r="REF"><f>1+1</f></c>' }, mailbox()],
      ],
      { shared: true },
    ),
    { fileName: 'book.xlsx' },
  );
  expect(book).toMatchObject({ format: 'XLSX', encoding: null, counts: { new: 2, invalid: 1 } });
  const windows = Buffer.from(
    [
      'Name;Straße;PLZ;Ort;Land',
      ...Array.from({ length: 30 }, (_, n) => `Jörg Müller ${b} ${n};Königstraße ${n};40210;Düsseldorf;DE`),
    ].join('\r\n'),
    'latin1',
  );
  const old = await upload(windows);
  expect(old).toMatchObject({ status: 'UPLOADED', delimiter: ';', progress: { rowsTotal: 30 } });
  expect(old.columns.map(({ header }: any) => header)).toEqual(['Name', 'Straße', 'PLZ', 'Ort', 'Land']);
  const mixed = await check(
    Buffer.concat([Buffer.from(`Name,Ort\nÄnne ${a},Köln\nÖzil ${a},Düren\n`), Buffer.from(`Jörg ${a},Bonn\nAda,a,b\nBea\n`, 'latin1')]),
    {},
    [{ column: 1, field: 'CUSTOMER_NAME' }],
  );
  expect(mixed.counts).toMatchObject({ new: 2, invalid: 3 });
  const rows = await must(
    'admin',
    'query($id: ID!) { import(id: $id) { rows(filter: { verdict: { eq: INVALID } }) { nodes { line errors { column message } } } } }',
    { id: mixed.id },
  );
  expect(rows.import.rows.nodes).toEqual([
    { line: 4, errors: [{ column: 1, message: expect.stringContaining('encoding') }] },
    { line: 5, errors: [{ column: 3, message: expect.stringContaining('has 3 cells') }] },
    { line: 6, errors: [{ column: 2, message: expect.stringContaining('has 1 cells') }] },
  ]);
});

/** Sends only the beginning of a body, so that an answer must come before its end. */
const announce = (url: string, bytes: number): Promise<{ status: number; body: any }> =>
  new Promise((resolve, reject) => {
    const call = request(doorOf(url), { method: 'PUT', headers: { 'content-length': bytes } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        call.destroy();
        resolve({ status: answer.statusCode!, body: JSON.parse(text) });
      });
    });
    call.on('error', reject);
    call.write('Name\n');
  });

test('[WF-CM-001] a file of 1 GB is refused by what it announces, before it is sent', async () => {
  const started = await startImport();
  const answer = await announce(started.url, 1_073_741_824);
  expect(answer).toMatchObject({
    status: 413,
    body: { errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'fileBytes', asked: 1_073_741_824 } }] },
  });
  expect((await importOf(started.import.id)).status).toBe('AWAITING_FILE');
  expect((await send(started.url, GOOD)).status).toBe(201);
});

test('[WF-CM-001] the door opens to its token only, once, and to PUT alone', async () => {
  const started = await startImport();
  expect((await send(started.url.replace(/token=.*/, `token=${'x'.repeat(32)}`), GOOD)).status).toBe(404);
  expect((await send('/files/customer', GOOD)).status).toBe(404);
  expect((await fetch(doorOf(started.url))).status).toBe(405);
  expect((await fetch(doorOf(started.url), { method: 'POST', body: GOOD })).status).toBe(405);
  expect((await send(started.url, GOOD)).status).toBe(201);
  await until(started.import.id, 'UPLOADED');
  expect((await send(started.url, GOOD)).status).toBe(404);
});

test('[WF-CM-001] the same idempotency key answers the same import with a new link', async () => {
  const input = { idempotencyKey: `import-${word()}` };
  const [first, second] = [await startImport(input), await startImport(input)];
  expect(second.import.id).toBe(first.import.id);
  expect(second.url).not.toBe(first.url);
});

test('[WF-CM-001] a mapping that names nobody, a column that is not there, and a field that is filled twice are refused with their place', async () => {
  const job = await upload(csv(['Name', 'Email'], ['Ada', mailbox()]));
  const text =
    'mutation($id: ID!, $version: Int!, $input: MapImportInput!) { mapImport(id: $id, expectedVersion: $version, input: $input) { __typename } }';
  const refused = (input: object, version = job.version) => refusal('sales_manager', text, { id: job.id, version, input });
  expect(await refused({ mapping: [{ column: 3, field: 'CUSTOMER_NAME' }] })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.mapping.0.column',
  });
  expect(await refused({ mapping: [{ column: 2, field: 'CUSTOMER_EMAIL' }] })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.mapping' });
  const twice = [1, 2].map((column) => ({ column, field: 'CUSTOMER_NAME' }));
  expect(await refused({ mapping: twice })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.mapping.1.field' });
  expect(await refused({})).toEqual({ code: 'BAD_USER_INPUT', field: 'input' });
  expect((await refused({ mapping: [twice[0]] }, job.version + 1)).code).toBe('CONFLICT');
  expect((await importOf(job.id)).status).toBe('UPLOADED');
});

test('[WF-CM-001] a decision needs rows, and a step out of turn says where the import stands', async () => {
  const job = await upload(csv(['Name'], ['Ada']));
  expect(await decide(job, { rows: [1] }, 'SKIP')).toMatchObject({
    __typename: 'ImportNotReady',
    status: 'UPLOADED',
    allowed: ['PREVIEWED'],
  });
  const { errors } = await gql(
    'sales_manager',
    'mutation($id: ID!) { decideImportRows(id: $id, expectedVersion: 1, rule: {}, decision: SKIP) { __typename } }',
    { id: job.id },
  );
  expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'rule' });
});

test.each<Role>(['marketing', 'support_rep', 'dpo', 'auditor', 'customer'])('[WF-CM-001] %s cannot start an import', async (role) => {
  const { errors } = await gql(role, 'mutation { startImport(input: { fileName: "x.csv" }) { __typename } }');
  expect(errors![0]!.extensions.code).toBe('FORBIDDEN');
});

test('[WF-CM-001] a sales rep imports into what they own, and sees their own imports alone', async () => {
  const [rep, other] = [await staff('sales_rep', { team: `team ${word()}` }), await staff('sales_rep', { team: `team ${word()}` })];
  const job = await check(csv(['Name', 'Customer Email'], [`Ada ${word()}`, mailbox()]), { ownerId: rep.sub }, undefined, rep);
  const text = 'query($id: ID!) { import(id: $id) { id } }';
  expect((await must(rep, text, { id: job.id })).import.id).toBe(job.id);
  expect(await refusal(other, text, { id: job.id })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await map({ ...job }, { mapping: [{ column: 1, field: 'CUSTOMER_NAME' }] }, rep)).toMatchObject({ __typename: 'Import' });
});
