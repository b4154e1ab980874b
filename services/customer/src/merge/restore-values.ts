// What the journal puts back when a merge is undone [WF-CM-002]: earlier values where the row still has what the merge wrote, flags and relationships where
// no unique rule forbids them by now. Everything else stays as people made it, and is listed.
import { updateRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { AccountTable, accountOf } from '../account/account.table.ts';
import type { Account } from '../account/account.ts';
import { AddressTable } from '../address/address.table.ts';
import type { Address } from '../address/address.ts';
import { hasDefault } from '../address/demote-default.ts';
import { ContactTable } from '../contact/contact.table.ts';
import type { Contact } from '../contact/contact.ts';
import { hasPrimary } from '../contact/demote-primary.ts';
import { CustomerTable, climb } from '../customer/customer.table.ts';
import { customerUpdated } from '../customer/save-customer.ts';
import { overlapping, RelationshipTable } from '../relationship/relationship.table.ts';
import type { Relationship } from '../relationship/relationship.ts';
import { publicNames, readRow } from '../write.ts';
import { tellAccount, tellAddress, tellContact, tellRelationship } from './apply-merge.ts';
import { followParents, readCustomers } from './merge.table.ts';
import { type Change, putBack } from './merge.ts';

/** A value that stays as it is now, because somebody changed it since or a rule forbids the earlier one. */
export interface KeptValue {
  readonly table: Change['table'];
  readonly rowId: string;
  readonly field: string;
}

const keptOf = ({ table, rowId }: Change, fields: readonly string[]): KeptValue[] => fields.map((field) => ({ table, rowId, field }));

/** The survivor's folded fields, and those of the account that stayed. */
export async function restoreSurvivor(tx: Tx, survivorId: string, journal: readonly Change[]): Promise<KeptValue[]> {
  const kept: KeptValue[] = [];
  for (const change of journal.filter(({ table }) => table === 'customer')) {
    const [row] = await readCustomers(tx, [survivorId]);
    const { values, kept: stays } = putBack(change, row!);
    kept.push(
      ...keptOf(
        change,
        stays.filter((name) => publicNames({ [name]: null }).length > 0),
      ),
    );
    if (Object.keys(values).length === 0) continue;
    const saved = await updateRow(tx, CustomerTable, row!, values);
    if (publicNames(values).length > 0) tx.emit(...customerUpdated(row!, saved, values));
  }
  for (const change of journal.filter(({ table }) => table === 'account')) kept.push(...(await restoreAccount(tx, change)));
  return kept;
}

async function restoreAccount(tx: Tx, change: Change): Promise<KeptValue[]> {
  const row: Account = await readRow(tx, AccountTable, change.rowId);
  const { values, kept } = putBack(change, row);
  const comesBack = 'deletedAt' in values;
  // Since the merge another account may have become this record's one [Account AC-1].
  if (comesBack && (await accountOf(tx, row.customerId))) return keptOf(change, ['deletedAt']);
  if (Object.keys(values).length > 0)
    tellAccount(tx, await updateRow(tx, AccountTable, row, values), comesBack ? 'restored' : publicNames(values));
  return keptOf(change, kept);
}

/** Primary contacts and default addresses, unless their side has another one by now. */
export async function restoreFlags(tx: Tx, journal: readonly Change[]): Promise<KeptValue[]> {
  const kept: KeptValue[] = [];
  for (const change of journal) {
    if (change.table !== 'contact' && change.table !== 'address') continue;
    const row = change.table === 'contact' ? await one<Contact>(tx, ContactTable, change) : await one<Address>(tx, AddressTable, change);
    const { values, kept: stays } = putBack(change, row);
    const taken =
      change.table === 'contact'
        ? await hasPrimary(tx, row.customerId)
        : await hasDefault(tx, row.customerId, (row as Address).addressType);
    if (stays.length > 0 || taken) kept.push(...keptOf(change, Object.keys(change.after)));
    else if (change.table === 'contact') tellContact(tx, await updateRow(tx, ContactTable, row as Contact, values), ['isPrimary']);
    else tellAddress(tx, await updateRow(tx, AddressTable, row as Address, values), ['isDefault']);
  }
  return kept;
}

const one = <R extends Contact | Address>(tx: Tx, table: any, { rowId }: Change): Promise<R> => readRow<R>(tx, table, rowId);

/**
 * Relationships that gave way, unless the same one, another parent or a loop stands in their place by now. Answers also whose parent came back.
 */
export async function restoreRelationships(
  tx: Tx,
  survivorId: string,
  journal: readonly Change[],
): Promise<{ kept: KeptValue[]; parented: string[] }> {
  const kept: KeptValue[] = [];
  const parented: string[] = [];
  for (const change of journal.filter(({ table }) => table === 'relationship')) {
    const row: Relationship = await readRow(tx, RelationshipTable, change.rowId);
    const { kept: stays } = putBack(change, row);
    if (stays.length > 0 || (await standsInTheWay(tx, row))) {
      kept.push(...keptOf(change, ['deletedAt']));
      continue;
    }
    // An end that is deleted by now takes the relationship along, as its deletion would have.
    const gone = (await readCustomers(tx, [row.fromCustomerId, row.toCustomerId])).find(({ deletedAt }) => deletedAt !== null);
    const restored = await updateRow(tx, RelationshipTable, row, {
      deletedAt: gone?.deletedAt ?? null,
      deletionId: gone?.deletionId ?? null,
    });
    tellRelationship(tx, survivorId, restored, gone ? 'deleted' : 'restored');
    // At once, because the next one's search for a loop climbs it.
    if (isOpenParent(row)) parented.push(...(await followParents(tx, survivorId, [row.toCustomerId])).map(({ id }) => id));
  }
  return { kept, parented };
}

const isOpenParent = (row: Relationship): boolean => row.relationshipType === 'parent_child' && row.endDate === null;

async function standsInTheWay(tx: Tx, row: Relationship): Promise<boolean> {
  if (row.fromCustomerId === row.toCustomerId || (await overlapping(tx, row, row.id))) return true;
  if (!isOpenParent(row)) return false;
  const other = await tx.one(
    'findOtherParent',
    sql`select 1 from relationship t where t.to_customer_id = ${row.toCustomerId} and t.id <> ${row.id}
          and t.relationship_type = 'parent_child' and t.end_date is null and (t.deleted_at is null or t.deletion_id is not null)`,
  );
  return other !== undefined || (await climb(tx, row.fromCustomerId)).includes(row.toCustomerId);
}
