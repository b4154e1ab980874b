// What keeps customer records in order by itself: an inactive owner's customers find another, a record page says what is missing, and nobody is
// invoiced without what an invoice needs [Inactive owner] [Customer without contacts] [Missing required for export].
import { expect, test } from '@jest/globals';
import { create, ein, mailbox, update, word } from '../support/customers.ts';
import { eventually, gql, must, readTopic } from '../support/stack.ts';

const staff = (more: object = {}) =>
  create('admin', 'StaffMember', { name: `Staff ${word()}`, email: mailbox(), roles: ['SALES_REP'], ...more });
const customer = (more: object = {}) => create('admin', 'Customer', { type: 'INDIVIDUAL', displayName: `Person ${word()}`, ...more });
const ownersOf = async (ids: string[]) =>
  (await must('admin', 'query($ids: [ID!]!) { customersByIds(ids: $ids) { ownerId } }', { ids })).customersByIds.map(
    (row: any) => row.ownerId,
  );

test('[Inactive owner] the customers of a deactivated owner go to the nearest active manager, each with its events, and the report says so', async () => {
  const top = await staff({ roles: ['SALES_MANAGER'] });
  const gone = await staff({ managerId: top.id, active: false });
  const owner = await staff({ managerId: gone.id });
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) ids.push((await customer({ ownerId: owner.id })).id);
  const PREVIEW =
    'query($id: ID!) { staffMember(id: $id) { ownedCustomers successor { id } handOver { to { id } customers remaining finishedAt } } }';
  const preview = await must('sales_manager', PREVIEW, { id: owner.id });
  expect(preview.staffMember).toEqual({ ownedCustomers: 5, successor: { id: top.id }, handOver: null });

  await update('admin', 'StaffMember', owner, { active: false });
  await eventually(async () => expect(await ownersOf(ids)).toEqual(ids.map(() => top.id)));
  const report = await eventually(async () => {
    const { staffMember } = await must('sales_manager', PREVIEW, { id: owner.id });
    expect(staffMember.handOver.finishedAt).not.toBeNull();
    return staffMember;
  });
  expect(report).toMatchObject({ ownedCustomers: 0, handOver: { to: { id: top.id }, customers: 5, remaining: 0 } });
  const facts = await readTopic('crm.customer.events.v1', { key: ids[0]!, untilCount: 3 });
  expect(facts.map(({ headers }) => headers.ce_type)).toContain('crm.customer.owner-changed.v1');
  expect(facts.at(-1)!.data).toMatchObject({ fromOwnerId: owner.id, toOwnerId: top.id });
  const [told] = (await readTopic('crm.customer.events.v1', { key: owner.id })).filter(
    ({ headers }) => headers.ce_type === 'crm.customer.customers-handed-over.v1',
  );
  expect(told!.data).toEqual({ staffId: owner.id, toStaffId: top.id, customers: 5 });
}, 60_000);

test('[Inactive owner] without an active manager they go to the pool, and nobody who is inactive can be made an owner', async () => {
  const owner = await staff();
  const { id } = await customer({ ownerId: owner.id });
  const { deleteStaffMember } = await must('admin', 'mutation($id: ID!) { deleteStaffMember(id: $id) { __typename } }', { id: owner.id });
  expect(deleteStaffMember.__typename).toBe('StaffMember');
  await eventually(async () => expect(await ownersOf([id])).toEqual([null]));
  expect(await customer({ ownerId: owner.id })).toMatchObject({ __typename: 'InactiveOwner', ownerId: owner.id });
}, 60_000);

const WARNINGS = 'query($id: ID!) { customer(id: $id) { warnings { code message action } } }';
const warnings = async (id: string) => (await must('sales_rep', WARNINGS, { id })).customer.warnings.map((warning: any) => warning.code);

test('[Customer without contacts] an organisation without contacts warns, with what to do, until it has one', async () => {
  const { id } = await customer({ type: 'ORGANIZATION', displayName: `Works ${word()}`, ownerId: null });
  expect(await warnings(id)).toEqual(['ORGANIZATION_WITHOUT_CONTACTS', 'MISSING_TAX_ID', 'NO_DEFAULT_ADDRESS']);
  const [first] = (await must('sales_rep', WARNINGS, { id })).customer.warnings;
  expect(first).toMatchObject({ message: expect.stringContaining('no contacts'), action: expect.stringContaining('Add a contact') });
  await create('admin', 'Contact', { customerId: id, firstName: 'Ada', lastName: word() });
  expect(await warnings(id)).toEqual(['MISSING_TAX_ID', 'NO_DEFAULT_ADDRESS']);
  const person = await customer({ ownerId: null });
  expect(await warnings(person.id)).toEqual(['NO_DEFAULT_ADDRESS']);
});

const AUTHORISE = `mutation($input: AuthoriseInvoiceInput!) { authoriseInvoice(input: $input) { __typename
  ... on InvoiceAuthorisation { id reference customer { id } } ... on InvoiceBlocked { message missing } } }`;
const authorise = async (input: object) => (await must('integration', AUTHORISE, { input })).authoriseInvoice;

test('[Missing required for export] an invoice is blocked with the fields that are missing, and authorised once they are there', async () => {
  const { id } = await customer({ type: 'ORGANIZATION', displayName: `Works ${word()}`, ownerId: null });
  expect(await authorise({ customerId: id })).toMatchObject({
    __typename: 'InvoiceBlocked',
    missing: ['LEGAL_NAME', 'TAX_ID', 'BILLING_ADDRESS'],
    message: expect.stringContaining('tax_id'),
  });
  await create('admin', 'Account', { customerId: id, legalName: `Works ${word()} Inc`, country: 'US', taxId: ein() });
  const readiness = 'query($id: ID!) { invoiceReadiness(customerId: $id) { ready missing } }';
  expect((await must('integration', readiness, { id })).invoiceReadiness).toEqual({ ready: false, missing: ['BILLING_ADDRESS'] });
  await create('admin', 'Address', {
    customerId: id,
    addressType: 'BILLING',
    streetLine1: '1 Test St',
    city: 'Springfield',
    country: 'US',
  });
  expect((await must('integration', readiness, { id })).invoiceReadiness).toEqual({ ready: true, missing: [] });

  const input = { customerId: id, reference: 'draft 7', idempotencyKey: word() };
  const authorised = await authorise(input);
  expect(authorised).toMatchObject({ __typename: 'InvoiceAuthorisation', reference: 'draft 7', customer: { id } });
  expect(await authorise(input)).toEqual(authorised);
  const unknown = await gql('integration', AUTHORISE, { input: { customerId: crypto.randomUUID() } });
  expect(unknown.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.customerId' });
});

const FLAGS = `query($id: ID!) { textFlags(filter: { all: [{ customerId: { eq: $id } }, { state: { eq: OPEN } }] }) { totalCount nodes { id noun rowId field kinds } } }`;
const openFlags = async (id: string) => (await must('dpo', FLAGS, { id })).textFlags.nodes;

test('[PII in notes field] notes with a card or a social security number are saved, warned of and queued for review, and leave it when changed', async () => {
  const [from, to] = [await customer({ ownerId: null }), await customer({ ownerId: null })];
  const related = await create('admin', 'Relationship', {
    fromCustomerId: from.id,
    toCustomerId: to.id,
    relationshipType: 'PARTNER',
    notes: 'pays with 4111 1111 1111 1111, SSN 219-09-9999',
  });
  expect(related.notes).toContain('4111');
  const warned = await must(
    'admin',
    'query($id: ID!) { relationships(filter: { fromCustomerId: { eq: $id } }) { nodes { textFlags { field kinds state } } } }',
    { id: from.id },
  );
  const kinds = ['PAYMENT_CARD', 'SOCIAL_SECURITY_NUMBER'];
  expect(warned.relationships.nodes[0].textFlags).toEqual([{ field: 'notes', kinds, state: 'OPEN' }]);
  const [flag] = await openFlags(from.id);
  expect(flag).toMatchObject({ noun: 'Relationship', rowId: related.id, field: 'notes', kinds });
  const told = await readTopic('crm.customer.events.v1', { key: from.id, untilCount: 3 });
  expect(JSON.stringify(told)).not.toContain('4111 1111');

  await must('dpo', 'mutation($id: ID!) { reviewTextFlag(id: $id) { state reviewedBy { kind } } }', { id: flag.id });
  expect(await openFlags(from.id)).toEqual([]);
  const changed = await update('admin', 'Relationship', related, { notes: 'IBAN DE89370400440532013000' });
  expect((await openFlags(from.id)).map((row: any) => row.kinds)).toEqual([['IBAN']]);
  await update('admin', 'Relationship', changed, { notes: 'as agreed on the phone' });
  expect(await openFlags(from.id)).toEqual([]);
});
