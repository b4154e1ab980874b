// Hierarchy and relationships through the running stack: one truth for the parent, no loops, dated rows.
import { expect, test } from '@jest/globals';
import { create, end, facts, organisation, person, read, refusal, remove, restore, UPDATE, update } from '../support/customers.ts';
import { database } from '../support/stack.ts';

const today = new Date().toISOString().slice(0, 10);
const move = async (id: string, parentId: string | null) => update('admin', 'Customer', await read(id, 'id version'), { parentId });

test('[Circular hierarchy] a loop is refused with its path, and nothing moves', async () => {
  const top = await organisation();
  const middle = await organisation({ parentId: top.id });
  const bottom = await organisation({ parentId: middle.id });
  expect(await move(top.id, bottom.id)).toMatchObject({ __typename: 'CircularHierarchy', path: [top.id, bottom.id, middle.id, top.id] });
  expect(await move(top.id, top.id)).toMatchObject({ __typename: 'CircularHierarchy', path: [top.id, top.id] });
  const adopt = { fromCustomerId: bottom.id, toCustomerId: top.id, relationshipType: 'PARENT_CHILD' };
  expect(await create('admin', 'Relationship', adopt)).toMatchObject({
    __typename: 'CircularHierarchy',
    path: [top.id, bottom.id, middle.id, top.id],
  });
  expect(await read(top.id, 'version parentId')).toEqual({ version: 1, parentId: null });
  expect((await read(bottom.id, 'ancestors { id }')).ancestors).toEqual([{ id: middle.id }, { id: top.id }]);
});

test('[Circular hierarchy] two moves at once cannot close a loop between them', async () => {
  for (let round = 0; round < 5; round++) {
    const [a, b] = [await organisation(), await organisation()];
    const results = await Promise.all([move(a.id, b.id), move(b.id, a.id)]);
    expect(results.map((r) => r.__typename).sort()).toEqual(['CircularHierarchy', 'Customer']);
  }
});

test('[Circular hierarchy] random moves at once leave a forest', async () => {
  const nodes = await Promise.all(Array.from({ length: 8 }, () => organisation()));
  const moves = Array.from({ length: 40 }, (_, i) => [nodes[(i * 5) % 8]!.id, nodes[(i * 3 + 1) % 8]!.id] as const).filter(
    ([a, b]) => a !== b,
  );
  // A mover that lost its version simply loses (CONFLICT); one of unknown outcome may or may not have moved: the oracle below holds for both.
  const attempt = ([child, parent]: readonly [string, string]) =>
    move(child, parent).catch((error) => expect(String(error)).toMatch(/CONFLICT|UNKNOWN/));
  for (let at = 0; at < moves.length; at += 10) await Promise.all(moves.slice(at, at + 10).map(attempt));
  const { rows } = await (await database('customer')).query(
    `with recursive up as (select id, parent_id, array[id] as path from customer where id = any($1)
       union all select u.id, c.parent_id, u.path || c.id from up u join customer c on c.id = u.parent_id where c.id <> all(u.path))
     select count(*)::int as loops from up join customer c on c.id = up.parent_id where c.id = any(up.path)`,
    [nodes.map((n) => n.id)],
  );
  expect(rows).toEqual([{ loops: 0 }]);
  const open = await (await database('customer')).query(
    `select c.id from customer c full join (select to_customer_id, from_customer_id from relationship where relationship_type = 'parent_child' and end_date is null and deleted_at is null) r
       on r.to_customer_id = c.id and r.from_customer_id = c.parent_id
     where (c.id = any($1) or r.to_customer_id = any($1)) and ((c.parent_id is null) <> (r.to_customer_id is null))`,
    [nodes.map((n) => n.id)],
  );
  expect(open.rows).toEqual([]);
});

test('the parent and the dated relationship are one truth, whichever door is used', async () => {
  const [one, two, child] = [await organisation(), await organisation(), await organisation()];
  const history = async () =>
    (await read(child.id, 'relationships(orderBy: [{ field: CREATED_AT }]) { nodes { fromCustomerId startDate endDate } }')).relationships
      .nodes;
  await move(child.id, one.id);
  expect(await history()).toEqual([{ fromCustomerId: one.id, startDate: today, endDate: null }]);
  const adopted = await create('admin', 'Relationship', {
    fromCustomerId: two.id,
    toCustomerId: child.id,
    relationshipType: 'PARENT_CHILD',
    notes: 'bought',
  });
  expect((await read(child.id, 'parentId')).parentId).toBe(two.id);
  expect(await history()).toEqual([
    { fromCustomerId: one.id, startDate: today, endDate: today },
    { fromCustomerId: two.id, startDate: today, endDate: null },
  ]);
  expect(
    await create('admin', 'Relationship', { fromCustomerId: two.id, toCustomerId: child.id, relationshipType: 'PARENT_CHILD' }),
  ).toMatchObject({ __typename: 'DuplicateRelationship', relationshipId: adopted.id });
  await end('admin', adopted.id);
  expect((await read(child.id, 'parentId')).parentId).toBeNull();
  // Back to the first parent on the same day, and away again by deleting the row.
  await move(child.id, one.id);
  const open = (await read(child.id, 'relationships(orderBy: [{ field: CREATED_AT, direction: DESC }]) { nodes { id endDate } }'))
    .relationships.nodes[0];
  await remove('admin', 'Relationship', open.id);
  expect((await read(child.id, 'parentId')).parentId).toBeNull();
  expect(await restore('admin', 'Relationship', open.id)).toMatchObject({ __typename: 'Relationship', endDate: null });
  expect((await read(child.id, 'parentId')).parentId).toBe(one.id);
  await remove('admin', 'Relationship', open.id);
  await move(child.id, two.id);
  expect(await restore('admin', 'Relationship', open.id)).toMatchObject({ __typename: 'RestoreConflict', field: 'toCustomerId' });
  const told = await facts(child.id, 18);
  expect(told.filter(({ data }) => data.changed?.includes('parentId')).length).toBe(8);
  expect(told.map(({ headers }) => Number(headers.ce_sequence))).toEqual(told.map((_, i) => i + 1));
});

test('[Circular hierarchy] the hierarchy ends at a hundred levels', async () => {
  let parentId: string | null = null;
  for (let i = 0; i < 100; i++) parentId = (await organisation({ parentId })).id;
  const leaf = await organisation();
  await update('admin', 'Customer', leaf, { parentId }).then((r) => expect(r.__typename).toBe('Customer'));
  const below = await organisation();
  expect(await refusal('admin', UPDATE('Customer'), { id: below.id, version: 1, input: { parentId: leaf.id } })).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.parentId',
  });
  expect((await read(leaf.id, 'ancestors { id }')).ancestors).toHaveLength(100);
});

test('[Relationship AC-1] a customer cannot relate to itself', async () => {
  const { id } = await person();
  for (const relationshipType of ['PARTNER', 'PARENT_CHILD']) {
    expect(await create('admin', 'Relationship', { fromCustomerId: id, toCustomerId: id, relationshipType })).toMatchObject({
      __typename: 'SelfRelationship',
      customerId: id,
    });
  }
});

test('[Relationship AC-2] the same relationship does not exist twice at a time, and may come again after it ended', async () => {
  const [a, b] = [await organisation(), await organisation()];
  const input = { fromCustomerId: a.id, toCustomerId: b.id, relationshipType: 'PARTNER' };
  const first = await create('admin', 'Relationship', { ...input, startDate: '2024-01-01', endDate: '2025-01-01' });
  expect(await create('admin', 'Relationship', { ...input, startDate: '2024-12-31' })).toMatchObject({
    __typename: 'DuplicateRelationship',
    relationshipId: first.id,
  });
  expect(await create('admin', 'Relationship', input)).toMatchObject({ __typename: 'DuplicateRelationship', relationshipId: first.id });
  const second = await create('admin', 'Relationship', { ...input, startDate: '2025-01-01' });
  expect(second).toMatchObject({ __typename: 'Relationship', endDate: null });
  expect(await create('admin', 'Relationship', { ...input, relationshipType: 'RESELLER' })).toMatchObject({ __typename: 'Relationship' });
  expect(await create('admin', 'Relationship', { ...input, fromCustomerId: b.id, toCustomerId: a.id })).toMatchObject({
    __typename: 'Relationship',
  });
  expect(await update('admin', 'Relationship', first, { endDate: '2025-06-01' })).toMatchObject({
    __typename: 'DuplicateRelationship',
    relationshipId: second.id,
  });
  const both = await Promise.all(
    Array.from({ length: 4 }, () => create('admin', 'Relationship', { ...input, relationshipType: 'REFERRAL' })),
  );
  expect(both.map((r) => r.__typename).sort()).toEqual([
    'DuplicateRelationship',
    'DuplicateRelationship',
    'DuplicateRelationship',
    'Relationship',
  ]);
  expect(await end('admin', second.id, '2025-03-01')).toMatchObject({ endDate: '2025-03-01' });
});
