// The lists of the customer service: search, filter, order, pages and their cost, and the staff directory.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  contactOf,
  create,
  mailbox,
  organisation,
  person,
  refusal,
  remove,
  restore,
  staff,
  state,
  update,
  word,
} from '../support/customers.ts';
import { must, stack, subgraph } from '../support/stack.ts';

const LIST = `query($search: String, $filter: CustomerFilter, $orderBy: [CustomerOrder!], $first: Int, $after: String) {
  customers(search: $search, filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount nodes { id displayName externalId } pageInfo { hasNextPage endCursor } } }`;
const list = async (variables: object, who: any = 'admin') => (await must(who, LIST, variables)).customers;

test('customers are found by parts of name, e-mail and external id, whatever the case, and wildcards mean themselves', async () => {
  const tag = word();
  const email = mailbox();
  const one = await person({ displayName: `Zoë ${tag} 100%_sure`, email, externalId: `EXT-${tag}` });
  await person({ displayName: `Other ${tag}` });
  for (const search of [`ZOË ${tag}`, email.toUpperCase(), `ext-${tag}`, `${tag} 100%_`])
    expect((await list({ search })).nodes.map((n: any) => n.id)).toEqual([one.id]);
  expect((await list({ search: `${tag} 100__` })).nodes).toEqual([]);
  expect((await list({ search: tag })).totalCount).toBe(2);
});

test('filters combine with all, any and not; a missing value satisfies none but isNull', async () => {
  const tag = word();
  const name = { displayName: { contains: tag } };
  const web = await person({ displayName: `A ${tag}`, source: 'WEB' });
  const none = await organisation({ displayName: `B ${tag}`, externalId: word() });
  const found = async (filter: object) =>
    (await list({ filter: { all: [name, filter] }, orderBy: [{ field: 'DISPLAY_NAME' }] })).nodes.map((n: any) => n.id);
  expect(await found({ source: { eq: 'WEB' } })).toEqual([web.id]);
  expect(await found({ source: { ne: 'WEB' } })).toEqual([]);
  expect(await found({ source: { isNull: true } })).toEqual([none.id]);
  expect(await found({ not: { source: { eq: 'WEB' } } })).toEqual([none.id]);
  expect(await found({ any: [{ type: { in: ['ORGANIZATION'] } }, { id: { eq: web.id } }] })).toEqual([web.id, none.id]);
  expect(
    await found({ createdAt: { gte: '2020-01-01T00:00:00+02:00' }, ownerId: { isNull: true }, status: { notIn: ['ACTIVE', 'CHURNED'] } }),
  ).toEqual([web.id, none.id]);
});

test('pages bring each row exactly once, with nulls and ties, in every order', async () => {
  const tag = word();
  const ids: string[] = [];
  for (let i = 0; i < 13; i++) ids.push((await person({ displayName: `${tag} ${i % 3}`, externalId: i % 2 ? `${tag}-${i}` : null })).id);
  const orders = [
    undefined,
    [{ field: 'DISPLAY_NAME' }],
    [
      { field: 'EXTERNAL_ID', nulls: 'FIRST' },
      { field: 'DISPLAY_NAME', direction: 'DESC' },
    ],
    [{ field: 'EXTERNAL_ID', direction: 'DESC' }],
  ];
  for (const orderBy of orders) {
    const seen: string[] = [];
    for (let after: string | null = null, pages = 0; pages < 10; pages++) {
      const page: any = await list({ search: tag, orderBy, first: 4, after });
      seen.push(...page.nodes.map((n: any) => n.id));
      expect(page.totalCount).toBe(13);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect([...seen].sort()).toEqual([...ids].sort());
  }
  const page = await list({ search: tag, first: 4 });
  expect((await refusal('admin', LIST, { search: tag, orderBy: [{ field: 'STATUS' }], after: page.pageInfo.endCursor })).code).toBe(
    'INVALID_CURSOR',
  );
  expect(await refusal('admin', LIST, { first: 201 })).toEqual({ code: 'BAD_USER_INPUT', field: 'first' });
  expect(await refusal('admin', LIST, { first: 0 })).toEqual({ code: 'BAD_USER_INPUT', field: 'first' });
});

test('a list of 20 and one of 200 cost the same number of statements', async () => {
  const tag = word();
  const made: Array<Promise<any>> = [];
  for (let i = 0; i < 200; i++) {
    made.push(organisation({ displayName: `${tag} ${i}` }, 'integration'));
    if (made.length % 20 === 0) await Promise.all(made);
  }
  const ids = (await Promise.all(made)).map((c) => c.id);
  for (const id of ids.slice(0, 25)) await contactOf(id);
  const text = `query($s: String, $n: Int) { customers(search: $s, first: $n, orderBy: [{ field: CREATED_AT }]) { nodes { id displayName owner { name } account { legalName } parent { id } contacts(first: 3) { totalCount nodes { lastName customer { id } } }
    addresses { city } relationships(first: 2) { nodes { from { id } to { id } } } children { nodes { id } } ancestors { id } } } }`;
  const cost = async (n: number) => {
    const { data, errors, headers } = await subgraph('customer', 'admin', text, { s: tag, n });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toHaveLength(n);
    return Number(headers.get('x-statements'));
  };
  const of200 = await cost(200);
  expect(await cost(20)).toBe(of200);
  expect(of200).toBeLessThanOrEqual(9);
});

test("contacts, accounts, addresses and relationships have lists of their own, within the caller's scope", async () => {
  const tag = word();
  const [hidden, open] = [await organisation({ ownerId: stack().staff.sales_manager }), await organisation()];
  const stranger = await staff('sales_rep', { team: tag });
  for (const { id } of [hidden, open]) {
    await contactOf(id, { lastName: tag });
    await create('admin', 'Account', { customerId: id, legalName: tag });
    await create('admin', 'Address', { customerId: id, addressType: 'OTHER', streetLine1: 'x', city: tag, country: 'DE' });
  }
  await create('admin', 'Relationship', { fromCustomerId: open.id, toCustomerId: hidden.id, relationshipType: 'PARTNER', notes: tag });
  const text = `query($s: String) { contacts(search: $s) { totalCount nodes { customerId } } accounts(search: $s) { totalCount nodes { customerId } }
    addresses(search: $s) { totalCount nodes { customerId } } relationships(search: $s) { totalCount nodes { fromCustomerId } } }`;
  for (const [who, counts] of [
    ['admin', [2, 2, 2, 1]],
    [stranger, [1, 1, 1, 0]],
  ] as const) {
    const data = await must(who as any, text, { s: tag });
    expect(['contacts', 'accounts', 'addresses', 'relationships'].map((name) => data[name].totalCount)).toEqual(counts);
    expect(data.contacts.nodes.map((n: any) => n.customerId)).toContain(open.id);
  }
});

test('the staff directory: created, changed, deactivated, deleted, restored; somebody always administers it', async () => {
  const id = randomUUID();
  const email = `${word()}@staff.example`;
  const made = await create('admin', 'StaffMember', {
    id,
    name: 'Nia New',
    email,
    roles: ['SALES_REP', 'SALES_REP'],
    team: 'north',
    managerId: stack().staff.sales_manager,
  });
  expect(made).toMatchObject({ __typename: 'StaffMember', id, roles: ['SALES_REP'], active: true, version: 1 });
  expect(await create('admin', 'StaffMember', { name: 'X', email: email.toUpperCase(), roles: ['ADMIN'] })).toMatchObject({
    __typename: 'StaffEmailTaken',
  });
  expect(await update('admin', 'StaffMember', made, { active: false, team: null })).toMatchObject({
    active: false,
    team: null,
    version: 2,
  });
  await state('crm.customer.staff.v1', id, (data) =>
    expect(data).toMatchObject({
      staffId: id,
      name: 'Nia New',
      active: false,
      roles: ['sales_rep'],
      managerId: stack().staff.sales_manager,
    }),
  );
  expect(await remove('admin', 'StaffMember', id, 2)).toMatchObject({ active: false, version: 3 });
  expect(
    (await must('sales_rep', 'query($s: String) { staffMembers(search: $s) { nodes { id } } }', { s: email })).staffMembers.nodes,
  ).toEqual([]);
  expect(await restore('admin', 'StaffMember', id)).toMatchObject({ deletedAt: null, active: false });
  const { staffMember } = await must('sales_rep', 'query($id: ID!) { staffMember(id: $id) { name manager { id } } }', { id });
  expect(staffMember).toEqual({ name: 'Nia New', manager: { id: stack().staff.sales_manager } });
  const admin = (await must('admin', 'query($id: ID!) { staffMember(id: $id) { id version } }', { id: stack().staff.admin })).staffMember;
  const { nodes } = (await must('admin', '{ staffMembers(first: 200, filter: { active: { eq: true } }) { nodes { id roles } } }'))
    .staffMembers;
  if (nodes.filter((n: any) => n.roles.includes('ADMIN')).length === 1)
    expect(await update('admin', 'StaffMember', admin, { roles: ['AUDITOR'] })).toMatchObject({ __typename: 'LastAdministrator' });
});
