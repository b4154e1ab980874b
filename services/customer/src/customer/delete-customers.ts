// Soft-delete many customers, set-based [Customer AC-3, Bulk delete request]: each with its contacts, addresses, account, relationships and external ids
// under a deletion id of its own, so that each can be restored alone; and for each the facts and state records that one deletion makes.
import { randomUUID } from 'node:crypto';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { ContactTable } from '../contact/contact.table.ts';
import type { Contact } from '../contact/contact.ts';
import { contactState } from '../contact/contact-state.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import { RelationshipTable } from '../relationship/relationship.table.ts';
import type { Relationship } from '../relationship/relationship.ts';
import { relationshipData } from '../relationship/relationship-facts.ts';
import { fact } from '../write.ts';
import { CustomerTable } from './customer.table.ts';
import type { Customer } from './customer.ts';
import { publishCustomerState } from './customer-state.ts';

/** Deletes these living customers; answers the rows as they are now. The caller holds their locks and has refused who may not. */
export async function deleteCustomers(tx: Tx, customerIds: readonly string[]): Promise<Customer[]> {
  const deletion = sql`unnest(${[...customerIds]}::uuid[], ${customerIds.map(() => randomUUID())}::uuid[]) as deletion(customer_id, id)`;
  const gone = sql`version = t.version + 1, updated_at = ${tx.now}, deleted_at = ${tx.now}, deletion_id = deletion.id`;
  const deleted = await tx.query<Customer>(
    'deleteCustomers',
    sql`update customer t set ${gone} from ${deletion} where t.id = deletion.customer_id and t.deleted_at is null returning ${columns(CustomerTable, 't')}`,
  );
  const mark = <R>(table: string, link: Sql, select: Sql) =>
    tx.query<R & { of: string }>(
      `deleteChildrenIn_${table}`,
      sql`update ${raw(table)} t set ${gone} from ${deletion} where ${link} and t.deleted_at is null returning ${select}, deletion.customer_id as "of"`,
    );
  const own = raw('t.customer_id = deletion.customer_id');
  const contacts = await mark<Contact>('contact', own, columns(ContactTable, 't'));
  const ids = raw('t.id, t.version, t.deletion_id as "deletionId"');
  const addresses = await mark<Child>('address', own, ids);
  const accounts = await mark<Child>('account', own, ids);
  const either = raw('(t.from_customer_id = deletion.customer_id or t.to_customer_id = deletion.customer_id)');
  const relationships = await mark<Relationship>('relationship', either, columns(RelationshipTable, 't'));
  await tx.query(
    'deleteExternalIds',
    sql`update external_id t set deleted_at = ${tx.now}, deletion_id = deletion.id from ${deletion} where ${own} and t.deleted_at is null`,
  );

  const childrenOf = <R extends { of: string }>(rows: R[]) => {
    const byCustomer = Map.groupBy(rows, (row) => row.of);
    return (id: string): R[] => byCustomer.get(id) ?? [];
  };
  const of = {
    contacts: childrenOf(contacts),
    addresses: childrenOf(addresses),
    accounts: childrenOf(accounts),
    relationships: childrenOf(relationships),
  };
  for (const { id: customerId, version, deletionId } of deleted) {
    const [contacts, addresses, accounts, relationships] = [
      of.contacts(customerId),
      of.addresses(customerId),
      of.accounts(customerId),
      of.relationships(customerId),
    ];
    for (const contact of contacts) {
      tx.emit(fact('contact-deleted', customerId, { contactId: contact.id, customerId, version: contact.version, deletionId }));
      tx.state(contactState(contact));
    }
    for (const row of addresses)
      tx.emit(fact('address-deleted', customerId, { addressId: row.id, customerId, version: row.version, deletionId }));
    for (const row of accounts)
      tx.emit(fact('account-deleted', customerId, { accountId: row.id, customerId, version: row.version, deletionId }));
    for (const row of relationships) tx.emit(fact('relationship-deleted', customerId, { ...relationshipData(row), deletionId }));
    const counts = {
      contacts: contacts.length,
      addresses: addresses.length,
      accounts: accounts.length,
      relationships: relationships.length,
    };
    tx.emit(fact('customer-deleted', customerId, { customerId, version, deletionId, ...counts }));
  }
  const deletedIds = deleted.map(({ id }) => id);
  if (deletedIds.length > 0) {
    await refreshMatchKeys(tx, deletedIds);
    await publishCustomerState(tx, deletedIds);
  }
  return deleted;
}

interface Child {
  id: string;
  version: number;
  deletionId: string;
}
