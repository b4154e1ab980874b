// Tags and custom fields through the running stack [CustomerList, CustomerForm]: put on and found again, renamed and merged without touching a customer, kept
// through a merge of customers; and typed questions of one's own that are in the graph, in filters and in the events at once.
import { expect, test } from '@jest/globals';
import { itemsOf, run } from '../support/bulk.ts';
import { facts, person, read, state, UPDATE, update, word } from '../support/customers.ts';
import { merged, unmerge } from '../support/merges.ts';
import { gql, must } from '../support/stack.ts';

const TAGS = 'tags { id name colour }';
const add = async (customerId: string, ...names: string[]): Promise<any> =>
  (
    await must(
      'sales_rep',
      `mutation($c: ID!, $n: [String!]!) { result: addTags(customerId: $c, names: $n) { __typename ... on Customer { version ${TAGS} } ... on Problem { message } } }`,
      { c: customerId, n: names },
    )
  ).result;
const remove = async (customerId: string, ...names: string[]): Promise<any> =>
  (
    await must(
      'sales_rep',
      `mutation($c: ID!, $n: [String!]!) { result: removeTags(customerId: $c, names: $n) { __typename ... on Customer { ${TAGS} } } }`,
      { c: customerId, n: names },
    )
  ).result;
const find = async (filter: object, ids: string[]): Promise<string[]> => {
  const { customers } = await must('admin', 'query($f: CustomerFilter) { customers(first: 200, filter: $f) { nodes { id } } }', {
    f: { id: { in: ids }, ...filter },
  });
  return ids.filter((id) => customers.nodes.some((node: any) => node.id === id));
};
const tagOf = async (name: string): Promise<any> =>
  (
    await must('admin', 'query($s: String) { tags(search: $s) { nodes { id name colour version customerCount } } }', { s: name })
  ).tags.nodes.find((tag: any) => tag.name.toLowerCase() === name.toLowerCase());
const namesOf = async (id: string): Promise<string[]> => (await read(id, 'tags { name }')).tags.map(({ name }: any) => name);

test('tags are put on by name, whatever their case, told by their ids, and found by any, all and none', async () => {
  const [vip, fair] = [`Vip ${word()}`, `fair ${word()}`];
  const [one, two, three] = [await person(), await person(), await person()];
  expect(await add(one.id, vip, fair)).toMatchObject({ __typename: 'Customer', version: 1, tags: [{ name: fair }, { name: vip }] });
  expect((await add(one.id, vip.toUpperCase())).tags).toHaveLength(2);
  await add(two.id, vip.toLowerCase());
  const tag = await tagOf(vip);
  expect(tag).toMatchObject({ name: vip, customerCount: 2 });
  const ids = [one.id, two.id, three.id];
  expect(await find({ tags: { hasAny: [vip, fair] } }, ids)).toEqual([one.id, two.id]);
  expect(await find({ tags: { hasAll: [vip.toUpperCase(), fair] } }, ids)).toEqual([one.id]);
  expect(await find({ tags: { hasNone: [fair] } }, ids)).toEqual([two.id, three.id]);
  expect(await find({ not: { tags: { hasAny: [vip] } } }, ids)).toEqual([three.id]);
  // Putting on what is there tells nothing.
  const told = await facts(one.id, 2);
  expect(told.map(({ type }) => type)).toEqual(['customer-created', 'customer-tagged']);
  expect(told[1]!.data.added).toHaveLength(2);
  expect((await remove(one.id, fair, 'never heard of')).tags).toMatchObject([{ name: vip }]);
  await state('crm.customer.state.v1', one.id, (data) => expect(data.tagIds).toEqual([tag.id]));
});

test('a tag is renamed, merged into another one and deleted without touching a customer', async () => {
  const [a, b, c] = [`a ${word()}`, `b ${word()}`, `c ${word()}`];
  const [one, two] = [await person(), await person()];
  await add(one.id, a, b);
  await add(two.id, a);
  const [from, into] = [await tagOf(a), await tagOf(b)];
  const RENAME = `mutation($id: ID!, $v: Int!, $i: UpdateTagInput!) { result: updateTag(id: $id, expectedVersion: $v, input: $i) { __typename ... on Tag { name colour version } ... on TagNameTaken { tagId } } }`;
  const rename = async (tag: any, input: object) => (await must('marketing', RENAME, { id: tag.id, v: tag.version, i: input })).result;
  expect(await rename(from, { name: b.toUpperCase() })).toEqual({ __typename: 'TagNameTaken', tagId: into.id });
  expect(await rename(into, { name: c, colour: '#1F77B4' })).toEqual({ __typename: 'Tag', name: c, colour: '#1f77b4', version: 2 });
  expect(await namesOf(one.id)).toEqual([a, c]);
  await must('marketing', 'mutation($id: ID!, $into: ID!) { mergeTags(id: $id, intoId: $into) { id } }', { id: from.id, into: into.id });
  expect(await namesOf(one.id)).toEqual([c]);
  expect(await namesOf(two.id)).toEqual([c]);
  expect(await tagOf(c)).toMatchObject({ customerCount: 2 });
  expect(await find({ tags: { hasAny: [c] } }, [one.id, two.id])).toEqual([one.id, two.id]);
  await remove(two.id, c);
  expect(await namesOf(two.id)).toEqual([]);
  await must('marketing', 'mutation($id: ID!) { deleteTag(id: $id) { deletedAt } }', { id: into.id });
  expect(await namesOf(one.id)).toEqual([]);
  expect((await read(one.id, 'version')).version).toBe(1);
  expect((await facts(into.id, 3)).map(({ type }) => type)).toEqual(['tag-created', 'tag-updated', 'tag-deleted']);
  // The name is free again.
  await add(one.id, c);
  expect(await namesOf(one.id)).toEqual([c]);
});

test('tags and custom values go with a merge of customers, once each, and come back with its undoing', async () => {
  const [shared, own] = [`shared ${word()}`, `own ${word()}`];
  const [size, hobby] = [await define('NUMBER'), await define('TEXT', { personal: true })];
  const survivor = await person({ custom: { [size.key]: 1 } });
  const retired = await person({ custom: { [size.key]: 2, [hobby.key]: 'chess' } });
  await add(survivor.id, shared);
  await add(retired.id, shared, own);
  const done = await merged(survivor.id, [retired.id]);
  expect(await namesOf(survivor.id)).toEqual([own, shared]);
  await state('crm.customer.state.v1', survivor.id, (data) => expect(data.tagIds).toHaveLength(2));
  expect((await read(survivor.id, 'custom')).custom).toEqual({ [size.key]: 1, [hobby.key]: 'chess' });
  await unmerge(done);
  expect((await read(survivor.id, 'custom')).custom).toEqual({ [size.key]: 1 });
  expect((await read(retired.id, 'custom')).custom).toEqual({ [size.key]: 2, [hobby.key]: 'chess' });
  expect(await namesOf(survivor.id)).toEqual([shared]);
  expect(await namesOf(retired.id)).toEqual([own, shared]);
});

test('a bulk job tags and untags; names that nobody used become tags', async () => {
  const [name, other] = [`Bulk tag ${word()}`, `other ${word()}`];
  const [one, two] = [await person(), await person()];
  await add(one.id, name);
  const tagged = await run('marketing', { action: 'TAG', ids: [one.id, two.id], arguments: { tags: [name] } });
  expect((await itemsOf(tagged.id)).map(({ outcome }) => outcome)).toEqual(['SKIPPED', 'OK']);
  await run('marketing', { action: 'TAG', filter: { tags: { hasAny: [name] } }, arguments: { tags: [other] } });
  expect(await namesOf(two.id)).toEqual([name, other].toSorted((x, y) => (x.toLowerCase() < y.toLowerCase() ? -1 : 1)));
  const untagged = await run('marketing', { action: 'UNTAG', filter: { tags: { hasAll: [name, other] } }, arguments: { tags: [name] } });
  expect(untagged.progress).toMatchObject({ total: 2, ok: 2 });
  expect(await namesOf(one.id)).toEqual([other]);
});

test('tags that cannot be are refused by name', async () => {
  const { id } = await person();
  const field = async (names: string[]) =>
    (await gql('sales_rep', 'mutation($c: ID!, $n: [String!]!) { addTags(customerId: $c, names: $n) { __typename } }', { c: id, n: names }))
      .errors?.[0]?.extensions?.field;
  expect(await field([])).toBe('names');
  expect(await field([' '])).toBe('names.0');
  expect(await field(['x'.repeat(51)])).toBe('names.0');
  expect(await field(Array.from({ length: 21 }, (_, n) => `t${n}`))).toBe('names');
  const bad = await gql('admin', 'query { customers(filter: { tags: { hasAny: [] } }) { nodes { id } } }');
  expect(bad.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'filter.tags.hasAny' });
});

const FIELD = `mutation($i: CreateCustomFieldInput!) { result: createCustomField(input: $i) { __typename ... on CustomField { id key type version } ... on CustomFieldKeyTaken { customFieldId } } }`;
const define = async (type: string, more: object = {}): Promise<any> =>
  (await must('admin', FIELD, { i: { key: `k_${word()}`, label: `Label ${type}`, type, personal: false, ...more } })).result;

test('a custom field is in the graph, in filters, in the events and in bulk jobs at once, typed', async () => {
  const seats = await define('NUMBER');
  const renewal = await define('DATE');
  const tier = await define('CHOICE', { choices: ['gold', 'silver'], personal: true });
  const needs = await define('MULTI_CHOICE', { choices: ['a', 'b', 'c'] });
  const one = await person({ custom: { [seats.key]: 40, [renewal.key]: '2027-01-31', [tier.key]: 'gold', [needs.key]: ['c', 'a'] } });
  const two = await person({ custom: { [seats.key]: 7.5, [tier.key]: 'silver', [needs.key]: ['b'] } });
  const three = await person();
  const shown = await read(one.id, 'custom customFields { key label type value }');
  expect(shown.custom).toEqual({ [seats.key]: 40, [renewal.key]: '2027-01-31', [tier.key]: 'gold', [needs.key]: ['a', 'c'] });
  expect(shown.customFields).toContainEqual({ key: needs.key, label: 'Label MULTI_CHOICE', type: 'MULTI_CHOICE', value: 'a; c' });
  expect((await read(three.id, 'custom')).custom).toEqual({});

  const ids = [one.id, two.id, three.id];
  const by = (condition: object) => find({ custom: [condition] }, ids);
  expect(await by({ key: seats.key, eq: '40.0' })).toEqual([one.id]);
  expect(await by({ key: seats.key, gt: '7', lte: '40' })).toEqual([one.id, two.id]);
  expect(await by({ key: seats.key, gt: '9' })).toEqual([one.id]);
  expect(await by({ key: renewal.key, lt: '2027-02-01' })).toEqual([one.id]);
  expect(await by({ key: tier.key, in: ['gold', 'silver'] })).toEqual([one.id, two.id]);
  expect(await by({ key: tier.key, ne: 'gold' })).toEqual([two.id]);
  expect(await by({ key: needs.key, eq: 'c' })).toEqual([one.id]);
  expect(await by({ key: tier.key, isNull: true })).toEqual([three.id]);
  expect(
    await find(
      {
        custom: [
          { key: tier.key, eq: 'gold' },
          { key: seats.key, lt: '10' },
        ],
      },
      ids,
    ),
  ).toEqual([]);

  const changed = await update('sales_rep', 'Customer', one, { custom: { [seats.key]: 41, [tier.key]: null } });
  expect(changed).toMatchObject({ __typename: 'Customer', version: 2 });
  expect((await facts(one.id, 2))[1]!.data.changed.toSorted()).toEqual([`custom.${seats.key}`, `custom.${tier.key}`].toSorted());
  expect(await update('sales_rep', 'Customer', changed, { custom: { [seats.key]: 41 } })).toMatchObject({ version: 2 });
  await state('crm.customer.state.v1', one.id, (data) =>
    expect(data.custom).toEqual({ [seats.key]: 41, [renewal.key]: '2027-01-31', [needs.key]: ['a', 'c'] }),
  );
  const job = await run('sales_manager', {
    action: 'UPDATE',
    filter: { custom: [{ key: seats.key, gt: '0' }] },
    arguments: { custom: { [seats.key]: 41 } },
  });
  expect(job.progress).toMatchObject({ total: 2, ok: 1, skipped: 1 });
  expect((await read(two.id, 'custom')).custom[seats.key]).toBe(41);

  await must('admin', 'mutation($id: ID!) { deleteCustomField(id: $id) { deletedAt } }', { id: seats.id });
  expect((await read(one.id, 'custom')).custom).toEqual({ [renewal.key]: '2027-01-31', [needs.key]: ['a', 'c'] });
  expect(await define('TEXT', { key: seats.key })).toEqual({ __typename: 'CustomFieldKeyTaken', customFieldId: seats.id });
});

test('a custom value that does not fit is refused by its key, and so is an unknown key', async () => {
  const seats = await define('NUMBER');
  const { id, version } = await person();
  const refusal = async (custom: object) =>
    (await gql('sales_rep', UPDATE('Customer'), { id, version, input: { custom } })).errors?.[0]?.extensions;
  expect(await refusal({ [seats.key]: 'many' })).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.custom.${seats.key}` });
  expect(await refusal({ never: 1 })).toMatchObject({ field: 'input.custom.never' });
  const bad = await gql('admin', 'query { customers(filter: { custom: [{ key: "never", eq: "1" }] }) { nodes { id } } }');
  expect(bad.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'filter.custom.0.key' });
  const wrong = await gql('admin', `query { customers(filter: { custom: [{ key: "${seats.key}", contains: "1" }] }) { nodes { id } } }`);
  expect(wrong.errors?.[0]?.extensions).toMatchObject({ field: 'filter.custom.0.contains' });
  expect(
    (await gql('sales_manager', FIELD, { i: { key: 'x', label: 'x', type: 'TEXT', personal: false } })).errors?.[0]?.extensions?.code,
  ).toBe('FORBIDDEN');
  const created = await gql('sales_rep', 'mutation($i: CreateCustomerInput!) { createCustomer(input: $i) { __typename } }', {
    i: { type: 'INDIVIDUAL', displayName: word(), custom: { never: 1 } },
  });
  expect(created.errors?.[0]?.extensions?.field).toBe('input.custom.never');
});
