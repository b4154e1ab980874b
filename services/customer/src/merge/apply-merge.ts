// A merge as it is written [WF-CM-002 step 5]: under all locks and in one transaction, by the plan that was shown. Rows are re-pointed, what a unique
// rule forbids gives way, folded values are journaled for the un-merge, and every changed row is told.
import { updateRow } from '@customer360/kernel/rows';
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { AccountTable } from '../account/account.table.ts';
import type { Account } from '../account/account.ts';
import type { Address } from '../address/address.ts';
import type { Contact } from '../contact/contact.ts';
import { contactState } from '../contact/contact-state.ts';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { customerUpdated } from '../customer/save-customer.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Relationship } from '../relationship/relationship.ts';
import { relationshipData } from '../relationship/relationship-facts.ts';
import { fact, publicNames } from '../write.ts';
import {
  dropRelationships,
  moveRelationships,
  moveRows,
  moveTheRest,
  redirect,
  takePosition,
  writeIdentities,
  writeJournal,
} from './merge.table.ts';
import { type Change, changeOf } from './merge.ts';
import type { MergePlan } from './plan-merge.ts';

/** Writes the merge `mergeId`, whose row exists. The caller holds every lock that the plan names. */
export async function applyMerge(tx: Tx, mergeId: string, plan: MergePlan): Promise<void> {
  const { survivor, moves } = plan;
  const journal: Change[] = [];
  const relationships = await moveAllRelationships(tx, plan, journal);
  const contacts = await moveContacts(tx, plan, journal);
  const addresses = await moveAddresses(tx, plan, journal);
  const accounts = await foldAccounts(tx, plan, journal);
  const { external_id: externalIds = 0 } = await moveTheRest(tx, moves);

  // The retired ones first: they free what is unique among living customers.
  const redirected = await redirect(tx, moves, mergeId);
  const children = await adopt(tx, plan);
  const merged = await updateRow(tx, CustomerTable, survivor, plan.customer);
  const { parentId: _, ...folded } = plan.customer;
  journal.push(...changeOf('customer', survivor.id, pick(survivor, folded), folded));
  await takePosition(tx, mergeId);
  await writeIdentities(tx, mergeId, moves, redirected);
  await writeJournal(tx, mergeId, journal);

  for (const { id, version, redirectVersion } of redirected)
    tx.emit(fact('customer-merged', id, { mergeId, customerId: id, version, survivorId: survivor.id, redirectVersion }));
  const [change] = changeOf('customer', survivor.id, pick(survivor, plan.customer), plan.customer);
  if (change && publicNames(change.after).length > 0) tx.emit(...customerUpdated(survivor, merged, change.after));
  const retiredIds = redirected.map(({ id }) => id);
  const { version } = merged;
  const counts = { contacts, addresses, accounts, relationships, externalIds, children: children.length };
  tx.emit(fact('customers-merged', survivor.id, { mergeId, survivorId: survivor.id, version, retiredIds, ...counts }));
  const told = [survivor.id, ...retiredIds];
  await refreshMatchKeys(tx, told);
  await publishCustomerState(tx, [...told, ...children]);
}

const pick = (row: object, names: object): object =>
  Object.fromEntries(Object.keys(names).map((name) => [name, row[name as keyof typeof row]]));

async function moveAllRelationships(tx: Tx, { survivor, relationships, moves }: MergePlan, journal: Change[]): Promise<number> {
  const dropped = await dropRelationships(
    tx,
    relationships.map(({ id }) => id),
  );
  for (const before of relationships) {
    const { deletedAt, deletionId } = dropped.find(({ id }) => id === before.id)!;
    const { deletedAt: was, deletionId: under } = before;
    journal.push(...changeOf('relationship', before.id, { deletedAt: was, deletionId: under }, { deletedAt, deletionId }));
  }
  const moved = await moveRelationships(tx, moves);
  const gone = new Set(dropped.map(({ id }) => id));
  const rows = new Map<string, Relationship>([...dropped, ...moved].map((row) => [row.id, row]));
  for (const row of rows.values()) tellRelationship(tx, survivor.id, row, gone.has(row.id) ? 'deleted' : 'moved');
  return moved.length;
}

/** In the stream of the customer whose merge it is, like those of a cascade; the payload's `version` orders them. */
export function tellRelationship(tx: Tx, key: string, row: Relationship, how: 'deleted' | 'restored' | 'moved'): void {
  if (how === 'moved')
    tx.emit(fact('relationship-updated', key, { ...relationshipData(row), changed: ['fromCustomerId', 'toCustomerId'] }));
  else tx.emit(fact(`relationship-${how}`, key, { ...relationshipData(row), deletionId: row.deletionId }));
}

async function moveContacts(tx: Tx, { steppingBack, moves }: MergePlan, journal: Change[]): Promise<number> {
  const back = steppingBack.contacts.map(({ id }) => id);
  for (const id of back) journal.push(...changeOf('contact', id, { isPrimary: true }, { isPrimary: false }));
  const moved = await moveRows<Contact>(tx, 'contact', moves, sql`, is_primary = t.is_primary and t.id <> all(${back}::uuid[])`);
  for (const row of moved) tellContact(tx, row, back.includes(row.id) ? ['customerId', 'isPrimary'] : ['customerId']);
  return moved.length;
}

export function tellContact(tx: Tx, row: Contact, changed: string[]): void {
  tx.emit(fact('contact-updated', row.customerId, { contactId: row.id, customerId: row.customerId, version: row.version, changed }));
  tx.state(contactState(row));
}

async function moveAddresses(tx: Tx, { steppingBack, moves }: MergePlan, journal: Change[]): Promise<number> {
  const back = steppingBack.addresses.map(({ id }) => id);
  for (const id of back) journal.push(...changeOf('address', id, { isDefault: true }, { isDefault: false }));
  const moved = await moveRows<Address>(tx, 'address', moves, sql`, is_default = t.is_default and t.id <> all(${back}::uuid[])`);
  for (const row of moved) tellAddress(tx, row, back.includes(row.id) ? ['customerId', 'isDefault'] : ['customerId']);
  return moved.length;
}

export const tellAddress = (tx: Tx, row: Address, changed: string[]): void =>
  tx.emit(fact('address-updated', row.customerId, { addressId: row.id, customerId: row.customerId, version: row.version, changed }));

/** One account stays, with the folded values; the others are soft-deleted on their own. */
async function foldAccounts(tx: Tx, { accounts, account: folded, moves }: MergePlan, journal: Change[]): Promise<number> {
  const { stays, fold } = accounts;
  const gone = fold.map(({ id }) => id);
  for (const id of gone) journal.push(...changeOf('account', id, { deletedAt: null }, { deletedAt: tx.now }));
  const moved = await moveRows<Account>(
    tx,
    'account',
    moves,
    gone.length === 0 ? raw('') : sql`, deleted_at = case when t.id = any(${gone}::uuid[]) then ${tx.now} else t.deleted_at end`,
  );
  for (const row of moved) tellAccount(tx, row, gone.includes(row.id) ? 'deleted' : ['customerId']);
  if (!stays || !folded) return moved.length;
  const present = moved.find(({ id }) => id === stays.id) ?? stays;
  const [change] = changeOf('account', stays.id, pick(stays, folded), folded);
  if (!change) return moved.length;
  journal.push(change);
  const saved = await updateRow(tx, AccountTable, present, folded);
  tellAccount(tx, saved, publicNames(change.after));
  return moved.length;
}

export function tellAccount(tx: Tx, { id, customerId, version }: Account, how: 'deleted' | 'restored' | string[]): void {
  const ids = { accountId: id, customerId, version };
  if (Array.isArray(how)) tx.emit(fact('account-updated', customerId, { ...ids, changed: how }));
  else tx.emit(fact(`account-${how}`, customerId, { ...ids, deletionId: null }));
}

/** The children of the retired ones are the survivor's; their relationships were re-pointed before. */
async function adopt(tx: Tx, { survivor, children }: MergePlan): Promise<string[]> {
  const adopted = await tx.query<Pick<Customer, 'id' | 'version' | 'status'>>(
    'adoptChildren',
    sql`update customer c set parent_id = ${survivor.id}::uuid, version = c.version + 1, updated_at = ${tx.now}
        where c.id = any(${[...children]}::uuid[]) returning c.id, c.version, c.status`,
  );
  for (const { id, version, status } of adopted)
    tx.emit(fact('customer-updated', id, { customerId: id, version, status, changed: ['parentId'] }));
  return adopted.map(({ id }) => id);
}
