// What a merge would do, read in one transaction and decided before anything is written [WF-CM-002 steps 2 to 4]: every value with its origin, what gives
// way, who has to be asked, or why it is refused. The commit uses the very same plan.
import { badInput, conflict, movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import type { Tx } from '@customer360/kernel/transact';
import type { Account } from '../account/account.ts';
import type { Address } from '../address/address.ts';
import type { Contact } from '../contact/contact.ts';
import { foldValues } from '../custom-field/custom-field.ts';
import { climb, customerIn, MAX_DEPTH } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { refuseInactiveOwner } from '../customer/owner.ts';
import { loopOf } from '../relationship/relationship.ts';
import {
  childrenOutside,
  countRecords,
  type Move,
  readAccounts,
  readCustomers,
  readDefaults,
  readPrimaries,
  readRelationships,
  readRiders,
} from './merge.table.ts';
import {
  type ExpectedVersion,
  type FieldPlan,
  foldedColumns,
  givingWay,
  MAX_RETIRED,
  type MERGE_REFUSALS,
  type MergeChoice,
  type MergeField,
  planFields,
  type Redirected,
  type Side,
  stepBack,
} from './merge.ts';

/** What a caller asks for. */
export interface MergeOrder {
  survivorId: string;
  retiredIds: string[];
  choices?: MergeChoice[] | null;
  expectedVersions?: ExpectedVersion[] | null;
}

export interface MergePlan {
  readonly __typename: 'MergePlan';
  readonly survivor: Customer;
  readonly retired: readonly Customer[];
  /** What was merged into the retired ones before. */
  readonly riders: readonly Customer[];
  readonly fields: readonly FieldPlan[];
  /** The fields in which the records differ, and those of them that no rule may settle. */
  readonly conflicts: readonly MergeField[];
  readonly mustChoose: readonly MergeField[];
  /** The customer's and the account's columns after the merge. */
  readonly customer: Partial<Customer>;
  readonly account: Partial<Account> | null;
  /** The account that stays, of those there are. */
  readonly accounts: { readonly stays: Account | null; readonly fold: readonly Account[] };
  readonly steppingBack: { readonly contacts: readonly Contact[]; readonly addresses: readonly Address[] };
  readonly relationships: readonly Redirected[];
  readonly children: readonly string[];
  readonly moves: readonly Move[];
  readonly counts: ReadonlyArray<{ table: string; count: number }>;
  readonly records: number;
}

/** At most this many other customers change with a merge: the children of the retired in the hierarchy, and who was merged into them. */
export const MAX_RELATIVES = 900;

/** What is wrong with the order itself. */
export function checkOrder(order: MergeOrder): void {
  const { survivorId, retiredIds } = order;
  if (retiredIds.length < 1 || retiredIds.length > MAX_RETIRED)
    throw badInput('retiredIds', `must be 1 to ${MAX_RETIRED} ids, not ${retiredIds.length}`, { limit: 'retiredIds', max: MAX_RETIRED });
  const ids = [survivorId, ...retiredIds];
  if (new Set(ids).size !== ids.length) throw badInput('retiredIds', 'names a customer twice, or the survivor');
  const fields = new Set<string>();
  for (const { field, fromId } of order.choices ?? []) {
    if (!ids.includes(fromId)) throw badInput('choices', `${fromId} is not one of the customers to merge`);
    if (fields.has(field)) throw badInput('choices', 'names a field twice');
    fields.add(field);
  }
  for (const { id } of order.expectedVersions ?? [])
    if (!ids.includes(id)) throw badInput('expectedVersions', `${id} is not one of the customers to merge`);
}

/** A commit has to say what was read of each record. */
export function checkVersionsComplete(order: MergeOrder): void {
  const given = new Set((order.expectedVersions ?? []).map(({ id }) => id));
  for (const id of [order.survivorId, ...order.retiredIds])
    if (!given.has(id)) throw badInput('expectedVersions', `is missing the version of ${id}`);
}

const refused = (reason: (typeof MERGE_REFUSALS)[number], message: string, customerIds: readonly string[]) =>
  problem('MergeRefused', message, { reason, customerIds });

/** Whom the law, the data or an earlier merge keeps from being merged. */
function refuseGroup(group: readonly Customer[]): Problem | undefined {
  const ids = (check: (customer: Customer) => boolean) => group.filter(check).map(({ id }) => id);
  const retired = ids((c) => c.mergedInto !== null);
  if (retired.length > 0) return refused('already_merged', 'A customer was merged before; merge its survivor instead.', retired);
  const restricted = ids((c) => c.processingRestricted);
  if (restricted.length > 0)
    return refused(
      'processing_restricted',
      'Processing of a customer is restricted: it may be stored, and not combined with others.',
      restricted,
    );
  const held = ids((c) => c.legalHold);
  if (held.length > 0) return refused('legal_hold', 'A legal hold is in force: the record has to stay as it is.', held);
  const open = ids((c) => c.deletionOpen);
  if (open.length > 0)
    return refused('deletion_open', 'A deletion request is open: settle it first, or it would reach more than was asked for.', open);
  if (new Set(group.map(({ type }) => type)).size > 1)
    return refused(
      'types_differ',
      'A person and an organisation cannot be one record; change the type of one of them first.',
      ids(() => true),
    );
  return undefined;
}

/** The plan, or why there is none. `locked`: the ids whose locks are held; without them it is a look. */
export async function planMerge(tx: Tx, order: MergeOrder, locked: ReadonlySet<string> | null): Promise<MergePlan | Problem> {
  const ids = [order.survivorId, ...order.retiredIds];
  const rows = new Map((await readCustomers(tx, ids)).map((row) => [row.id, row]));
  const group: Customer[] = [];
  for (const id of ids) {
    const row = rows.get(id);
    if (!row || (row.deletedAt !== null && row.mergedInto === null))
      throw notFound('Customer', id, id === ids[0] ? 'survivorId' : 'retiredIds');
    const expected = order.expectedVersions?.find((one) => one.id === id);
    if (expected && expected.version !== row.version) throw conflict('Customer', id, expected.version, row.version);
    // The scope may have changed since the look before the locks.
    if (row.mergedInto === null && !(await customerIn(tx, id))) throw notFound('Customer', id, id === ids[0] ? 'survivorId' : 'retiredIds');
    group.push(row);
  }
  const barred = refuseGroup(group);
  if (barred) return barred;

  const [survivor, ...retired] = group as [Customer, ...Customer[]];
  const riders = await readRiders(tx, order.retiredIds);
  const children = await childrenOutside(tx, order.retiredIds, ids, MAX_RELATIVES + 1);
  if (riders.length + children.length > MAX_RELATIVES)
    return refused(
      'too_large',
      `More than ${MAX_RELATIVES} other customers would change with it; move the children first.`,
      order.retiredIds,
    );
  if (locked && [...riders.map(({ id }) => id), ...children].some((id) => !locked.has(id))) throw movedMeanwhile('Customer', survivor.id);

  const accounts = await readAccounts(tx, ids);
  const sides: Side[] = group.map((customer) => ({ customer, account: accounts.find((a) => a.customerId === customer.id) ?? null }));
  const fields = planFields(sides, order.choices ?? []);
  const customer = foldedColumns(fields, 'customer') as Partial<Customer>;
  customer.doNotProcess = group.some((c) => c.doNotProcess);
  Object.assign(customer, foldValues(group));
  const refusal = (await refuseParent(tx, ids, customer.parentId ?? null)) ?? (await refuseOwner(tx, survivor, customer.ownerId ?? null));
  if (refusal) return refusal;

  const [stays, ...fold] = sides.flatMap(({ account }) => (account ? [account] : []));
  const moves = [
    ...retired.map(({ id }) => ({ id, from: id, to: survivor.id })),
    ...riders.map(({ id, mergedInto }) => ({ id, from: mergedInto!, to: survivor.id })),
  ];
  const led = new Map([...ids, ...riders.map(({ id }) => id)].map((id) => [id, survivor.id]));
  const relationships = (await readRelationships(tx, ids)).map((r) => ({
    ...r,
    newFrom: led.get(r.fromCustomerId) ?? r.fromCustomerId,
    newTo: led.get(r.toCustomerId) ?? r.toCustomerId,
  }));
  const counts = await countRecords(tx, order.retiredIds);
  if (children.length > 0) counts.push({ table: 'customer', count: children.length });
  return {
    __typename: 'MergePlan',
    survivor,
    retired,
    riders,
    fields,
    conflicts: fields.filter(({ conflict: differs }) => differs).map(({ field }) => field),
    mustChoose: fields.filter(({ mustChoose }) => mustChoose).map(({ field }) => field),
    customer,
    account: stays ? (foldedColumns(fields, 'account') as Partial<Account>) : null,
    accounts: { stays: stays ?? null, fold },
    steppingBack: {
      contacts: stepBack(ids, await readPrimaries(tx, ids), () => 'primary'),
      addresses: stepBack(ids, await readDefaults(tx, ids), (address) => (address as Address).addressType),
    },
    relationships: givingWay(relationships, survivor.id, customer.parentId ?? null),
    children,
    moves,
    counts,
    records: counts.reduce((sum, { count }) => sum + count, 0),
  };
}

/** The merged customer must not stand below itself [Circular hierarchy]; choose another parent, or one that has none. */
async function refuseParent(tx: Tx, ids: readonly string[], parentId: string | null): Promise<Problem | undefined> {
  if (parentId === null) return undefined;
  const ancestors = await climb(tx, parentId);
  const member = ancestors.find((id) => ids.includes(id));
  const path = member && loopOf(member, ancestors);
  if (path)
    return problem('CircularHierarchy', 'The merged customer would be its own ancestor; choose another value for PARENT.', { path });
  if (ancestors.length > MAX_DEPTH)
    throw badInput('choices', `the hierarchy would be deeper than ${MAX_DEPTH}`, { limit: 'hierarchyDepth', max: MAX_DEPTH });
  return undefined;
}

const refuseOwner = async (tx: Tx, survivor: Customer, ownerId: string | null): Promise<Problem | undefined> =>
  ownerId === null || ownerId === survivor.ownerId ? undefined : refuseInactiveOwner(tx, ownerId);
