// One primary contact per customer [Contact AC-1]: before another becomes primary, the present one steps back, in the same transaction and
// with its own fact.
import { columns, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import { ContactTable } from './contact.table.ts';
import type { Contact } from './contact.ts';
import { contactState } from './contact-state.ts';

/** Takes the primary flag from whoever has it; the caller holds the customer's lock. */
export async function demotePrimary(tx: Tx, customerId: string): Promise<void> {
  const demoted = await tx.query<Contact>(
    'demotePrimary',
    sql`update contact t set is_primary = false, version = version + 1, updated_at = ${tx.now}
        where customer_id = ${customerId} and is_primary and deleted_at is null returning ${columns(ContactTable, 't')}`,
  );
  for (const contact of demoted) {
    tx.emit(fact('contact-updated', customerId, { contactId: contact.id, customerId, version: contact.version, changed: ['isPrimary'] }));
    tx.state(contactState(contact));
  }
}

/** Is there a primary contact? */
export const hasPrimary = async (tx: Tx, customerId: string): Promise<boolean> =>
  (await tx.one('findPrimary', sql`select 1 from contact where customer_id = ${customerId} and is_primary and deleted_at is null`)) !==
  undefined;
