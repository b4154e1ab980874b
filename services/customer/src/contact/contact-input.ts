// What a caller may say of a contact, checked before anything is read: each mistake names its field. The e-mail's format is the scalar's
// business [Contact AC-2].
import { badInput, checkText } from '@customer360/kernel/problem';
import { checkCountry } from '../address/address.ts';
import { MAX_PHONE } from '../customer/phone.ts';
import type { Changes } from '../write.ts';
import { CONTACT_ROLES, type ContactFields } from './contact.ts';

/** Lengths, blanks and the number of roles; absent fields are fine. */
export function checkContactFields(input: Changes<ContactFields>, path = 'input'): void {
  if (input.firstName !== undefined) checkText(`${path}.firstName`, input.firstName, { max: 100, required: true });
  if (input.lastName !== undefined) checkText(`${path}.lastName`, input.lastName, { max: 100, required: true });
  checkText(`${path}.phone`, input.phone, { max: MAX_PHONE });
  checkText(`${path}.jobTitle`, input.jobTitle, { max: 100 });
  checkCountry(`${path}.phoneRegion`, input.phoneRegion);
  if (input.roles && input.roles.length > CONTACT_ROLES.length)
    throw badInput(`${path}.roles`, `has more than ${CONTACT_ROLES.length} values`);
}
