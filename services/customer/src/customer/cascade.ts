// The children that go and come back with their customer [Customer AC-3]: one statement per table, one fact per row, all under one deletion id.
// A relationship that a cascade takes is told in the stream of the customer that was deleted.
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

/** Deletes the live children under `deletionId`, or restores those that it took; emits their facts and answers how many there were. */
export async function markChildren(tx: Tx, customerId: string, deletionId: string, done: 'deleted' | 'restored'): Promise<CascadeCounts> {
  const mark = (table: string, owner: Sql, select: Sql) =>
    tx.query<any>(
      `${done === 'deleted' ? 'delete' : 'restore'}ChildrenIn_${table}`,
      sql`update ${raw(table)} t set version = t.version + 1, updated_at = ${tx.now}, ${
        done === 'deleted' ? sql`deleted_at = ${tx.now}, deletion_id = ${deletionId}` : raw('deleted_at = null, deletion_id = null')
      } where ${owner} and ${done === 'deleted' ? raw('t.deleted_at is null') : sql`t.deletion_id = ${deletionId}`} returning ${select}`,
    );
  const own = sql`t.customer_id = ${customerId}`;
  const either = sql`(t.from_customer_id = ${customerId} or t.to_customer_id = ${customerId})`;
  const contacts: Contact[] = await mark('contact', own, columns(ContactTable, 't'));
  const addresses = await mark('address', own, raw('t.id, t.version, t.address_type'));
  const accounts = await mark('account', own, raw('t.id, t.version'));
  const relationships: Relationship[] = await mark('relationship', either, columns(RelationshipTable, 't'));
  for (const contact of contacts) {
    tx.emit(fact(`contact-${done}`, customerId, { contactId: contact.id, customerId, version: contact.version, deletionId }));
    tx.state(contactState(contact));
  }
  for (const { id, version } of addresses) tx.emit(fact(`address-${done}`, customerId, { addressId: id, customerId, version, deletionId }));
  for (const { id, version } of accounts) tx.emit(fact(`account-${done}`, customerId, { accountId: id, customerId, version, deletionId }));
  for (const relationship of relationships) {
    tx.emit(fact(`relationship-${done}`, customerId, { ...relationshipData(relationship), deletionId }));
  }
  return { contacts: contacts.length, addresses: addresses.length, accounts: accounts.length, relationships: relationships.length };
}
