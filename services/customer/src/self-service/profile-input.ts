// What a portal user may say of their profile, checked before anything is read: each mistake names its field. [WF-CM-003 step 2]
import { badInput } from '@customer360/kernel/problem';
import { checkAccountFields } from '../account/account-input.ts';
import type { AddressFields } from '../address/address.ts';
import { checkAddressFields } from '../address/address-input.ts';
import type { ContactFields } from '../contact/contact.ts';
import { checkContactFields } from '../contact/contact-input.ts';
import { checkCustomerFields } from '../customer/customer-input.ts';
import type { Changes } from '../write.ts';

export interface UpdateMyProfileInput {
  displayName?: string | null;
  phone?: string | null;
  phoneRegion?: string | null;
  email?: string | null;
  legalName?: string | null;
  taxId?: string | null;
  website?: string | null;
  contacts?: MyContact[] | null;
  addresses?: MyAddress[] | null;
}
export type MyContact = Changes<ContactFields> & { id: string; expectedVersion: number };
/** Without an id: a new one. */
export type MyAddress = Changes<AddressFields> & { id?: string | null; expectedVersion?: number | null };

const MAX_ENTRIES = 20;
const REQUIRED_OF_ADDRESS = ['addressType', 'streetLine1', 'city', 'country'] as const;

/** Lengths, blanks, what cannot be empty, and how many entries. */
export function checkProfileInput(input: UpdateMyProfileInput): void {
  checkCustomerFields({ displayName: input.displayName, phone: input.phone, phoneRegion: input.phoneRegion });
  checkAccountFields({ legalName: input.legalName, taxId: input.taxId });
  if (input.email === null) throw badInput('input.email', 'cannot be removed');
  checkEntries('contacts', input.contacts);
  checkEntries('addresses', input.addresses);
  for (const [at, contact] of (input.contacts ?? []).entries()) {
    checkContactFields(contact, `input.contacts.${at}`);
    if (contact.email === null) throw badInput(`input.contacts.${at}.email`, 'cannot be removed');
  }
  for (const [at, address] of (input.addresses ?? []).entries()) {
    const path = `input.addresses.${at}`;
    checkAddressFields(address, path);
    if (address.id != null && address.expectedVersion == null) throw badInput(`${path}.expectedVersion`, 'is required with an id');
    if (address.id == null)
      for (const name of REQUIRED_OF_ADDRESS) if (address[name] == null) throw badInput(`${path}.${name}`, 'is required');
  }
}

function checkEntries(name: string, entries: ReadonlyArray<{ id?: string | null }> | null | undefined): void {
  if (!entries) return;
  if (entries.length > MAX_ENTRIES) throw badInput(`input.${name}`, `has more than ${MAX_ENTRIES} entries`, { max: MAX_ENTRIES });
  const ids = entries.flatMap(({ id }) => id ?? []);
  if (new Set(ids).size < ids.length) throw badInput(`input.${name}`, 'names one entry twice');
}
