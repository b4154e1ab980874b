// Undo a merge within 30 days [WF-CM-002]: every row goes back to where its origin leads, and folded values come back where nobody changed them since.
// What was born after the merge stays where its origin says, and is listed. Merges that built on this one are undone first: the refusal names the next.
import { expectVersion, movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { raw } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Account } from '../account/account.ts';
import type { Address } from '../address/address.ts';
import type { Contact } from '../contact/contact.ts';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { returnExternalId } from '../customer/external-id.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { HIERARCHY_LOCK } from '../relationship/set-parent.ts';
import { fact } from '../write.ts';
import { tellAccount, tellAddress, tellContact, tellRelationship } from './apply-merge.ts';
import {
  type BornSince,
  blockingMerge,
  bornSince,
  childrenOfOrigins,
  dropJournal,
  findMerge,
  followParents,
  MergeTable,
  type Move,
  moveRelationships,
  moveRows,
  moveTheRest,
  readCustomers,
  readIdentities,
  readJournal,
  redirect,
  writeIdentities,
} from './merge.table.ts';
import { type Merge, type UNMERGE_REFUSALS, unmergeUntil } from './merge.ts';
import { MAX_RELATIVES } from './plan-merge.ts';
import { type KeptValue, restoreFlags, restoreRelationships, restoreSurvivor } from './restore-values.ts';

/** What an un-merge did. */
export interface Unmerge {
  readonly __typename: 'Unmerge';
  readonly merge: Merge;
  readonly survivor: Customer;
  readonly returned: readonly Customer[];
  readonly kept: readonly KeptValue[];
  readonly born: readonly BornSince[];
}

const MAX_LISTED = 200;

/** Undoes the merge, or answers why not. */
export async function unmergeCustomers(ctx: Ctx, mergeId: string, expectedVersion: number): Promise<Unmerge | Problem> {
  const seen = await findMerge(ctx.db, mergeId);
  if (!seen) throw notFound('Merge', mergeId);
  const identities = (await readIdentities(ctx.db, mergeId)).map(({ customerId }) => customerId);
  const group = [seen.survivorId, ...identities];
  const children = await childrenOfOrigins(ctx.db, identities, group, MAX_RELATIVES);
  const lock = [...group, ...children, HIERARCHY_LOCK];
  return transact<Unmerge, Problem>(ctx, { lock }, async (tx) => {
    const merge = (await findMerge(tx, mergeId))!;
    expectVersion('Merge', merge, expectedVersion);
    const refused = await refuseUnmerge(tx, merge);
    if (refused) return refused;
    const returning = await childrenOfOrigins(tx, identities, group, MAX_RELATIVES);
    if (returning.some((id) => !lock.includes(id))) throw movedMeanwhile('Customer', merge.survivorId);
    return undo(tx, merge);
  });
}

async function refuseUnmerge(tx: Tx, merge: Merge): Promise<Problem | undefined> {
  const refusal = (reason: (typeof UNMERGE_REFUSALS)[number], message: string, blockingMergeId: string | null = null) =>
    problem('UnmergeRefused', message, { reason, blockingMergeId });
  if (merge.status !== 'merged') return refusal('not_merged', 'This merge does not stand: it was never done, or is undone already.');
  if (tx.now > unmergeUntil(merge.mergedAt!) || merge.journalErasedAt !== null)
    return refusal('too_late', 'A merge can be undone for 30 days; the earlier values are erased by now.');
  const later = await blockingMerge(tx, merge);
  if (later) return refusal('later_merge', 'A later merge built on this one; undo that one first.', later.id);
  const [survivor] = await readCustomers(tx, [merge.survivorId]);
  if (survivor!.deletedAt !== null) return refusal('survivor_deleted', 'The survivor is deleted; restore it first.');
  return undefined;
}

async function undo(tx: Tx, merge: Merge): Promise<Unmerge> {
  const { survivorId } = merge;
  const moves: Move[] = (await readIdentities(tx, merge.id)).map(({ customerId, previousSurvivorId }) => ({
    id: customerId,
    from: survivorId,
    to: previousSurvivorId ?? customerId,
  }));
  const identities = moves.map(({ id }) => id);
  const group = [survivorId, ...identities];
  const journal = await readJournal(tx, merge.id);
  const born = await bornSince(tx, survivorId, merge.mergedAt!, MAX_LISTED);

  const relationships = await moveRelationships(tx, moves);
  for (const row of relationships) tellRelationship(tx, survivorId, row, 'moved');
  const contacts = await moveRows<Contact>(tx, 'contact', moves, raw(''));
  for (const row of contacts) tellContact(tx, row, ['customerId']);
  const addresses = await moveRows<Address>(tx, 'address', moves, raw(''));
  for (const row of addresses) tellAddress(tx, row, ['customerId']);
  const accounts = await moveRows<Account>(tx, 'account', moves, raw(''));
  for (const row of accounts) tellAccount(tx, row, ['customerId']);
  await moveTheRest(tx, moves);

  // The survivor's values first: the returning ones may need what is unique among living customers.
  const kept: KeptValue[] = await restoreSurvivor(tx, survivorId, journal);
  for (const { id, externalId } of await readCustomers(tx, merge.retiredIds))
    if (!(await returnExternalId(tx, id, externalId))) kept.push({ table: 'customer', rowId: id, field: 'externalId' });
  const redirected = await redirect(tx, moves, null);
  const returned = redirected.filter(({ mergedInto }) => mergedInto === null);
  kept.push(...(await restoreFlags(tx, journal)));
  const parents = await followParents(tx, survivorId, group);
  const restored = await restoreRelationships(tx, survivorId, journal);
  kept.push(...restored.kept);
  const changed = new Set([...parents.map(({ id }) => id), ...restored.parented]);
  await writeIdentities(tx, merge.id, moves, redirected);
  await dropJournal(tx, merge.id);
  const undone = await updateRow(tx, MergeTable, merge, { status: 'unmerged', unmergedAt: tx.now });

  for (const { id, version, mergedInto, redirectVersion } of redirected)
    tx.emit(fact('customer-unmerged', id, { mergeId: merge.id, customerId: id, version, mergedInto, redirectVersion }));
  const rows = new Map((await readCustomers(tx, [...group, ...changed])).map((row) => [row.id, row]));
  for (const id of changed) {
    const { version, status } = rows.get(id)!;
    tx.emit(fact('customer-updated', id, { customerId: id, version, status, changed: ['parentId'] }));
  }
  const survivor = rows.get(survivorId)!;
  tx.emit(
    fact('customers-unmerged', survivorId, {
      mergeId: merge.id,
      survivorId,
      version: survivor.version,
      returnedIds: identities,
      contacts: contacts.length,
      addresses: addresses.length,
      accounts: accounts.length,
      relationships: relationships.length,
      kept: kept.length,
    }),
  );
  await refreshMatchKeys(tx, group);
  await publishCustomerState(tx, [...group, ...[...changed].filter((id) => !group.includes(id))]);
  return { __typename: 'Unmerge', merge: undone, survivor, returned: returned.map(({ id }) => rows.get(id)!), kept, born };
}
