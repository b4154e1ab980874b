// The business details of an organisation, at most one per customer [Account AC-1]. The tax id follows the rules of its country [Account AC-2].
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { type Problem, problem } from '@customer360/kernel/problem';
import { checkTaxId } from './tax-id.ts';

/** The catalogue's ranges by their names in the graph (decisions page). */
export const EMPLOYEE_COUNTS = {
  EMPLOYEES_1_10: '1-10',
  EMPLOYEES_11_50: '11-50',
  EMPLOYEES_51_200: '51-200',
  EMPLOYEES_201_500: '201-500',
  EMPLOYEES_501_1000: '501-1000',
  EMPLOYEES_OVER_1000: '1000+',
} as const;
export const ANNUAL_REVENUES = {
  REVENUE_UNDER_100K: '<100K',
  REVENUE_100K_1M: '100K-1M',
  REVENUE_1M_10M: '1M-10M',
  REVENUE_10M_100M: '10M-100M',
  REVENUE_OVER_100M: '100M+',
} as const;

export interface Account extends Row, CustomerChild {
  legalName: string;
  dbaName: string | null;
  taxId: string | null;
  /** Country and compact number, what two spellings have in common. */
  taxIdKey: string | null;
  taxIdVerified: boolean;
  country: string | null;
  industry: string | null;
  employeeCount: (typeof EMPLOYEE_COUNTS)[keyof typeof EMPLOYEE_COUNTS] | null;
  annualRevenue: (typeof ANNUAL_REVENUES)[keyof typeof ANNUAL_REVENUES] | null;
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
