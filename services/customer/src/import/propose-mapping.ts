// Which column is what [WF-CM-001, "Map columns to fields"]: from its header in several languages, else from what stands in it. A proposal only:
// a person sees it before anything is done with it.
import { scalars } from '@customer360/kernel/scalars';
import { isCountry } from '../address/country.ts';
import { phoneE164 } from '../customer/phone.ts';
import { FIELDS, IMPORT_FIELDS, type ImportField, normaliseHeader } from './fields.ts';

const BY_WORD = new Map<string, ImportField>();
for (const field of IMPORT_FIELDS) for (const word of FIELDS[field].words) if (!BY_WORD.has(word)) BY_WORD.set(word, field);

/** The share of a column's samples that must look alike. */
const ENOUGH = 0.8;

const isEmail = (text: string): boolean => {
  try {
    return scalars.EmailAddress.parseValue(text) !== null;
  } catch {
    return false;
  }
};

function bySamples(samples: readonly string[]): ImportField | undefined {
  const filled = samples.filter((sample) => sample !== '');
  const looks = (is: (text: string) => boolean) => filled.length > 0 && filled.filter(is).length / filled.length >= ENOUGH;
  if (looks(isEmail)) return 'contact_email';
  if (looks((text) => isCountry(text.toUpperCase()) && text.length === 2)) return 'address_country';
  if (looks((text) => /^(\+|00)/.test(text) && phoneE164(text) !== null)) return 'contact_phone';
  return undefined;
}

/** In a file of persons the columns that speak of a contact speak of the customer. */
const OF_A_PERSON: Partial<Record<ImportField, ImportField>> = {
  contact_first_name: 'customer_first_name',
  contact_last_name: 'customer_last_name',
  contact_email: 'customer_email',
  contact_phone: 'customer_phone',
};

/** Proposes a field per column, each at most once; headers win over contents. */
export function proposeMapping(headers: readonly string[], samples: readonly (readonly string[])[]): Array<ImportField | null> {
  const fields = headers.map((header) => BY_WORD.get(normaliseHeader(header)) ?? null);
  const used = new Set<ImportField>();
  const once = (field: ImportField | null | undefined): ImportField | null => {
    if (!field || used.has(field)) return null;
    used.add(field);
    return field;
  };
  const first = fields.map(once);
  const proposed = first.map((field, n) => field ?? once(bySamples(samples[n] ?? [])));
  const organisations =
    used.has('account_legal_name') || (used.has('customer_name') && (used.has('contact_first_name') || used.has('contact_name')));
  return organisations
    ? proposed
    : proposed.map((field) => (field && OF_A_PERSON[field] && !used.has(OF_A_PERSON[field]) ? OF_A_PERSON[field] : field));
}
