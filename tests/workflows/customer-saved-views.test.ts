// Saved views through the running stack [CustomerList]: a list under a name, one's own or shared, opened page by page with the rights of whoever opens it.
// What it names and is gone since is told by its place; whoever leaves hands the shared ones over [Inactive owner].
import { expect, test } from '@jest/globals';
import { facts, mailbox, person, refusal, staff, update, word } from '../support/customers.ts';
import { type Caller, eventually, gql, must } from '../support/stack.ts';

const VIEW =
  'id name search filter orderBy { field direction nulls } columns audience team owner { id } mine version outdated { field message }';
const SAVE = `mutation($input: CreateSavedViewInput!) { result: createSavedView(input: $input) { __typename ... on SavedView { ${VIEW} } ... on SavedViewNameTaken { savedViewId } } }`;
const CHANGE = `mutation($id: ID!, $version: Int!, $input: UpdateSavedViewInput!) { result: updateSavedView(id: $id, expectedVersion: $version, input: $input) {
  __typename ... on SavedView { ${VIEW} } ... on SavedViewNameTaken { savedViewId } } }`;
const DELETE = 'mutation($id: ID!, $version: Int) { result: deleteSavedView(id: $id, expectedVersion: $version) { id } }';
const OPEN = `query($id: ID!, $first: Int, $after: String) { savedView(id: $id) { ${VIEW} customers(first: $first, after: $after) {
  nodes { id displayName } totalCount pageInfo { hasNextPage endCursor } } } }`;
const MINE = 'query { savedViews(first: 200) { nodes { id name outdated { field } } } }';

const result = async (who: Caller, query: string, variables: object): Promise<any> => (await must(who, query, variables)).result;
const save = (who: Caller, input: object): Promise<any> => result(who, SAVE, { input: { name: `View ${word()}`, ...input } });
const change = (who: Caller, view: any, input: object): Promise<any> => result(who, CHANGE, { id: view.id, version: view.version, input });
const open = async (who: Caller, id: string, more: object = {}): Promise<any> => (await must(who, OPEN, { id, ...more })).savedView;
const listed = async (who: Caller): Promise<any[]> => (await must(who, MINE)).savedViews.nodes;
const sees = async (who: Caller, id: string): Promise<boolean> => (await listed(who)).some((view) => view.id === id);
const rep = (team?: string) => staff('sales_rep', team ? { team } : {});

test('a view keeps search, filter, order and columns as they were written, pages by keyset, and is nobody else’s', async () => {
  const me = await rep();
  const name = `Listed ${word()}`;
  const people = [];
  for (const n of [1, 2, 3]) people.push(await person({ displayName: `${name} ${n}`, email: mailbox() }));
  await person({ displayName: `${name} without` });
  const filter = {
    all: [{ type: { in: ['INDIVIDUAL'] } }, { email: { isNull: false } }],
    not: { createdAt: { lt: '2020-01-01T00:00:00.000Z' } },
  };
  const order = [{ field: 'DISPLAY_NAME', direction: 'DESC', nulls: null }];
  const input = { name: `Mine ${word()}`, search: name, filter, orderBy: order, columns: ['displayName', 'lifecycle.stage.name'] };
  const view = await save(me, { ...input, idempotencyKey: word() });
  expect(view).toEqual({
    __typename: 'SavedView',
    id: expect.any(String),
    ...input,
    audience: 'ONLY_ME',
    team: null,
    owner: { id: me.sub },
    mine: true,
    version: 1,
    outdated: null,
  });
  const first = (await open(me, view.id, { first: 2 })).customers;
  expect(first).toMatchObject({ totalCount: 3, nodes: [{ id: people[2].id }, { id: people[1].id }], pageInfo: { hasNextPage: true } });
  const second = (await open(me, view.id, { first: 2, after: first.pageInfo.endCursor })).customers;
  expect(second).toMatchObject({ nodes: [{ id: people[0].id }], pageInfo: { hasNextPage: false } });
  // What was shown can be handed back.
  expect(await save(me, { filter: view.filter, orderBy: view.orderBy })).toMatchObject({ filter, orderBy: order });

  for (const other of [await rep(), 'admin'] as Caller[]) {
    expect(await refusal(other, OPEN, { id: view.id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(other, DELETE, { id: view.id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await sees(other, view.id)).toBe(false);
  }
  expect(await save(me, { name: view.name.toUpperCase() })).toEqual({ __typename: 'SavedViewNameTaken', savedViewId: view.id });
  const renamed = await change(me, view, { name: `Renamed ${word()}`, filter: null });
  expect(renamed).toMatchObject({ version: 2, filter: null, search: name });
  expect((await open(me, view.id)).customers.totalCount).toBe(4);
  expect(await refusal(me, CHANGE, { id: view.id, version: 1, input: { search: null } })).toMatchObject({ code: 'CONFLICT' });
  await result(me, DELETE, { id: view.id, version: 2 });
  expect(await refusal(me, OPEN, { id: view.id })).toMatchObject({ code: 'NOT_FOUND' });
  const told = await facts(view.id, 3);
  expect(told.map(({ type }) => type)).toEqual(['saved-view-created', 'saved-view-updated', 'saved-view-deleted']);
  expect(told[1]!.data.changed).toEqual(['name', 'filter']);
  expect(JSON.stringify(told)).not.toContain(name);
});

test('a manager shares a view with the team or with everybody; each sees in it what their own list would show, never what its author sees', async () => {
  const [north, south] = [`north ${word()}`, `south ${word()}`];
  const manager = await staff('sales_manager', { team: north });
  const [mate, stranger] = [await rep(north), await rep(south)];
  const name = `Shared ${word()}`;
  const pool = await person({ displayName: `${name} pool` });
  const theirs = await person({ displayName: `${name} south`, ownerId: stranger.sub });
  const view = await save(manager, { search: name, orderBy: [{ field: 'DISPLAY_NAME' }], audience: 'TEAM' });
  expect(view).toMatchObject({ audience: 'TEAM', team: north });
  const ids = async (who: Caller) => (await open(who, view.id)).customers.nodes.map(({ id }: any) => id);
  expect(await ids(manager)).toEqual([pool.id, theirs.id]);
  expect(await ids(mate)).toEqual([pool.id]);
  expect(await refusal(stranger, OPEN, { id: view.id })).toMatchObject({ code: 'NOT_FOUND' });
  expect((await open('admin', view.id)).mine).toBe(false);

  expect(await refusal(mate, CHANGE, { id: view.id, version: 1, input: { name: 'x' } })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusal(mate, SAVE, { input: { name: 'x', audience: 'EVERYBODY' } })).toEqual({
    code: 'FORBIDDEN',
    field: 'input.audience',
  });
  const shared = await change(manager, view, { audience: 'EVERYBODY' });
  expect(shared).toMatchObject({ audience: 'EVERYBODY', team: null });
  expect(await ids(stranger)).toEqual([pool.id, theirs.id]);
  expect(await change('admin', shared, { audience: 'ONLY_ME' })).toMatchObject({ owner: { id: manager.sub } });
  expect(await sees(stranger, view.id)).toBe(false);
});

test('a filter is checked when it is saved, and what it names and is gone since is told by its place while everything else goes on', async () => {
  const me = await rep();
  const bad = (input: object) => refusal(me, SAVE, { input: { name: `Bad ${word()}`, ...input } });
  expect(await bad({ filter: { tags: { hasAny: [`nobody ${word()}`] } } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.filter.tags.hasAny.0',
  });
  expect(await bad({ filter: { any: [{ custom: [{ key: 'unknown', eq: '1' }] }] } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.filter.any.0.custom.0.key',
  });
  expect(await bad({ filter: { status: { eq: 'GONE' } } })).toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(await bad({ columns: ['not a path'] })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.columns.0' });
  expect(await bad({ columns: Array(51).fill('id') })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.columns' });
  expect(await bad({ filter: { email: { in: Array(200).fill('x'.repeat(100)) } } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.filter',
  });
  expect(await bad({ filter: { email: { in: Array(201).fill('x') } } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.filter.email.in',
  });

  const tag = await result('admin', 'mutation($n: String!) { result: createTag(input: { name: $n }) { ... on Tag { id } } }', {
    n: `Tag ${word()}`,
  });
  const { tags } = await must('admin', 'query($id: ID!) { tags(filter: { id: { eq: $id } }) { nodes { name } } }', { id: tag.id });
  const field = await result(
    'admin',
    'mutation($k: String!) { result: createCustomField(input: { key: $k, label: "L", type: TEXT, personal: false }) { ... on CustomField { id key } } }',
    { k: `view_${word()}` },
  );
  const byTag = await save(me, { filter: { not: { tags: { hasAny: [tags.nodes[0].name.toUpperCase()] } } } });
  const byField = await save(me, { filter: { all: [{ custom: [{ key: field.key, eq: 'x' }] }] } });
  const fine = await save(me, {});
  expect(await listed(me)).toHaveLength(3);
  expect((await open(me, byField.id)).customers.nodes).toEqual([]);

  await must('admin', 'mutation($id: ID!) { deleteTag(id: $id) { id } }', { id: tag.id });
  await must('admin', 'mutation($id: ID!) { deleteCustomField(id: $id) { id } }', { id: field.id });
  for (const [view, place] of [
    [byTag, 'filter.not.tags.hasAny.0'],
    [byField, 'filter.all.0.custom.0.key'],
  ]) {
    const { data, errors } = await gql(me, OPEN, { id: view.id });
    expect(errors?.map(({ extensions, path }) => [extensions.code, extensions.field, path])).toEqual([
      ['OUTDATED', place, ['savedView', 'customers']],
    ]);
    expect(data.savedView).toMatchObject({ name: view.name, outdated: { field: place }, customers: null });
  }
  expect((await listed(me)).find(({ id }) => id === fine.id)).toMatchObject({ outdated: null });
  expect(await change(me, byTag, { filter: null })).toMatchObject({ outdated: null });
});

test('[Inactive owner] the shared views of whoever leaves are the nearest active manager’s, or an administrator’s to keep; private ones go dark', async () => {
  const boss = await staff('sales_manager');
  const leaver = await staff('sales_manager', { managerId: boss.sub });
  const shared = await save(leaver, { audience: 'EVERYBODY' });
  const secret = await save(leaver, { search: 'private' });
  await update('admin', 'StaffMember', { id: leaver.sub, version: 1 }, { active: false });
  await eventually(async () => expect((await open(boss, shared.id)).owner).toEqual({ id: boss.sub }));
  expect(await refusal(boss, OPEN, { id: secret.id })).toMatchObject({ code: 'NOT_FOUND' });
  const told = await facts(shared.id, 2);
  expect(told[1]).toMatchObject({ type: 'saved-view-handed-over', data: { fromStaffId: leaver.sub, toStaffId: boss.sub, version: 2 } });

  await update('admin', 'StaffMember', { id: boss.sub, version: 1 }, { active: false });
  await eventually(async () => expect((await open('admin', shared.id)).owner).toBeNull());
  expect(await refusal('admin', CHANGE, { id: shared.id, version: 3, input: { audience: 'ONLY_ME' } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.audience',
  });
  await result('admin', DELETE, { id: shared.id });
});

test('200 views are listed and judged in as many statements as one', async () => {
  const me = await rep();
  const field = await result(
    'admin',
    'mutation($k: String!) { result: createCustomField(input: { key: $k, label: "L", type: TEXT, personal: false }) { ... on CustomField { key } } }',
    { k: `many_${word()}` },
  );
  const counts: string[] = [];
  for (const many of [1, 5]) {
    while ((await listed(me)).length < many) await save(me, { filter: { custom: [{ key: field.key, eq: 'x' }] } });
    const { headers, errors } = await gql(me, MINE);
    expect(errors).toBeUndefined();
    counts.push(headers.get('x-statements')!);
  }
  expect(counts[0]).toBe(counts[1]);
});
