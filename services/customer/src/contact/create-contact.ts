// Add a person to a customer [Contact]. A new primary contact sends the present one back [Contact AC-1].
import type { Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { type ChildNoun, createChild } from '../write.ts';
import { ContactTable, contactList } from './contact.table.ts';
import type { Contact, ContactFields } from './contact.ts';
import { checkContactFields } from './contact-input.ts';
import { contactState } from './contact-state.ts';
import { demotePrimary } from './demote-primary.ts';
import { contactCreated, newContact } from './new-contact.ts';
import { regionOf } from './phone-region.ts';

export const contactNoun: ChildNoun<Contact> = { noun: 'Contact', table: ContactTable, list: contactList };

export interface CreateContactInput extends ContactFields {
  customerId: string;
  idempotencyKey?: string | null;
}

/** Creates a contact. */
export async function createContact(ctx: Ctx, input: CreateContactInput): Promise<Contact | Problem> {
  checkContactFields(input);
  return createChild<Contact>(ctx, contactNoun, input, async (tx, customer) => {
    if (input.isPrimary) await demotePrimary(tx, customer.id);
    const region = input.phone == null ? null : (input.phoneRegion ?? (await regionOf(tx, customer.id)));
    const contact = await insertRow(tx, ContactTable, newContact(tx, customer.id, input, region));
    tx.emit(contactCreated(contact));
    tx.state(contactState(contact));
    await refreshMatchKeys(tx, [customer.id]);
    return contact;
  });
}
