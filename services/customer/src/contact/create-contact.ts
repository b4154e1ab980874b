// Add a person to a customer [Contact]. A new primary contact sends the present one back [Contact AC-1].
import { newRow } from '@customer360/kernel/entity';
import type { Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { emailKey } from '../customer/email-key.ts';
import { phoneE164 } from '../customer/phone.ts';
import type { Ctx } from '../loaders.ts';
import { type ChildNoun, createChild, fact } from '../write.ts';
import { ContactTable, contactList } from './contact.table.ts';
import type { Contact, ContactFields } from './contact.ts';
import { checkContactFields } from './contact-input.ts';
import { contactState } from './contact-state.ts';
import { demotePrimary } from './demote-primary.ts';
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
    const contact = await insertRow<Contact>(tx, ContactTable, {
      ...newRow(tx.actor, tx.now),
      customerId: customer.id,
      originCustomerId: customer.id,
      firstName: input.firstName,
      lastName: input.lastName,
      email: input.email ?? null,
      emailKey: emailKey(input.email),
      phone: input.phone ?? null,
      phoneE164: phoneE164(input.phone, region),
      jobTitle: input.jobTitle ?? null,
      roles: [...new Set(input.roles ?? [])],
      isPrimary: input.isPrimary ?? false,
      status: input.status ?? 'active',
      communicationPreference: input.communicationPreference ?? 'any',
      doNotContact: input.doNotContact ?? false,
      deletionId: null,
    });
    const { id, version, isPrimary, doNotContact } = contact;
    tx.emit(fact('contact-created', customer.id, { contactId: id, customerId: customer.id, version, isPrimary, doNotContact }));
    tx.state(contactState(contact));
    return contact;
  });
}
