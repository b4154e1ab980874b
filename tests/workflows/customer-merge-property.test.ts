// The promise of WF-CM-002 as a property over the running stack: random customers with random children, random merges (chains too), and their undoing in
// reverse. Without changes in between the graph is what it was; with random edits in between nothing is lost, nothing comes twice, every row is where its
// origin leads, and redirects never loop. Other services' sections join through SECTIONS in tests/support/merges.ts.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  accountOf,
  addressOf,
  contactOf,
  create,
  digits,
  ein,
  end,
  mailbox,
  organisation,
  read,
  remove,
  update,
  word,
} from '../support/customers.ts';
import { followed, merge, snapshot, unmerge } from '../support/merges.ts';
import { database, eventually, gql } from '../support/stack.ts';

const customer = fc.record({
  parent: fc.option(fc.nat(10), { freq: 3 }),
  email: fc.boolean(),
  phone: fc.boolean(),
  externalId: fc.boolean(),
  account: fc.constantFrom('none', 'plain', 'taxed'),
  contacts: fc.array(fc.record({ isPrimary: fc.boolean(), deleted: fc.boolean() }), { maxLength: 3 }),
  addresses: fc.array(fc.record({ addressType: fc.constantFrom('BILLING', 'SHIPPING'), isDefault: fc.boolean() }), { maxLength: 3 }),
});
const link = fc.record({
  from: fc.nat(10),
  to: fc.nat(10),
  type: fc.constantFrom('PARTNER', 'REFERRAL'),
  fate: fc.constantFrom('lasts', 'ended', 'deleted'),
});
const fusion = fc.record({ survivor: fc.nat(10), retired: fc.array(fc.nat(10), { minLength: 1, maxLength: 3 }), chosen: fc.nat(10) });
const world = fc.record({
  customers: fc.array(customer, { minLength: 4, maxLength: 6 }),
  links: fc.array(link, { maxLength: 6 }),
  fusions: fc.array(fusion, { minLength: 1, maxLength: 4 }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

/** Makes the customers of a world through the graph; answers their ids. */
async function build({ customers, links }: World): Promise<string[]> {
  const ids: string[] = [];
  for (const one of customers) {
    const { id } = await organisation({
      parentId: one.parent !== null && ids.length > 0 ? ids[one.parent % ids.length] : null,
      email: one.email ? mailbox() : null,
      phone: one.phone ? `+49301${digits(6)}` : null,
      externalId: one.externalId ? `P-${word()}` : null,
    });
    ids.push(id);
    if (one.account !== 'none') await accountOf(id, one.account === 'taxed' ? { taxId: ein(), country: 'US' } : { industry: word() });
    for (const { isPrimary, deleted } of one.contacts) {
      const contact = await contactOf(id, { isPrimary, email: mailbox() });
      if (deleted) await remove('admin', 'Contact', contact.id);
    }
    for (const address of one.addresses) await addressOf(id, address);
  }
  for (const { from, to, type, fate } of links) {
    const made = await create('admin', 'Relationship', {
      fromCustomerId: ids[from % ids.length],
      toCustomerId: ids[to % ids.length],
      relationshipType: type,
      startDate: '2026-01-01',
    });
    if (made.__typename !== 'Relationship') continue;
    if (fate === 'ended') await end('admin', made.id, '2026-02-01');
    if (fate === 'deleted') await remove('admin', 'Relationship', made.id);
  }
  return ids;
}

/** Merges as told, those that are possible; answers them in order. */
async function fuse({ fusions }: World, ids: readonly string[]): Promise<any[]> {
  const done: any[] = [];
  const gone = new Set<string>();
  for (const { survivor, retired, chosen } of fusions) {
    const alive = ids.filter((id) => !gone.has(id));
    if (alive.length < 2) break;
    const survivorId = alive[survivor % alive.length]!;
    const retiredIds = [...new Set(retired.map((n) => alive[n % alive.length]!))].filter((id) => id !== survivorId);
    if (retiredIds.length === 0) continue;
    const group = [survivorId, ...retiredIds];
    // Of several tax ids one has to be chosen; a record without any is no choice.
    const taxed = (await Promise.all(group.map((id) => read(id, 'id account { taxId }')))).filter(({ account }) => account?.taxId);
    const choices = taxed.length > 0 ? [{ field: 'TAX_ID', fromId: taxed[chosen % taxed.length]!.id }] : [];
    const result = await merge({ survivorId, retiredIds, choices });
    expect(['Merge', 'CircularHierarchy']).toContain(result.__typename);
    if (result.__typename !== 'Merge') continue;
    done.push(result);
    for (const id of retiredIds) gone.add(id);
    await consistent(ids);
  }
  return done;
}

const CHILDREN = ['contact', 'account', 'address', 'external_id'];

/** What holds at any time, seen in the database. Answers how many rows there are. */
async function consistent(ids: readonly string[]): Promise<Record<string, number>> {
  const db = await database('customer');
  const none = async (sql: string) => expect({ sql, rows: (await db.query(sql, [ids])).rows }).toEqual({ sql, rows: [] });
  await none(
    'select a.id from customer a left join customer b on b.id = a.merged_into where a.id = any($1) and a.merged_into is not null and (b.id is null or b.merged_into is not null)',
  );
  await none('select id from customer where id = any($1) and merged_into is not null and (deleted_at is null or parent_id is not null)');
  const counts: Record<string, number> = {};
  for (const table of CHILDREN) {
    await none(
      `select t.id from ${table} t join customer o on o.id = t.origin_customer_id where o.id = any($1) and t.customer_id <> coalesce(o.merged_into, o.id)`,
    );
    counts[table] = (await db.query(`select count(*)::int as n from ${table} where origin_customer_id = any($1)`, [ids])).rows[0].n;
  }
  await none(
    `select t.id from relationship t join customer f on f.id = t.origin_from_customer_id join customer g on g.id = t.origin_to_customer_id where (f.id = any($1) or g.id = any($1))
       and (t.from_customer_id <> coalesce(f.merged_into, f.id) or t.to_customer_id <> coalesce(g.merged_into, g.id))`,
  );
  await none(
    `select c.id from customer c left join relationship r on r.to_customer_id = c.id and r.relationship_type = 'parent_child' and r.end_date is null and r.deleted_at is null
       where c.id = any($1) and c.deleted_at is null and c.parent_id is distinct from r.from_customer_id`,
  );
  await none(
    `with recursive up as (select id, parent_id, array[id] as path from customer where id = any($1)
       union all select c.id, c.parent_id, up.path || c.id from up join customer c on c.id = up.parent_id where not c.id = any(up.path[2:]))
     select id from up where parent_id = any(path)`,
  );
  counts.relationship = (
    await db.query(
      'select count(*)::int as n from relationship where origin_from_customer_id = any($1) or origin_to_customer_id = any($1)',
      [ids],
    )
  ).rows[0].n;
  return counts;
}

const RUNS = { numRuns: 5, endOnFailure: true } as const;
const SHOWN = { withinMs: 30_000 };

/** The graph once nothing moves any more: the status follows the stage, which lifecycle folds. */
const settled = (ids: readonly string[]): Promise<any[]> =>
  eventually(async () => {
    const before = await snapshot(ids);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const now = await snapshot(ids);
    expect(now).toEqual(before);
    return now;
  }, SHOWN);

test('[WF-CM-002] merges and their undoing leave the graph as it was', async () => {
  let merges = 0;
  await fc.assert(
    fc.asyncProperty(world, async (made) => {
      const ids = await build(made);
      const rows = await consistent(ids);
      const before = await settled(ids);
      const done = await fuse(made, ids);
      merges += done.length;
      expect(await consistent(ids)).toEqual(rows);
      for (const one of done.reverse()) {
        expect(await unmerge(one)).toMatchObject({ __typename: 'Unmerge', kept: [], born: [] });
        await consistent(ids);
        await followed(one.id);
      }
      expect(await consistent(ids)).toEqual(rows);
      await eventually(async () => expect(await snapshot(ids)).toEqual(before), SHOWN);
    }),
    RUNS,
  );
  expect(merges).toBeGreaterThan(0);
}, 400_000);

const edit = fc.record({
  what: fc.constantFrom('rename', 'primary', 'contact', 'parent', 'account', 'relate', 'delete', 'externalId'),
  who: fc.nat(10),
  other: fc.nat(10),
});

/** Something that a person does meanwhile; a refusal is fine, an internal error is not. */
async function meddle(ids: readonly string[], { what, who, other }: { what: string; who: number; other: number }): Promise<void> {
  const id = ids[who % ids.length]!;
  const seen = await read(id, 'id version account { id version } contacts { nodes { id version } }');
  const contact = seen.contacts.nodes[other % (seen.contacts.nodes.length || 1)];
  const acts: Record<string, () => Promise<unknown>> = {
    rename: () => update('admin', 'Customer', seen, { displayName: `Renamed ${word()}`, email: mailbox() }),
    primary: async () => contact && update('admin', 'Contact', contact, { isPrimary: true }),
    contact: () => contactOf(id, { isPrimary: other % 2 === 0 }),
    parent: () => update('admin', 'Customer', seen, { parentId: other % 4 === 0 ? null : ids[other % ids.length] }),
    account: async () => (seen.account ? remove('admin', 'Account', seen.account.id) : accountOf(id)),
    relate: () =>
      create('admin', 'Relationship', { fromCustomerId: id, toCustomerId: ids[other % ids.length], relationshipType: 'PARTNER' }),
    delete: async () => contact && remove('admin', 'Contact', contact.id),
    externalId: () => update('admin', 'Customer', seen, { externalId: `E-${word()}` }),
  };
  await acts[what]!().catch((error) => expect(String(error)).toMatch(/CONFLICT|NOT_FOUND/));
}

test('[WF-CM-002] with changes at the same time and in between no row is lost or comes twice, and every row is where its origin leads', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.array(edit, { minLength: 3, maxLength: 10 }), async (made, edits) => {
      const ids = await build(made);
      const half = edits.length >> 1;
      const [done] = await Promise.all([fuse(made, ids), ...edits.slice(0, half).map((one) => meddle(ids, one))]).catch((error) => {
        // A merge whose records changed meanwhile has lost.
        expect(String(error)).toMatch(/CONFLICT|NOT_FOUND/);
        return [[]];
      });
      const { rows: standing } = await (await database('customer')).query(
        "select id, version from merge where survivor_id = any($1) and status = 'merged' order by position desc",
        [ids],
      );
      expect(standing.length).toBeGreaterThanOrEqual(done.length);
      for (const one of edits.slice(half)) await meddle(ids, one);
      const rows = await consistent(ids);
      for (const one of standing) {
        const answer = await gql('admin', UNDO, { id: one.id, version: one.version });
        expect(answer.errors).toBeUndefined();
        expect(answer.data.unmergeCustomers).toEqual({ __typename: 'Unmerge' });
        expect(await consistent(ids)).toEqual(rows);
      }
      for (const id of ids) expect((await read(id, 'id')).id).toBe(id);
    }),
    RUNS,
  );
}, 400_000);

const UNDO =
  'mutation($id: ID!, $version: Int!) { unmergeCustomers(mergeId: $id, expectedVersion: $version) { __typename ... on UnmergeRefused { reason blockingMergeId } } }';
