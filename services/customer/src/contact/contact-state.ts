// A contact's state record on `crm.customer.contacts.v1`, keyed by the contact: an organisation may have thousands. It carries
// `doNotContact`, which every sender honours [Contact AC-3].
import type { StateRecord } from '@customer360/kernel/transact';
import type { Contact } from './contact.ts';

export const CONTACT_STATE_TOPIC = 'crm.customer.contacts.v1';

/** The record of this row as it is now. */
export const contactState = (contact: Contact): StateRecord => ({
  topic: CONTACT_STATE_TOPIC,
  type: 'crm.customer.contact-state.v1',
  key: contact.id,
  version: contact.version,
  data: {
    contactId: contact.id,
    customerId: contact.customerId,
    originCustomerId: contact.originCustomerId,
    firstName: contact.firstName,
    lastName: contact.lastName,
    email: contact.email,
    phone: contact.phone,
    jobTitle: contact.jobTitle,
    roles: contact.roles,
    isPrimary: contact.isPrimary,
    status: contact.status,
    communicationPreference: contact.communicationPreference,
    doNotContact: contact.doNotContact,
    deletedAt: contact.deletedAt?.toISOString() ?? null,
  },
});
