// A CSV file of people or organisations as the matcher's subjects, by a mapping that names the columns (bench/README.md has the format). The same
// normalisers as in the product read what comes out.
import { createReadStream, readFileSync } from 'node:fs';
import { parse } from 'csv-parse';
import { checkTaxId } from '../../services/customer/src/account/tax-id.ts';
import { phoneE164 } from '../../services/customer/src/customer/phone.ts';
import { looksLikeOrganisation } from '../../services/customer/src/duplicate/organisation-name.ts';
import { type Profile, profileOf } from '../../services/customer/src/duplicate/profile.ts';
import { type RawAddress, splitAddress } from '../../services/customer/src/duplicate/street-address.ts';

const FIELDS = [
  ...[
    'type',
    'name',
    'legalName',
    'tradingName',
    'givenName',
    'middleName',
    'familyName',
    'email',
    'phone',
    'website',
    'taxId',
    'birthDate',
  ],
  ...['street', 'city', 'state', 'postcode', 'country', 'address', 'truth'],
] as const;
type FieldName = (typeof FIELDS)[number];

/** A column, several columns joined, a constant, or the first group of a pattern over a column. */
type Source = string | string[] | { value: string } | { column: string; pattern: string };
type Mapping = Partial<Record<FieldName, Source>>;
type Row = Record<string, string>;

export interface Labelled {
  readonly profiles: Profile[];
  /** Rows with the same label are one customer; undefined where the file says nothing. */
  readonly labels: Array<string | undefined> | undefined;
}

/** Reads the file; at most a million rows. */
export async function readLabelled(file: string, map: string, truth: string | undefined): Promise<Labelled> {
  const mapping = checked(JSON.parse(readFileSync(map, 'utf8')), truth);
  const profiles: Profile[] = [];
  const labels: Array<string | undefined> = [];
  const rows = createReadStream(file).pipe(
    parse({
      columns: true,
      bom: true,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      delimiter: [',', ';', '\t'],
    }),
  );
  let checkedColumns = false;
  for await (const row of rows as AsyncIterable<Row>) {
    if (!checkedColumns) checkColumns(mapping, row);
    checkedColumns = true;
    if (profiles.length >= 1_000_000) throw new Error('more than a million rows');
    profiles.push(profileOf(subjectOf(mapping, row)));
    labels.push(one(mapping.truth, row));
  }
  return { profiles, labels: mapping.truth ? labels : undefined };
}

function checked(mapping: Mapping, truth: string | undefined): Mapping {
  const strange = Object.keys(mapping).filter((key) => !FIELDS.includes(key as FieldName));
  if (strange.length > 0) throw new Error(`the mapping names ${strange.join(', ')}; it may name ${FIELDS.join(', ')}`);
  return truth === undefined ? mapping : { ...mapping, truth };
}

function checkColumns(mapping: Mapping, row: Row): void {
  const columns = new Set(Object.keys(row));
  for (const [field, source] of Object.entries(mapping)) {
    const asked = typeof source === 'string' ? [source] : Array.isArray(source) ? source : 'column' in source ? [source.column] : [];
    for (const column of asked)
      if (!columns.has(column))
        throw new Error(`the mapping reads ${field} from the column ${column}; the file has ${[...columns].join(', ')}`);
  }
}

function many(source: Source | undefined, row: Row): string[] {
  if (source === undefined) return [];
  if (typeof source === 'string') return clean([row[source]]);
  if (Array.isArray(source)) return clean(source.map((column) => row[column]));
  if ('value' in source) return clean([source.value]);
  return clean([row[source.column]?.match(new RegExp(source.pattern))?.[1]]);
}

const NOTHING = /^(null|nan|none|n\/a|na|unknown|-|\?|\\n)?$/i;
const clean = (values: Array<string | undefined>): string[] =>
  values.map((value) => value?.trim() ?? '').filter((value) => !NOTHING.test(value));
const one = (source: Source | undefined, row: Row): string | undefined => many(source, row).join(' ') || undefined;

function subjectOf(mapping: Mapping, row: Row) {
  const names = (['name', 'legalName', 'tradingName'] as const).map((field) => one(mapping[field], row));
  const person = { given: one(mapping.givenName, row), middle: one(mapping.middleName, row), family: one(mapping.familyName, row) };
  const inParts = person.given !== undefined || person.family !== undefined;
  const country = one(mapping.country, row)?.toUpperCase();
  const region = country?.length === 2 ? country : undefined;
  const street = one(mapping.street, row);
  const address: RawAddress = {
    ...(mapping.address ? splitAddress(many(mapping.address, row).join(', ')) : {}),
    ...(street && { street }),
    ...defined({ city: one(mapping.city, row), state: one(mapping.state, row), postcode: one(mapping.postcode, row), country: region }),
  };
  const taxId = one(mapping.taxId, row);
  const check = taxId ? checkTaxId(taxId, region) : undefined;
  return {
    type: typeOf(one(mapping.type, row), inParts, names.find((name) => name !== undefined) ?? ''),
    names,
    person: inParts ? person : null,
    emails: many(mapping.email, row),
    phones: many(mapping.phone, row).map((entered) => ({ entered, e164: phoneE164(entered, region) })),
    taxId: check ? { key: `${region ?? ''}:${check.compact}`, verified: check.verdict === 'valid' } : null,
    website: one(mapping.website, row),
    birthDate: one(mapping.birthDate, row),
    addresses: [address],
  };
}

const defined = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

const typeOf = (said: string | undefined, inParts: boolean, name: string): 'individual' | 'organization' => {
  if (said) return /^(o|c|b|firm)/i.test(said) ? 'organization' : 'individual';
  return inParts || !looksLikeOrganisation(name) ? 'individual' : 'organization';
};
