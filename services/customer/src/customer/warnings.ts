// What the record page warns of, each with what to do about it [Customer without contacts] [Missing required for export]. Pure; warnings never block.
import { missingForInvoice, type Readiness } from '../invoice/invoice-readiness.ts';

export const WARNINGS = {
  organization_without_contacts: {
    message: 'This organisation has no contacts.',
    action: 'Add a contact, so that somebody can be reached there.',
  },
  missing_tax_id: { message: 'This organisation has no tax id.', action: 'Add the tax id to the account: invoices need it.' },
  no_default_address: { message: 'No address is the default one.', action: 'Add an address, or make one the default of its type.' },
  possible_duplicates: {
    message: 'This customer may exist twice.',
    action: 'Review the candidates: merge them, or dismiss the suspicion.',
  },
} as const;
export type WarningCode = keyof typeof WARNINGS;

/** The warnings on a customer, most urgent first. */
export function warningsOf(of: Readiness): Array<{ code: WarningCode; message: string; action: string }> {
  const codes: WarningCode[] = [];
  if (of.type === 'organization' && !of.hasContacts) codes.push('organization_without_contacts');
  if (missingForInvoice(of).includes('tax_id')) codes.push('missing_tax_id');
  if (!of.hasDefaultAddress) codes.push('no_default_address');
  if (of.hasDuplicates) codes.push('possible_duplicates');
  return codes.map((code) => ({ code, ...WARNINGS[code] }));
}
