// What a caller may say of an address, checked before anything is read: each mistake names its field.
import { badInput, checkText } from '@customer360/kernel/problem';
import type { Changes } from '../write.ts';
import { type AddressFields, checkCountry } from './address.ts';

/** Lengths, blanks and the country [Address AC-2]; absent fields are fine. */
export function checkAddressFields(input: Changes<AddressFields>, path = 'input'): void {
  if (input.addressType === null) throw badInput(`${path}.addressType`, 'is required');
  if (input.streetLine1 !== undefined) checkText(`${path}.streetLine1`, input.streetLine1, { max: 200, required: true });
  checkText(`${path}.streetLine2`, input.streetLine2, { max: 200 });
  if (input.city !== undefined) checkText(`${path}.city`, input.city, { max: 100, required: true });
  checkText(`${path}.stateProvince`, input.stateProvince, { max: 100 });
  checkText(`${path}.postalCode`, input.postalCode, { max: 20 });
  if (input.country === null) throw badInput(`${path}.country`, 'is required');
  checkCountry(`${path}.country`, input.country);
}
