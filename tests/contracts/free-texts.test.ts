// PII in notes field: whatever free text of the customer service a person may write, a card number in it is flagged when it is saved, never blocked, and the
// flag goes with the number. The census says which columns are free text; each of them is written here, so that a new one cannot be forgotten.
import { expect, test } from '@jest/globals';
import { census } from '../../services/customer/src/census.ts';
import { FREE_TEXTS } from '../../services/customer/src/text-flag/flag-text.ts';
import { reject as rejectJob, run, start } from '../support/bulk.ts';
import { accountOf, addressOf, contactOf, ein, facts, organisation, person, staff, update, word } from '../support/customers.ts';
import { csv, load, map, proposed, rowsOf, undo, until, upload } from '../support/imports.ts';
import { merged, reject as rejectMerge, request, unmerged } from '../support/merges.ts';
import { database, must, subgraph } from '../support/stack.ts';

const CARD = '4111 1111 1111 1111';
const KINDS = ['PAYMENT_CARD'];

/** The open flags of a row, by field. */
async function flagsOf(rowId: string): Promise<Record<string, string[]>> {
  const { textFlags } = await must(
    'dpo',
    'query($id: ID!) { textFlags(first: 50, filter: { rowId: { eq: $id }, state: { eq: OPEN } }) { nodes { field kinds } } }',
    { id: rowId },
  );
  return Object.fromEntries(textFlags.nodes.map(({ field, kinds }: any) => [field, kinds]));
}

const result = async (query: string, variables: object, who: any = 'admin'): Promise<any> => (await must(who, query, variables)).result;

async function customField(personal: boolean, more: object = {}): Promise<{ id: string; key: string }> {
  const input = { key: `text_${word()}`, label: `Text ${word()}`, type: 'TEXT', personal, ...more };
  return result(
    'mutation($input: CreateCustomFieldInput!) { result: createCustomField(input: $input) { ... on CustomField { id key } } }',
    {
      input,
    },
  );
}

async function customValue(personal: boolean, text: string): Promise<{ rowId: string; field: string }> {
  const { id, key } = await customField(personal);
  const customer = await person({ custom: { [key]: text } });
  await must('admin', 'mutation($id: ID!) { deleteCustomField(id: $id) { id } }', { id });
  return { rowId: customer.id, field: `custom.${key}` };
}

const savedView = async (input: object): Promise<{ rowId: string; textFlags: any[] }> => {
  const { id, textFlags } = await result(
    'mutation($input: CreateSavedViewInput!) { result: createSavedView(input: $input) { ... on SavedView { id textFlags { field } } } }',
    { input: { name: `View ${word()}`, ...input } },
    await staff('sales_rep'),
  );
  return { rowId: id, textFlags };
};

/** Writes the text into the column, and answers of which row and field a flag should tell. */
const WRITERS: Record<string, (text: string) => Promise<{ rowId: string; field: string }>> = {
  'customer.custom': (text) => customValue(false, text),
  'customer.customPersonal': (text) => customValue(true, text),
  'contact.jobTitle': async (text) => ({ rowId: (await contactOf((await person()).id, { jobTitle: text })).id, field: 'jobTitle' }),
  'address.streetLine2': async (text) => ({
    rowId: (await addressOf((await person()).id, { streetLine2: text })).id,
    field: 'streetLine2',
  }),
  'relationship.notes': async (text) => {
    const input = { fromCustomerId: (await person()).id, toCustomerId: (await person()).id, relationshipType: 'PARTNER', notes: text };
    const { id } = await result(
      'mutation($input: CreateRelationshipInput!) { result: createRelationship(input: $input) { ... on Relationship { id } } }',
      { input },
    );
    return { rowId: id, field: 'notes' };
  },
  'merge.rejectionReason': async (text) => {
    const merge = await request({ survivorId: (await person()).id, retiredIds: [(await person()).id] });
    expect(await rejectMerge(merge, await staff('admin'), text)).toMatchObject({ __typename: 'Merge', rejectionReason: text });
    return { rowId: merge.id, field: 'rejectionReason' };
  },
  'duplicate_candidate.dismissReason': async (text) => {
    const { id } = await result(
      'mutation($a: ID!, $b: ID!, $reason: String!) { result: dismissDuplicate(a: $a, b: $b, reason: $reason) { ... on DuplicatePair { id } } }',
      { a: (await person()).id, b: (await person()).id, reason: text },
    );
    return { rowId: id, field: 'dismissReason' };
  },
  'bulk_job.rejectionReason': async (text) => {
    const prefix = `Flag ${word()}`;
    const lines = Array.from({ length: 101 }, (_, n) => [`${prefix} ${n}`]);
    await load(csv(['Name'], ...lines), {}, [{ column: 1, field: 'CUSTOMER_NAME' }], 'CREATE');
    const job = await start(await staff('admin'), { action: 'DELETE', filter: { displayName: { startsWith: prefix } } });
    await rejectJob('admin', job, text);
    return { rowId: job.id, field: 'rejectionReason' };
  },
  'profile_change_request.reason': async (text) => {
    const { id } = await organisation();
    await accountOf(id, { country: 'US', taxId: ein() });
    const { customer } = await must('admin', 'query($id: ID!) { customer(id: $id) { version } }', { id });
    const { requested } = await result(
      `mutation($version: Int!, $input: UpdateMyProfileInput!) { result: updateMyProfile(expectedVersion: $version, input: $input) {
        ... on MyProfileUpdate { requested { id } } } }`,
      { version: customer.version, input: { legalName: `Other ${word()}` } },
      { kind: 'portal', customer_id: id },
    );
    await must(
      'admin',
      'mutation($id: ID!, $reason: String!) { rejectProfileChange(id: $id, expectedVersion: 1, reason: $reason) { __typename } }',
      { id: requested[0].id, reason: text },
    );
    return { rowId: requested[0].id, field: 'reason' };
  },
  'invoice_authorisation.reference': async (text) => {
    const { id } = await person();
    await addressOf(id);
    const { id: rowId } = await result(
      'mutation($input: AuthoriseInvoiceInput!) { result: authoriseInvoice(input: $input) { ... on InvoiceAuthorisation { id } } }',
      { input: { customerId: id, reference: text } },
      'integration',
    );
    return { rowId, field: 'reference' };
  },
  'import_template.name': async (text) => {
    const name = `${word()} ${text}`;
    const job = await upload(csv(['Name'], [`Ada ${word()}`]));
    await map(job, { mapping: proposed(job), saveAs: name });
    const { importTemplates } = await must('admin', 'query($s: String) { importTemplates(search: $s) { nodes { id } } }', { s: name });
    return { rowId: importTemplates.nodes[0].id, field: 'name' };
  },
  'tag.name': async (text) => {
    const name = `${word()} ${text}`;
    const { tags } = await result(
      'mutation($id: ID!, $names: [String!]!) { result: addTags(customerId: $id, names: $names) { ... on Customer { tags { id } } } }',
      { id: (await person()).id, names: [name] },
    );
    return { rowId: tags[0].id, field: 'name' };
  },
  'custom_field.label': async (text) => ({ rowId: (await customField(false, { label: `${word()} ${text}` })).id, field: 'label' }),
  'custom_field.description': async (text) => ({ rowId: (await customField(false, { description: text })).id, field: 'description' }),
  'saved_view.name': async (text) => ({ ...(await savedView({ name: text })), field: 'name' }),
  'saved_view.search': async (text) => {
    const { rowId, textFlags } = await savedView({ search: text });
    expect(textFlags).toEqual([{ field: 'search' }]);
    return { rowId, field: 'search' };
  },
  'saved_view.filter': async (text) => ({ ...(await savedView({ filter: { email: { contains: text } } })), field: 'filter.email' }),
};

const written = Object.entries(FREE_TEXTS).flatMap(([table, { fields }]) => fields.map((field) => `${table}.${field}`));

test('each free text of the census is written by this test', () => {
  expect(Object.keys(WRITERS).sort()).toEqual(written.sort());
});

test.each(written.sort())(
  '[PII in notes field] a card number in %s is saved, and flagged for a review that never shows it',
  async (column) => {
    const { rowId, field } = await WRITERS[column]!(CARD);
    expect(await flagsOf(rowId)).toEqual({ [field]: KINDS });
  },
);

test('[PII in notes field] an update warns at once, takes the flag back with the number, and a change of something else flags nothing again', async () => {
  const { id } = await person();
  const contact = await contactOf(id, { jobTitle: `SSN 219-09-9999` });
  const warned = await must('sales_rep', 'query($id: ID!) { contact(id: $id) { textFlags { kinds state customer { id } } } }', {
    id: contact.id,
  });
  expect(warned.contact.textFlags).toEqual([{ kinds: ['SOCIAL_SECURITY_NUMBER'], state: 'OPEN', customer: { id } }]);
  const { textFlags } = await must('dpo', 'query($id: ID!) { textFlags(filter: { rowId: { eq: $id } }) { nodes { id noun } } }', {
    id: contact.id,
  });
  expect(textFlags.nodes).toMatchObject([{ noun: 'Contact' }]);
  await must('dpo', 'mutation($id: ID!) { reviewTextFlag(id: $id) { state } }', { id: textFlags.nodes[0].id });
  const renamed = await update('admin', 'Contact', contact, { firstName: 'Grace' });
  expect(await flagsOf(contact.id)).toEqual({});
  const iban = await update('admin', 'Contact', renamed, { jobTitle: 'DE89 3704 0044 0532 0130 00' });
  expect(await flagsOf(contact.id)).toEqual({ jobTitle: ['IBAN'] });
  await update('admin', 'Contact', iban, { jobTitle: 'Order 4111 1111 1111 1112, extension 219099999' });
  expect(await flagsOf(contact.id)).toEqual({});
  const told = (await facts(id, 6)).filter(({ type }) => type.startsWith('text-flag'));
  expect(told.map(({ type }) => type)).toEqual(['text-flagged', 'text-flag-reviewed', 'text-flagged']);
  expect(JSON.stringify(told)).not.toMatch(/219-09|3704/);
});

test('[PII in notes field] a file, its undoing and a bulk change flag and clear as one person would', async () => {
  const name = `Imported ${word()}`;
  const lines = Array.from({ length: 20 }, (_, n) => [`${name} ${n}`, `Ada ${word()}`, n % 2 ? 'Buyer' : `Pays by ${CARD}`]);
  const mapping = ['CUSTOMER_NAME', 'CONTACT_NAME', 'CONTACT_JOB_TITLE'].map((field, n) => ({ column: n + 1, field }));
  const job = await load(csv(['Company', 'Contact', 'Title'], ...lines), {}, mapping, 'CREATE');
  const ids = (await rowsOf(job.id)).map(({ customer }: any) => customer.id);
  const open = async () => {
    const query =
      'query($ids: [ID!]) { textFlags(first: 50, filter: { customerId: { in: $ids }, state: { eq: OPEN } }) { nodes { noun } } }';
    return (await must('dpo', query, { ids })).textFlags.nodes.map(({ noun }: any) => noun);
  };
  expect(await open()).toEqual(Array(10).fill('Contact'));

  const field = await customField(true);
  await run('admin', { action: 'UPDATE', ids, arguments: { custom: { [field.key]: CARD } } });
  expect(await open()).toHaveLength(30);
  await run('admin', { action: 'UPDATE', ids, arguments: { custom: { [field.key]: 'as agreed' } } });
  expect(await open()).toHaveLength(10);

  const company = await organisation({ externalId: name });
  const known = await contactOf(company.id, { firstName: 'Grace', lastName: word(), jobTitle: 'Buyer' });
  const again = await load(
    csv(['Number', 'Company', 'First', 'Last', 'Title'], [name, company.displayName, 'Grace', known.lastName, CARD]),
    {},
    ['CUSTOMER_EXTERNAL_ID', 'CUSTOMER_NAME', 'CONTACT_FIRST_NAME', 'CONTACT_LAST_NAME', 'CONTACT_JOB_TITLE'].map((name, n) => ({
      column: n + 1,
      field: name,
    })),
    'UPDATE',
  );
  expect(await rowsOf(again.id)).toMatchObject([{ outcome: 'UPDATED', customer: { id: known.customerId } }]);
  expect(await flagsOf(known.id)).toEqual({ jobTitle: KINDS });
  await undo(again);
  await until(again.id, 'UNDONE');
  expect(await flagsOf(known.id)).toEqual({});
});

test('[PII in notes field] what a merge brings to the survivor is flagged there, and goes with the un-merge', async () => {
  const { key } = await customField(false);
  const [survivor, retired] = [await person(), await person({ custom: { [key]: CARD } })];
  const merge = await merged(survivor.id, [retired.id]);
  expect(await flagsOf(survivor.id)).toEqual({ [`custom.${key}`]: KINDS });
  await unmerged(merge);
  expect(await flagsOf(survivor.id)).toEqual({});
  expect(await flagsOf(retired.id)).toEqual({ [`custom.${key}`]: KINDS });
});

test('text that no census entry calls free is text that no person writes as they like', async () => {
  const db = await database('customer');
  const { rows } = await db.query<{ name: string; table: string; column: string }>(
    `select table_name as "table", column_name as "column" from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'jsonb') order by 1, 2`,
  );
  const content = rows
    .filter(({ table, column }) => census[table]?.columns[column]?.class === 'content' && !census[table].columns[column]!.freeText)
    .map(({ table, column }) => `${table}.${column}`);
  expect(content).toEqual([
    // What a job was asked to write is flagged where it is written.
    'bulk_job.arguments',
    // The matcher's own words.
    'duplicate_candidate.reasons',
    // A file as it came: its texts are flagged where they are written.
    'import.columns',
    'import.file_name',
    'import_change.after',
    'import_change.before',
    'import_row.errors',
    'import_row.match_reasons',
    'import_row.message',
    'import_row.row_hash',
    'import_row.unreadable',
    // Our own words.
    'mail.body',
    'mail.subject',
    // Copies of rows, erased with the journal.
    'merge_change.after',
    'merge_change.before',
  ]);
});

test('[PII in notes field] a text without a number costs no statement', async () => {
  const { id } = await person();
  const input = { customerId: id, firstName: 'Ada', lastName: word() };
  const CONTACT = 'mutation($input: CreateContactInput!) { createContact(input: $input) { __typename } }';
  const counts: number[] = [];
  for (const jobTitle of [null, 'Buyer', CARD]) {
    const { errors, headers } = await subgraph('customer', 'admin', CONTACT, { input: { ...input, jobTitle } });
    expect(errors).toBeUndefined();
    counts.push(Number(headers.get('x-statements')));
  }
  expect([counts[1]! - counts[0]!, counts[2]! - counts[0]!]).toEqual([0, 1]);
});
