// A customer's record over its life: read, change, delete with everything below it, bring it back; and what other services' news do to it.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  contactOf,
  create,
  DELETE,
  facts,
  organisation,
  person,
  read,
  refusal,
  remove,
  restore,
  staff,
  state,
  UPDATE,
  update,
  word,
} from '../support/customers.ts';
import { database, eventually, gql, must, stack } from '../support/stack.ts';

const STATUS = `mutation($customerId: ID!, $restricted: Boolean!, $reason: String!) {
  setProcessingRestriction(customerId: $customerId, restricted: $restricted, reason: $reason) { __typename } }`;

test('[Customer AC-1] a customer is created, read, changed field by field, cleared, deleted and restored', async () => {
  const customer = await person({ source: 'REFERRAL', externalId: word(), phone: '030 1234567' });
  expect(await read(customer.id, 'id type displayName status source externalId phone version')).toEqual({
    id: customer.id,
    type: 'INDIVIDUAL',
    displayName: customer.displayName,
    status: 'PROSPECT',
    source: 'REFERRAL',
    externalId: customer.externalId,
    phone: '030 1234567',
    version: 1,
  });
  const changed = await update('sales_manager', 'Customer', customer, {
    displayName: 'Renamed',
    source: null,
    phone: null,
    externalId: null,
  });
  expect(changed).toMatchObject({
    displayName: 'Renamed',
    source: null,
    phone: null,
    phoneE164: null,
    externalId: null,
    status: 'PROSPECT',
    version: 2,
  });
  expect(Date.parse(changed.updatedAt)).toBeGreaterThan(Date.parse(customer.updatedAt));
  // Nothing to change: no version, no fact.
  expect(await update('sales_manager', 'Customer', changed, { displayName: 'Renamed' })).toMatchObject({ version: 2 });
  await remove('sales_manager', 'Customer', customer.id, 2);
  expect(
    (await gql('sales_manager', 'query($id: ID!) { customer(id: $id) { id } }', { id: customer.id })).errors![0]!.extensions.code,
  ).toBe('NOT_FOUND');
  expect(await restore('sales_manager', 'Customer', customer.id)).toMatchObject({ __typename: 'Customer', deletedAt: null, version: 4 });
  expect(await restore('sales_manager', 'Customer', customer.id)).toMatchObject({ version: 4 });
  const told = await facts(customer.id, 4);
  expect(told.map(({ type, data, headers }) => [headers.ce_sequence, type, data.version])).toEqual([
    ['1', 'customer-created', 1],
    ['2', 'customer-updated', 2],
    ['3', 'customer-deleted', 3],
    ['4', 'customer-restored', 4],
  ]);
  expect([...told[1]!.data.changed].sort()).toEqual(['displayName', 'externalId', 'phone', 'source']);
  await state('crm.customer.state.v1', customer.id, (data, record) => {
    expect(record.headers.ce_sequence).toBe('4');
    expect(data).toMatchObject({ displayName: 'Renamed', deletedAt: null });
  });
});

test('[Customer AC-3] a deletion takes contacts, addresses, account and relationships, and a restore brings back exactly those', async () => {
  const works = await organisation({ externalId: word() });
  const partner = await organisation();
  const keep = await contactOf(works.id, { isPrimary: true });
  const gone = await contactOf(works.id);
  await remove('admin', 'Contact', gone.id);
  const address = await addressOf(works.id, { isDefault: true });
  const account = await accountOf(works.id);
  const relationship = await create('admin', 'Relationship', {
    fromCustomerId: partner.id,
    toCustomerId: works.id,
    relationshipType: 'PARTNER',
  });
  const child = await organisation({ parentId: works.id });
  const deleted = await remove('dpo', 'Customer', works.id, works.version);
  expect(deleted.deletedAt).not.toBeNull();

  const db = await database('customer');
  const deletions = async () =>
    (
      await db.query(
        `select 'contact' as t, deletion_id from contact where customer_id = $1 union all select 'address', deletion_id from address where customer_id = $1
       union all select 'account', deletion_id from account where customer_id = $1 union all select 'relationship', deletion_id from relationship where $1 in (from_customer_id, to_customer_id)
       union all select 'external_id', deletion_id from external_id where customer_id = $1`,
        [works.id],
      )
    ).rows;
  const marked = (await deletions()).filter((row) => row.deletion_id !== null);
  expect(marked.map((row) => row.t).sort()).toEqual(['account', 'address', 'contact', 'external_id', 'relationship', 'relationship']);
  expect(new Set(marked.map((row) => row.deletion_id)).size).toBe(1);
  await state('crm.customer.contacts.v1', keep.id, (data) => expect(data.deletedAt).not.toBeNull());
  await state('crm.customer.state.v1', works.id, (data) => expect(data).toMatchObject({ account: null, defaultAddresses: [] }));
  expect((await read(partner.id, 'relationships { nodes { id } }')).relationships.nodes).toEqual([]);
  expect(await read(child.id, 'parentId parent { id }')).toEqual({ parentId: works.id, parent: null });
  for (const [noun, id] of [
    ['Contact', keep.id],
    ['Address', address.id],
    ['Account', account.id],
    ['Relationship', relationship.id],
  ] as const) {
    expect(await refusal('admin', DELETE(noun), { id })).toEqual({ code: 'NOT_FOUND', field: 'id' });
  }

  await restore('admin', 'Customer', works.id);
  expect((await deletions()).every((row) => row.deletion_id === null)).toBe(true);
  const seen = await read(
    works.id,
    'externalId contacts { nodes { id isPrimary } } addresses { id isDefault } account { id } relationships { nodes { id } } children { nodes { id } }',
  );
  expect(seen).toMatchObject({
    externalId: works.externalId,
    contacts: { nodes: [{ id: keep.id, isPrimary: true }] },
    addresses: [{ id: address.id, isDefault: true }],
    account: { id: account.id },
    children: { nodes: [{ id: child.id }] },
  });
  expect(seen.relationships.nodes.map((r: any) => r.id)).toContain(relationship.id);
  const told = await facts(works.id, 18);
  expect(told.filter(({ data }) => data.deletionId).map(({ type }) => type)).toEqual([
    'contact-deleted',
    'address-deleted',
    'account-deleted',
    'relationship-deleted',
    'relationship-deleted',
    'customer-deleted',
    'contact-restored',
    'address-restored',
    'account-restored',
    'relationship-restored',
    'relationship-restored',
    'customer-restored',
  ]);
  expect(told.map(({ headers }) => Number(headers.ce_sequence))).toEqual(told.map((_, i) => i + 1));
});

test('[Customer AC-3] a child that moved while its parent was deleted does not come back to it', async () => {
  const [parent, other] = [await organisation(), await organisation()];
  const child = await organisation({ parentId: parent.id });
  await remove('admin', 'Customer', parent.id);
  await update('admin', 'Customer', child, { parentId: other.id });
  await restore('admin', 'Customer', parent.id);
  expect(await read(parent.id, 'children { nodes { id } } relationships { nodes { endDate } }')).toEqual({
    children: { nodes: [] },
    relationships: { nodes: [{ endDate: new Date().toISOString().slice(0, 10) }] },
  });
  expect((await read(child.id, 'parent { id }')).parent.id).toBe(other.id);
});

test('deleted rows are shown to admin, dpo and auditor who ask, and to nobody else', async () => {
  const { id, displayName } = await person();
  await remove('admin', 'Customer', id);
  const LIST =
    'query($search: String, $deleted: Boolean) { customers(search: $search, includeDeleted: $deleted) { nodes { id deletedAt } } }';
  for (const role of ['admin', 'dpo', 'auditor'] as const) {
    expect((await must(role, LIST, { search: displayName })).customers.nodes).toEqual([]);
    expect((await must(role, LIST, { search: displayName, deleted: true })).customers.nodes).toMatchObject([{ id }]);
    expect(
      (await must(role, 'query($id: ID!) { customer(id: $id, includeDeleted: true) { deletedAt } }', { id })).customer.deletedAt,
    ).not.toBeNull();
  }
  expect(await refusal('sales_manager', LIST, { search: displayName, deleted: true })).toEqual({
    code: 'FORBIDDEN',
    field: 'includeDeleted',
  });
});

test("a sales rep sees the own, the team's and the pool's customers; a stranger's are not found", async () => {
  const team = `team ${word()}`;
  const [rep, mate, stranger] = [
    await staff('sales_rep', { team }),
    await staff('sales_rep', { team }),
    await staff('sales_rep', { team: `team ${word()}` }),
  ];
  const name = `Scope ${word()}`;
  const mine = await person({ displayName: name, ownerId: rep.sub });
  const pool = await person({ displayName: name });
  const LIST = 'query($search: String) { customers(search: $search, orderBy: [{ field: CREATED_AT }]) { totalCount nodes { id } } }';
  const seen = async (who: any) => (await must(who, LIST, { search: name })).customers;
  for (const who of [rep, mate, 'sales_manager', 'support_rep'])
    expect(await seen(who)).toEqual({ totalCount: 2, nodes: [{ id: mine.id }, { id: pool.id }] });
  expect(await seen(stranger)).toEqual({ totalCount: 1, nodes: [{ id: pool.id }] });
  const contact = await contactOf(mine.id);
  expect(await refusal(stranger, UPDATE('Customer'), { id: mine.id, version: 1, input: { displayName: 'x' } })).toEqual({
    code: 'NOT_FOUND',
    field: 'id',
  });
  expect(await refusal(stranger, UPDATE('Contact'), { id: contact.id, version: 1, input: { firstName: 'x' } })).toEqual({
    code: 'NOT_FOUND',
    field: 'id',
  });
  const { customersByIds } = await must(stranger, 'query($ids: [ID!]!) { customersByIds(ids: $ids) { id } }', {
    ids: [pool.id, mine.id, randomUUID(), pool.id],
  });
  expect(customersByIds).toEqual([{ id: pool.id }, null, null, { id: pool.id }]);
});

test('a portal customer sees one customer, and no field that is not theirs', async () => {
  const me = await person({ email: `${word()}@example.com` });
  const portal = { kind: 'portal', customer_id: me.id } as const;
  expect(await read(me.id, 'displayName email contacts { nodes { id } } addresses { id }', portal)).toMatchObject({ email: me.email });
  const { id: other } = await person();
  expect(await refusal(portal, 'query($id: ID!) { customer(id: $id) { id } }', { id: other })).toEqual({ code: 'NOT_FOUND', field: 'id' });
  expect((await must(portal, '{ customers { nodes { id } } }')).customers.nodes).toEqual([{ id: me.id }]);
  for (const field of ['source', 'externalId', 'parent { id }', 'createdBy { id }', 'owner { email }']) {
    expect((await refusal(portal, `query($id: ID!) { customer(id: $id) { ${field} } }`, { id: me.id })).code).toBe('FORBIDDEN');
  }
  expect((await refusal('marketing', 'query($id: ID!) { customer(id: $id) { account { taxId } } }', { id: me.id })).code).toBe('FORBIDDEN');
});

test('[Right to Restriction] a restricted customer is changed by dpo and admin only, and marketing does not see it', async () => {
  const { id, displayName } = await person();
  const contact = await contactOf(id);
  await must('dpo', STATUS, { customerId: id, restricted: true, reason: 'asked for it' });
  await eventually(async () => expect((await read(id, 'processingRestricted')).processingRestricted).toBe(true));
  const input = { displayName: 'Changed' };
  for (const role of ['sales_manager', 'integration'] as const) {
    expect(await update(role, 'Customer', { id, version: 1 }, input)).toMatchObject({ __typename: 'ProcessingRestricted', customerId: id });
    expect(await update(role, 'Contact', contact, { firstName: 'x' })).toMatchObject({ __typename: 'ProcessingRestricted' });
    expect(await create(role, 'Contact', { customerId: id, firstName: 'a', lastName: 'b' })).toMatchObject({
      __typename: 'ProcessingRestricted',
    });
    expect(
      await create(role, 'Address', { customerId: id, addressType: 'OTHER', streetLine1: 'a', city: 'b', country: 'DE' }),
    ).toMatchObject({ __typename: 'ProcessingRestricted' });
    expect(await remove(role, 'Customer', id)).toMatchObject({ __typename: 'ProcessingRestricted' });
  }
  expect(
    (await must('marketing', 'query($s: String) { customers(search: $s) { nodes { id } } }', { s: displayName })).customers.nodes,
  ).toEqual([]);
  expect(await update('dpo', 'Customer', { id, version: 1 }, input)).toMatchObject({ __typename: 'Customer', displayName: 'Changed' });
  await must('dpo', STATUS, { customerId: id, restricted: false, reason: 'settled' });
  await eventually(async () =>
    expect(await update('sales_manager', 'Customer', { id, version: 2 }, { displayName: 'Again' })).toMatchObject({ version: 3 }),
  );
});

test('the lifecycle stage leads the status; INACTIVE is set by hand and kept until lifted', async () => {
  const customer = await person({ status: 'ACTIVE' }, 'integration');
  const db = await database('customer');
  const category = async () => (await db.query('select stage_category from customer where id = $1', [customer.id])).rows[0].stage_category;
  await eventually(async () => expect(await category()).toBe('customer'), { withinMs: 20_000 });
  expect(await update('admin', 'Customer', customer, { status: 'CHURNED' })).toMatchObject({
    __typename: 'StatusFollowsStage',
    allowed: ['INACTIVE', 'ACTIVE'],
  });
  const inactive = await update('admin', 'Customer', customer, { status: 'INACTIVE' });
  expect(inactive).toMatchObject({ status: 'INACTIVE', version: 2 });
  expect(await update('admin', 'Customer', inactive, { status: 'ACTIVE' })).toMatchObject({ status: 'ACTIVE', version: 3 });
});

test("[360 core_profile] the customer's part of the 360 answers in at most eight statements, for one customer as for twenty", async () => {
  const parent = await organisation();
  const works: any[] = [];
  for (let i = 0; i < 20; i++)
    works.push(await organisation({ parentId: parent.id, ownerId: stack().staff.sales_manager, account: { legalName: 'L' } }));
  const [one] = works;
  await contactOf(one.id);
  await addressOf(one.id);
  const FIELDS = `id type displayName status source externalId owner { id name } contacts(first: 10) { nodes { id firstName lastName email phone isPrimary doNotContact } }
    addresses { id addressType isDefault city country } account { legalName industry taxId } parent { id displayName } children(first: 5) { nodes { id displayName } }`;
  const count = async (ids: string[]) => {
    const { subgraph } = await import('../support/stack.ts');
    const answer = await subgraph('customer', 'admin', `query($ids: [ID!]!) { customersByIds(ids: $ids) { ${FIELDS} } }`, { ids });
    expect(answer.errors).toBeUndefined();
    expect(answer.data.customersByIds).toHaveLength(ids.length);
    return Number(answer.headers.get('x-statements'));
  };
  const statements = await count([one.id]);
  expect(statements).toBeLessThanOrEqual(8);
  expect(await count(works.map((w) => w.id))).toBe(statements);
  const seen = await read(one.id, FIELDS);
  expect(seen).toMatchObject({
    owner: { id: stack().staff.sales_manager },
    parent: { id: parent.id },
    account: { legalName: 'L' },
    addresses: [{ city: 'Berlin' }],
    contacts: { nodes: [{ firstName: 'Ada' }] },
  });
});
