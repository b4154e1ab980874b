// WF-CM-002, the way back: within 30 days a merge is undone, every row returns with the values it had, and what happened in between follows the stated
// rules. Chains are undone in order.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  accountOf,
  addressOf,
  contactOf,
  create,
  digits,
  facts,
  mailbox,
  organisation,
  person,
  read,
  remove,
  restore,
  state,
  update,
  word,
} from '../support/customers.ts';
import { followed, merge, merged, snapshot, unmerge, unmerged, versions } from '../support/merges.ts';
import { database, eventually, must, stack } from '../support/stack.ts';

/** The graph of these once nothing moves any more: the status follows the stage. */
const settled = (ids: string[]): Promise<any[]> =>
  eventually(
    async () => {
      const before = JSON.stringify(await snapshot(ids));
      await new Promise((resolve) => setTimeout(resolve, 500));
      const now = await snapshot(ids);
      expect(JSON.stringify(now)).toBe(before);
      return now;
    },
    { withinMs: 20_000 },
  );
const relate = (fromCustomerId: string, toCustomerId: string, relationshipType: string) =>
  create('admin', 'Relationship', { fromCustomerId, toCustomerId, relationshipType });

/** Two records with everything that a merge has to fold or to let give way. */
async function twoOfEverything() {
  const [top, otherTop, partner] = [await organisation(), await organisation(), await organisation()];
  const survivor = await organisation({ email: mailbox(), parentId: top.id, externalId: `S-${word()}` });
  const retired = await organisation({ email: mailbox(), phone: `+49301${digits(6)}`, parentId: otherTop.id, externalId: `R-${word()}` });
  const child = await organisation({ parentId: retired.id });
  for (const { id } of [survivor, retired]) {
    await contactOf(id, { isPrimary: true });
    await addressOf(id, { isDefault: true });
    await accountOf(id, { industry: `Industry ${word()}`, website: `https://${word()}.example` });
    await relate(id, partner.id, 'PARTNER');
  }
  await relate(survivor.id, retired.id, 'REFERRAL');
  const gone = await contactOf(retired.id);
  await remove('admin', 'Contact', gone.id);
  return { survivor, retired, child, partner, ids: [survivor.id, retired.id, child.id, partner.id, top.id, otherTop.id] };
}

test('[WF-CM-002] merge and un-merge without changes in between leave the graph as it was', async () => {
  const { survivor, retired, ids } = await twoOfEverything();
  const before = await settled(ids);
  const done = await merged(survivor.id, [retired.id]);
  await followed(done.id);
  expect((await read(retired.id, 'id')).id).toBe(survivor.id);
  const undone = await unmerged({ ...done });
  expect(undone).toMatchObject({ kept: [], born: [], returned: [{ id: retired.id }] });
  await followed(done.id);
  await eventually(async () => expect(await snapshot(ids)).toEqual(before), { withinMs: 20_000 });
  await state('crm.customer.state.v1', retired.id, (data) =>
    expect(data).toMatchObject({ mergedInto: null, redirectVersion: 2, deletedAt: null }),
  );
  const told = (await facts(retired.id, 5)).find(({ type }) => type === 'customer-unmerged');
  expect(told!.data).toMatchObject({ mergeId: done.id, mergedInto: null, redirectVersion: 2 });
  expect(await unmerge({ id: done.id, version: undone.merge.version })).toMatchObject({
    __typename: 'UnmergeRefused',
    reason: 'NOT_MERGED',
  });
}, 60_000);

test('[WF-CM-002] what was changed after the merge is kept and listed, and what was made stays with the survivor', async () => {
  const { survivor, retired, child } = await twoOfEverything();
  const before = await read(survivor.id, 'displayName email account { id industry website }');
  const done = await merged(
    survivor.id,
    [retired.id],
    [
      { field: 'EMAIL', fromId: retired.id },
      { field: 'INDUSTRY', fromId: retired.id },
      { field: 'WEBSITE', fromId: retired.id },
    ],
  );
  const now = await read(survivor.id, 'id version account { id version website } contacts { nodes { id version isPrimary } }');
  const email = mailbox();
  await update('admin', 'Customer', now, { email });
  await update('admin', 'Account', now.account, { industry: 'Changed since' });
  const born = await contactOf(survivor.id, { isPrimary: true });
  const elsewhere = await organisation();
  await update('admin', 'Customer', await read(child.id, 'id version'), { parentId: elsewhere.id });

  const undone = await unmerged(done);
  expect(undone.kept).toEqual(
    expect.arrayContaining([
      { table: 'customer', rowId: survivor.id, field: 'email' },
      { table: 'account', rowId: before.account.id, field: 'industry' },
    ]),
  );
  expect(undone.born).toEqual([{ table: 'contact', rowId: born.id, customerId: survivor.id }]);
  expect(await read(survivor.id, 'email account { industry website }')).toEqual({
    email,
    account: { industry: 'Changed since', website: before.account.website },
  });
  expect((await read(retired.id, 'contacts { nodes { isPrimary } }')).contacts.nodes).toEqual([{ isPrimary: true }]);
  expect((await read(survivor.id, 'contacts { nodes { id isPrimary } }')).contacts.nodes.filter((c: any) => c.isPrimary)).toEqual([
    { id: born.id, isPrimary: true },
  ]);
  expect((await read(child.id, 'parentId')).parentId).toBe(elsewhere.id);
});

test('[WF-CM-002] chains are undone in order: the refusal names the merge to undo first', async () => {
  const [a, b, c] = [await organisation(), await organisation(), await organisation()];
  const contact = await contactOf(b.id);
  const ids = [a.id, b.id, c.id];
  const before = await settled(ids);
  const first = await merged(a.id, [b.id]);
  const second = await merged(c.id, [a.id]);
  for (const id of ids) expect((await read(id, 'id')).id).toBe(c.id);
  expect((await read(c.id, 'contacts { nodes { id } }')).contacts.nodes).toEqual([{ id: contact.id }]);
  expect((await facts(b.id, 3)).at(-1)).toMatchObject({
    type: 'customer-merged',
    data: { mergeId: second.id, survivorId: c.id, redirectVersion: 2 },
  });
  await followed(second.id);
  expect(await unmerge(first)).toMatchObject({ __typename: 'UnmergeRefused', reason: 'LATER_MERGE', blockingMergeId: second.id });

  await unmerged(second);
  expect([(await read(a.id, 'id')).id, (await read(b.id, 'id')).id]).toEqual([a.id, a.id]);
  expect((await read(b.id, 'contacts { nodes { id } }')).contacts.nodes).toEqual([{ id: contact.id }]);
  await unmerged(first);
  await followed(first.id);
  await eventually(async () => expect(await snapshot(ids)).toEqual(before), { withinMs: 20_000 });
}, 60_000);

test('[WF-CM-002] after 30 days a merge stays and its journal is erased; a deleted survivor has to be restored before', async () => {
  const [survivor, retired] = [await person(), await person({ email: mailbox() })];
  const done = await merged(survivor.id, [retired.id]);
  await remove('admin', 'Customer', survivor.id);
  expect(await unmerge(done)).toMatchObject({ __typename: 'UnmergeRefused', reason: 'SURVIVOR_DELETED' });
  await restore('admin', 'Customer', survivor.id);
  const db = await database('customer');
  const journal = async () => (await db.query('select count(*)::int as n from merge_change where merge_id = $1', [done.id])).rows[0].n;
  expect(await journal()).toBeGreaterThan(0);
  // No door moves the clock: the merge is made older.
  await db.query("update merge set merged_at = merged_at - interval '31 days' where id = $1", [done.id]);
  expect(await unmerge(done)).toMatchObject({ __typename: 'UnmergeRefused', reason: 'TOO_LATE' });
  await eventually(async () => expect(await journal()).toBe(0), { withinMs: 120_000, everyMs: 500 });
  const { merge: row } = await must('auditor', 'query($id: ID!) { merge(id: $id) { status journalErasedAt unmergeUntil } }', {
    id: done.id,
  });
  expect(row).toMatchObject({ status: 'MERGED', journalErasedAt: expect.any(String) });
  expect((await read(retired.id, 'id')).id).toBe(survivor.id);
}, 180_000);

test('[WF-CM-002] a merge that a service has not followed by the deadline is overdue, and the alarm counts it', async () => {
  const [survivor, retired] = [await person(), await person()];
  const done = await merged(survivor.id, [retired.id]);
  await followed(done.id);
  const db = await database('customer');
  const behind = await db.query("delete from merge_progress where customer_id = $1 and service = 'lifecycle' returning *", [retired.id]);
  await db.query("update merge set merged_at = merged_at - interval '16 minutes' where id = $1", [done.id]);
  const { mergeProgress } = await must(
    'dpo',
    'query($id: ID!) { mergeProgress(id: $id) { complete overdue services { service applied waitingForIds } } }',
    { id: done.id },
  );
  expect(mergeProgress).toMatchObject({ complete: false, overdue: true });
  expect(mergeProgress.services).toContainEqual({ service: 'lifecycle', applied: false, waitingForIds: [retired.id] });
  const overdue = async (): Promise<number> =>
    Number(/^merges_overdue (\d+)/m.exec(await (await fetch(`${stack().services.customer.url}/metrics`)).text())![1]);
  await eventually(async () => expect(await overdue()).toBeGreaterThan(0), { withinMs: 60_000, everyMs: 500 });
  const { customer_id, service, redirect_version, rows, applied_at } = behind.rows[0];
  await db.query('insert into merge_progress (customer_id, service, redirect_version, rows, applied_at) values ($1, $2, $3, $4, $5)', [
    customer_id,
    service,
    redirect_version,
    JSON.stringify(rows),
    applied_at,
  ]);
  await followed(done.id);
}, 120_000);

test('[WF-CM-002] an external id that changed hands since stays where it is', async () => {
  const [survivor, retired] = [await organisation(), await organisation({ externalId: `R-${word()}` })];
  const done = await merged(survivor.id, [retired.id]);
  // The survivor shows it now, by the rule of the only value; then it gets one of its own, and the retired one's is kept beside it.
  expect((await read(survivor.id, 'externalId')).externalId).toBe(retired.externalId);
  const own = `S-${word()}`;
  await update('admin', 'Customer', await read(survivor.id, 'id version'), { externalId: own });
  expect((await read(survivor.id, 'externalIds { externalId }')).externalIds).toHaveLength(2);
  const undone = await unmerged(done);
  expect(undone.kept).toContainEqual({ table: 'customer', rowId: survivor.id, field: 'externalId' });
  expect((await read(survivor.id, 'externalId')).externalId).toBe(own);
  expect(await read(retired.id, 'externalId externalIds { externalId }')).toEqual({
    externalId: retired.externalId,
    externalIds: [{ externalId: retired.externalId }],
  });
});

test('[WF-CM-002] of two merges at once one wins and the other is a CONFLICT; changes at the same time lose or come first, and nothing locks up', async () => {
  for (let round = 0; round < 4; round++) {
    const [a, b, c] = [await organisation(), await organisation(), await organisation()];
    const contact = await contactOf(b.id);
    const [va, vb, vc] = await versions([a.id, b.id, c.id]);
    const tries = await Promise.allSettled([
      merge({ survivorId: a.id, retiredIds: [b.id], expectedVersions: [va!, vb!] }),
      merge({ survivorId: c.id, retiredIds: [b.id], expectedVersions: [vc!, vb!] }),
      merge({ survivorId: b.id, retiredIds: [a.id, c.id], expectedVersions: [va!, vb!, vc!] }),
      update('admin', 'Contact', contact, { firstName: `F ${word()}` }),
      remove('admin', 'Customer', b.id, b.version),
      contactOf(a.id),
    ]);
    const outcome = tries.map((one) =>
      one.status === 'fulfilled' ? one.value.__typename : (/CONFLICT|NOT_FOUND/.exec(String(one.reason))?.[0] ?? String(one.reason)),
    );
    expect(outcome.slice(0, 3).filter((name) => name === 'Merge').length + Number(outcome[4] === 'Customer')).toBe(1);
    for (const name of outcome) expect(['Merge', 'Customer', 'Contact', 'CONFLICT', 'NOT_FOUND', 'MergeRefused']).toContain(name);
    const { rows } = await (await database('customer')).query(
      `select c.id from customer c left join customer s on s.id = c.merged_into where c.id = any($1) and (c.merged_into is not null) and (s.merged_into is not null or s.id is null)`,
      [[a.id, b.id, c.id]],
    );
    expect(rows).toEqual([]);
  }
}, 60_000);

test('[WF-CM-002] a portal user of a retired record sees the survivor', async () => {
  const [survivor, retired] = [await person(), await person()];
  await merged(survivor.id, [retired.id]);
  const me = { kind: 'portal' as const, sub: randomUUID(), customer_id: retired.id };
  const { customer } = await must(me, 'query($id: ID!) { customer(id: $id) { id redirectedFrom } }', { id: retired.id });
  expect(customer).toEqual({ id: survivor.id, redirectedFrom: retired.id });
});
