// The children that come back with their customer [Customer AC-3]: exactly those that its deletion took, one statement per table, one fact per row.
// A relationship is told in the stream of the customer that was restored. How they went: `delete-customers.ts`.
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { ContactTable } from '../contact/contact.table.ts';
import type { Contact } from '../contact/contact.ts';
import { contactState } from '../contact/contact-state.ts';
import { RelationshipTable } from '../relationship/relationship.table.ts';
import type { Relationship } from '../relationship/relationship.ts';
import { relationshipData } from '../relationship/relationship-facts.ts';
import { fact } from '../write.ts';

export interface CascadeCounts {
  contacts: number;
  addresses: number;
  accounts: number;
  relationships: number;
}

/** Restores the children that `deletionId` took; emits their facts and answers how many there were. */
export async function restoreChildren(tx: Tx, customerId: string, deletionId: string): Promise<CascadeCounts> {
  const mark = (table: string, owner: Sql, select: Sql) =>
    tx.query<any>(
      `restoreChildrenIn_${table}`,
      sql`update ${raw(table)} t set version = t.version + 1, updated_at = ${tx.now}, deleted_at = null, deletion_id = null
          where ${owner} and t.deletion_id = ${deletionId} returning ${select}`,
    );
  const own = sql`t.customer_id = ${customerId}`;
  const either = sql`(t.from_customer_id = ${customerId} or t.to_customer_id = ${customerId})`;
  const contacts: Contact[] = await mark('contact', own, columns(ContactTable, 't'));
  const addresses = await mark('address', own, raw('t.id, t.version, t.address_type'));
  const accounts = await mark('account', own, raw('t.id, t.version'));
  const relationships: Relationship[] = await mark('relationship', either, columns(RelationshipTable, 't'));
  for (const contact of contacts) {
    tx.emit(fact('contact-restored', customerId, { contactId: contact.id, customerId, version: contact.version, deletionId }));
    tx.state(contactState(contact));
  }
  for (const { id, version } of addresses)
    tx.emit(fact('address-restored', customerId, { addressId: id, customerId, version, deletionId }));
  for (const { id, version } of accounts) tx.emit(fact('account-restored', customerId, { accountId: id, customerId, version, deletionId }));
  for (const relationship of relationships) {
    tx.emit(fact('relationship-restored', customerId, { ...relationshipData(relationship), deletionId }));
  }
  return { contacts: contacts.length, addresses: addresses.length, accounts: accounts.length, relationships: relationships.length };
}
