// What a caller may say of an account, checked before anything is read: each mistake names its field.
import { checkText } from '@customer360/kernel/problem';
import { checkCountry } from '../address/address.ts';
import type { Changes } from '../write.ts';
import type { AccountFields } from './account.ts';

/** Lengths, blanks and the country; absent fields are fine. */
export function checkAccountFields(input: Changes<AccountFields>, path = 'input'): void {
  if (input.legalName !== undefined) checkText(`${path}.legalName`, input.legalName, { max: 300, required: true });
  checkText(`${path}.dbaName`, input.dbaName, { max: 300 });
  checkText(`${path}.taxId`, input.taxId, { max: 50, required: input.taxId != null });
  checkText(`${path}.industry`, input.industry, { max: 100 });
  checkCountry(`${path}.country`, input.country);
}
