// One line of a file as what it says of a customer, or what is wrong with it, each mistake at its column. Pure, and by the product's own rules: the
// same checks, lengths and formats as for what a person enters. [WF-CM-001 step 2]
import { createHash } from 'node:crypto';
import { isProblem } from '@customer360/kernel/problem';
import { scalars } from '@customer360/kernel/scalars';
import { type AccountFields, refuseAccountOf, taxIdColumns } from '../account/account.ts';
import { checkAccountFields } from '../account/account-input.ts';
import type { AddressFields } from '../address/address.ts';
import { checkAddressFields } from '../address/address-input.ts';
import type { ContactFields } from '../contact/contact.ts';
import { checkContactFields } from '../contact/contact-input.ts';
import { type CustomerFields, checkNewCustomer } from '../customer/customer-input.ts';
import { FIELDS, type FieldNoun, type ImportField } from './fields.ts';
import { type ColumnMapping, type ImportOptions, LIMITS, type RowError } from './import.ts';
import {
  addressType,
  annualRevenue,
  contactRoles,
  countryCode,
  customerSource,
  customerStatus,
  customerType,
  employeeCount,
  yesOrNo,
} from './values.ts';

/** What a line says; an empty cell says nothing. */
export interface RowInput {
  customer: Partial<Omit<CustomerFields, 'ownerId' | 'parentId'>> & { initialStage?: string };
  /** E-mail address or id of a member of staff. */
  owner?: string;
  account?: Partial<AccountFields>;
  contact?: Partial<ContactFields>;
  addresses: AddressFields[];
  /** The country in which the line's national phone numbers are read. */
  region: string | null;
}

export interface ReadRow {
  readonly input: RowInput;
  readonly errors: RowError[];
  /** Equal for lines that say the same to the same external system; hexadecimal. */
  readonly hash: string;
}

type Said = Partial<Record<FieldNoun, Record<string, unknown>>>;

/** Reads a line under a mapping. `unreadable` are the cells that the file's reader could not read. */
export function readRow(
  mapping: readonly ColumnMapping[],
  options: ImportOptions,
  cells: readonly string[],
  unreadable: ReadonlyArray<{ column: number; message: string }> = [],
): ReadRow {
  const errors: RowError[] = [];
  const said: Said = {};
  const hash = createHash('sha256').update(options.externalSystem);
  for (const { column, field } of mapping) {
    const broken = unreadable.find((cell) => cell.column === column);
    if (broken) errors.push({ column, field, message: broken.message });
    const text = broken ? '' : clean(cells[column - 1] ?? '');
    if (text === '') continue;
    hash.update(`\0${field}\0${text}`);
    const mistake = refuseText(text);
    const value = mistake ? undefined : readValue(field, text);
    if (value === undefined) errors.push({ column, field, message: mistake ?? 'is not a value that this field knows' });
    else {
      const { noun, name } = FIELDS[field];
      said[noun] ??= {};
      said[noun][name] = value;
    }
  }
  const input = inputOf(said, options);
  check(input, mapping, errors);
  return { input, errors: errors.slice(0, LIMITS.errorsPerRow), hash: hash.digest('hex') };
}

const clean = (cell: string): string => cell.trim().normalize('NFC');

function refuseText(text: string): string | undefined {
  if (text.includes('\ufffd')) return 'holds bytes that are not of the encoding of the file';
  if (/(?![\t\n\r])\p{Cc}/u.test(text) || !text.isWellFormed()) return 'holds characters that no text has';
  if (text.length > LIMITS.cellLength) return `is longer than ${LIMITS.cellLength} characters`;
  return text.startsWith('=') ? 'holds a formula' : undefined;
}

const website = (text: string): string | undefined => {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return /^https?:\/\/[^/\s]+\.[^/\s]+/i.test(url) ? (parsed(scalars.URL, url) as string | undefined) : undefined;
};

function parsed(scalar: { parseValue(value: unknown): unknown }, text: string): unknown {
  try {
    return scalar.parseValue(text);
  } catch {
    return undefined;
  }
}

const READERS: Partial<Record<ImportField, (text: string) => unknown>> = {
  customer_type: customerType,
  customer_status: customerStatus,
  customer_source: customerSource,
  customer_email: (text) => parsed(scalars.EmailAddress, text.replace(/^mailto:/i, '')),
  account_country: countryCode,
  account_employees: employeeCount,
  account_revenue: annualRevenue,
  account_website: website,
  contact_email: (text) => parsed(scalars.EmailAddress, text.replace(/^mailto:/i, '')),
  contact_roles: contactRoles,
  contact_is_primary: yesOrNo,
  address_type: addressType,
  address_country: countryCode,
  billing_country: countryCode,
  shipping_country: countryCode,
};

const readValue = (field: ImportField, text: string): unknown => (READERS[field] ?? String)(text);

/** Puts what the columns say where it belongs. */
function inputOf(said: Said, options: ImportOptions): RowInput {
  const { firstName, lastName, owner, ...customer } = (said.customer ?? {}) as Record<string, string>;
  const account = said.account as Partial<AccountFields> | undefined;
  const contact = contactOf(said.contact as (Partial<ContactFields> & { fullName?: string }) | undefined);
  const addresses = (['address', 'billing', 'shipping'] as const).flatMap((slot) => {
    const given = said[slot] as Partial<AddressFields> | undefined;
    if (!given || Object.keys(given).every((name) => name === 'country' || name === 'addressType')) return [];
    const country = given.country ?? options.defaultCountry ?? undefined;
    return [{ addressType: slot === 'address' ? 'other' : slot, ...given, country } as AddressFields];
  });
  const countries = [
    account?.country,
    ...(['billing', 'address', 'shipping'] as const).map((slot) => (said[slot] as { country?: string } | undefined)?.country),
  ];
  const region = countries.find((country) => country != null) ?? options.defaultCountry;
  const input: RowInput = { customer, addresses, region, ...(owner && { owner }) };
  const personName = [firstName, lastName].filter((part) => part).join(' ');
  if (personName && !input.customer.displayName) input.customer.displayName = personName;
  if (account?.legalName && !input.customer.displayName) input.customer.displayName = account.legalName;
  input.customer.type ??= options.defaultType ?? (account ? 'organization' : undefined);
  if (contact && !input.customer.displayName && !account && input.customer.type !== 'organization') return asPerson(input, contact);
  if (account && input.customer.type === 'organization') account.legalName ??= input.customer.displayName as string;
  return { ...input, ...(account && { account }), ...(contact && { contact }) };
}

function contactOf(contact: (Partial<ContactFields> & { fullName?: string }) | undefined): Partial<ContactFields> | undefined {
  if (!contact) return undefined;
  const { fullName, ...fields } = contact;
  if (fullName && !fields.lastName) {
    const turned = /^([^,]+),\s*(.+)$/.exec(fullName);
    const cut = fullName.lastIndexOf(' ');
    fields.firstName ??= turned ? turned[2]! : fullName.slice(0, Math.max(0, cut));
    fields.lastName = turned ? turned[1]! : fullName.slice(cut + 1);
  }
  return fields;
}

/** A line that names a contact and no organisation is about that person. */
function asPerson(input: RowInput, contact: Partial<ContactFields>): RowInput {
  const { customer } = input;
  customer.displayName = [contact.firstName, contact.lastName].filter((part) => part).join(' ') || undefined;
  customer.email ??= contact.email;
  customer.phone ??= contact.phone;
  return input;
}

/** The product's own checks; each mistake is put at the column that filled the field. */
function check(input: RowInput, mapping: readonly ColumnMapping[], errors: RowError[]): void {
  const attempt = (nouns: readonly FieldNoun[], work: () => void) => {
    try {
      work();
    } catch (error) {
      const { message, extensions } = error as { message: string; extensions?: { field?: string } };
      if (!extensions?.field) throw error;
      const name = extensions.field.split('.').at(-1)!;
      errors.push(at(nouns, name, mapping, message.replace(/^[\w.]+: /, '')));
    }
  };
  attempt(['customer'], () => checkNewCustomer({ ...input.customer, account: undefined } as never));
  const { account, contact } = input;
  if (account) {
    attempt(['account'], () => checkAccountFields(account));
    const refused = input.customer.type ? refuseAccountOf({ type: input.customer.type }) : undefined;
    const taxId = taxIdColumns(account.taxId, countryOf(input));
    if (refused) errors.push(at(['customer'], 'type', mapping, refused.message));
    if (isProblem(taxId)) errors.push(at(['account'], 'taxId', mapping, taxId.message));
  }
  if (contact) {
    attempt(['contact'], () => checkContactFields(contact));
    for (const name of ['firstName', 'lastName'] as const)
      if (!contact[name]) errors.push(at(['contact'], name, mapping, 'is required for a contact'));
  }
  for (const address of input.addresses) {
    const slot: FieldNoun[] =
      address.addressType === 'billing' || address.addressType === 'shipping' ? [address.addressType, 'address'] : ['address'];
    attempt(slot, () => checkAddressFields(address));
    for (const name of ['streetLine1', 'city', 'country'] as const)
      if (!address[name]) errors.push(at(slot, name, mapping, 'is required for an address'));
  }
}

/** What a line must say to make a new customer. */
export function missingForCreate(input: RowInput, mapping: readonly ColumnMapping[]): RowError[] {
  return input.customer.displayName
    ? []
    : [at(['customer'], 'displayName', mapping, 'names nobody: a display name, a company or a person is required')];
}

/** The country whose rules an account's tax id follows: its own, else that of the line's addresses. */
export const countryOf = (input: RowInput): string | null =>
  input.account?.country ?? input.addresses.find((a) => a.country)?.country ?? null;

function at(nouns: readonly FieldNoun[], name: string, mapping: readonly ColumnMapping[], message: string): RowError {
  const mapped = mapping.find(({ field }) => nouns.includes(FIELDS[field].noun) && FIELDS[field].name === name);
  return { column: mapped?.column ?? null, field: mapped?.field ?? null, message };
}
