// A national phone number cannot be read before a country is known; when an address or account brings one, the numbers that were kept as
// entered are read again [International phone format].
import { updateRow } from '@customer360/kernel/rows';
import { columns, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { customerIn } from '../customer/customer.table.ts';
import { phoneE164 } from '../customer/phone.ts';
import { saveCustomer } from '../customer/save-customer.ts';
import { fact } from '../write.ts';
import { ContactTable } from './contact.table.ts';
import type { Contact } from './contact.ts';
import { contactState } from './contact-state.ts';
import { regionOf } from './phone-region.ts';

const MAX_CONTACTS = 500;

/** Normalises the unread phone numbers of a customer and at most 500 of its contacts; the caller publishes the customer's state. */
export async function readLocalPhones(tx: Tx, customerId: string): Promise<void> {
  const customer = await customerIn(tx, customerId);
  const contacts = await tx.query<Contact>(
    'findUnreadPhones',
    sql`select ${columns(ContactTable, 't')} from contact t
        where t.customer_id = ${customerId} and t.phone is not null and t.phone_e164 is null and t.deleted_at is null
        order by t.created_at, t.id limit ${MAX_CONTACTS}`,
  );
  const unread = customer?.phone != null && customer.phoneE164 === null;
  if (!unread && contacts.length === 0) return;
  const region = await regionOf(tx, customerId);
  if (unread) await saveCustomer(tx, customer, { phoneE164: phoneE164(customer.phone, region) });
  for (const contact of contacts) {
    const read = phoneE164(contact.phone, region);
    if (read === null) continue;
    const saved = await updateRow(tx, ContactTable, contact, { phoneE164: read });
    tx.emit(fact('contact-updated', customerId, { contactId: saved.id, customerId, version: saved.version, changed: ['phoneE164'] }));
    tx.state(contactState(saved));
  }
}
