// Tax id format by country [Account AC-2], behind one small seam over the library `stdnum`. An unknown country, or one without a check,
// is accepted and marked unverified (decisions page).
import { entityValidators } from 'stdnum';

export interface TaxIdCheck {
  readonly verdict: 'valid' | 'invalid' | 'unchecked';
  /** The number without separators, upper case; what two spellings have in common. */
  readonly compact: string;
}

/** Checks a tax id against every number that the country gives to businesses; one match is enough. */
export function checkTaxId(taxId: string, country: string | null | undefined): TaxIdCheck {
  const plain = taxId.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
  const validators = (country && entityValidators[country]) || [];
  if (validators.length === 0) return { verdict: 'unchecked', compact: plain };
  for (const validator of validators) {
    const result = validator.validate(taxId.toUpperCase());
    if (result.isValid) return { verdict: 'valid', compact: result.compact };
  }
  return { verdict: 'invalid', compact: plain };
}
