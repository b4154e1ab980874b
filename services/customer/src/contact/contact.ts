// A contact is a person at a customer [Contact]. It belongs to one customer; the same person elsewhere is another contact (decisions page).
import type { CustomerChild, Row } from '@customer360/kernel/entity';

export const CONTACT_STATUSES = ['active', 'inactive'] as const;
export const COMMUNICATION_PREFERENCES = ['email', 'phone', 'any'] as const;
export const CONTACT_ROLES = ['decision_maker', 'billing', 'technical', 'champion', 'user', 'other'] as const;

export interface Contact extends Row, CustomerChild {
  firstName: string;
  lastName: string;
  email: string | null;
  emailKey: string | null;
  phone: string | null;
  phoneE164: string | null;
  jobTitle: string | null;
  roles: (typeof CONTACT_ROLES)[number][];
  isPrimary: boolean;
  status: (typeof CONTACT_STATUSES)[number];
  communicationPreference: (typeof COMMUNICATION_PREFERENCES)[number];
  doNotContact: boolean;
  deletionId: string | null;
}

/** What a caller may set. */
export interface ContactFields {
  firstName: string;
  lastName: string;
  email?: string | null;
  phone?: string | null;
  phoneRegion?: string | null;
  jobTitle?: string | null;
  roles?: Contact['roles'] | null;
  isPrimary?: boolean | null;
  status?: Contact['status'] | null;
  communicationPreference?: Contact['communicationPreference'] | null;
  doNotContact?: boolean | null;
}
