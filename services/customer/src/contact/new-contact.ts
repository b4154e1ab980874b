// The row and the fact of a new contact, the same for one that a person enters and for one that a file brings.
import { newRow } from '@customer360/kernel/entity';
import type { Fact, Tx } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import { phoneE164 } from '../customer/phone.ts';
import { fact } from '../write.ts';
import type { Contact, ContactFields } from './contact.ts';

/** The row, with the defaults of a new contact; `region` is the country in which a national phone number is read. */
export function newContact(tx: Pick<Tx, 'actor' | 'now'>, customerId: string, input: ContactFields, region: string | null): Contact {
  return {
    ...newRow(tx.actor, tx.now),
    customerId,
    originCustomerId: customerId,
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
  };
}

/** Tells of the creation. */
export const contactCreated = ({ id, customerId, version, isPrimary, doNotContact }: Contact): Fact =>
  fact('contact-created', customerId, { contactId: id, customerId, version, isPrimary, doNotContact });
