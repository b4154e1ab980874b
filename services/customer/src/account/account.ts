// The business details of an organisation, at most one per customer [Account AC-1]. The tax id follows the rules of its country [Account AC-2].
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { type Problem, problem } from '@customer360/kernel/problem';
import { checkTaxId } from './tax-id.ts';

export const EMPLOYEE_COUNTS = ['1-10', '11-50', '51-200', '201-500', '501-1000', '1000+'] as const;
export const ANNUAL_REVENUES = ['<100K', '100K-1M', '1M-10M', '10M-100M', '100M+'] as const;

export interface Account extends Row, CustomerChild {
  legalName: string;
  dbaName: string | null;
  taxId: string | null;
  /** Country and compact number, what two spellings have in common. */
  taxIdKey: string | null;
  taxIdVerified: boolean;
  country: string | null;
  industry: string | null;
  employeeCount: (typeof EMPLOYEE_COUNTS)[number] | null;
  annualRevenue: (typeof ANNUAL_REVENUES)[number] | null;
  website: string | null;
  deletionId: string | null;
}

/** What a caller may set. */
export interface AccountFields {
  legalName: string;
  dbaName?: string | null;
  taxId?: string | null;
  country?: string | null;
  industry?: string | null;
  employeeCount?: Account['employeeCount'];
  annualRevenue?: Account['annualRevenue'];
  website?: string | null;
}

/** Only an organisation has an account. */
export function refuseAccountOf(customer: { type: string }): Problem<'AccountNotAllowed'> | undefined {
  if (customer.type === 'organization') return undefined;
  return problem('AccountNotAllowed', 'Only an organisation has an account; this customer is a person.');
}

/** The tax id's columns, or why it is refused. */
export function taxIdColumns(
  taxId: string | null | undefined,
  country: string | null | undefined,
): Pick<Account, 'taxId' | 'taxIdKey' | 'taxIdVerified'> | Problem<'InvalidTaxId', { country: string }> {
  if (taxId == null) return { taxId: null, taxIdKey: null, taxIdVerified: false };
  const check = checkTaxId(taxId, country);
  if (check.verdict === 'invalid') {
    return problem('InvalidTaxId', `The tax id does not follow the rules of ${country}.`, { country: country! });
  }
  return { taxId, taxIdKey: `${country ?? ''}:${check.compact}`, taxIdVerified: check.verdict === 'valid' };
}
