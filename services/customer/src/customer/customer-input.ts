// What a caller may say of a customer, checked before anything is read: each mistake names its field. [WF-CM-001 step 2]
import { badInput, checkText } from '@customer360/kernel/problem';
import type { AccountFields } from '../account/account.ts';
import { checkAccountFields } from '../account/account-input.ts';
import { checkCountry } from '../address/address.ts';
import type { Values } from '../custom-field/custom-field.ts';
import type { Changes } from '../write.ts';
import type { CustomerSource, CustomerStatus, CustomerType } from './customer.ts';
import { MAX_PHONE } from './phone.ts';

export interface CustomerFields {
  type: CustomerType;
  displayName: string;
  status?: CustomerStatus | null;
  source?: CustomerSource | null;
  externalId?: string | null;
  email?: string | null;
  phone?: string | null;
  phoneRegion?: string | null;
  ownerId?: string | null;
  parentId?: string | null;
  /** Values of custom fields by key; null clears one. */
  custom?: Values | null;
}

export interface CreateCustomerInput extends CustomerFields {
  initialStage?: string | null;
  account?: AccountFields | null;
  overrideToken?: string | null;
  idempotencyKey?: string | null;
}

/** Lengths, blanks and values that only the system sets. Absent fields are fine; null is fine where the field may be cleared. */
export function checkCustomerFields(input: Changes<CustomerFields>): void {
  if (input.type === null) throw badInput('input.type', 'is required');
  if (input.displayName !== undefined) checkText('input.displayName', input.displayName, { max: 200, required: true });
  if (input.status === null) throw badInput('input.status', 'cannot be cleared');
  if (input.status === 'deleted') throw badInput('input.status', 'DELETED is set by an erasure only');
  checkText('input.externalId', input.externalId, { max: 200 });
  if (input.externalId != null && input.externalId.trim() === '') throw badInput('input.externalId', 'must not be blank');
  checkText('input.phone', input.phone, { max: MAX_PHONE });
  checkCountry('input.phoneRegion', input.phoneRegion);
}

/** The same for a new customer, with what only a creation may say. */
export function checkNewCustomer(input: CreateCustomerInput): void {
  checkCustomerFields(input.status === null ? { ...input, status: undefined } : input);
  checkText('input.initialStage', input.initialStage, { max: 100 });
  checkText('input.overrideToken', input.overrideToken, { max: 100 });
  checkText('input.idempotencyKey', input.idempotencyKey, { max: 100 });
  if (input.account) checkAccountFields(input.account, 'input.account');
}
