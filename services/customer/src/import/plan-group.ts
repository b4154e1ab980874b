// What the lines about one customer change: pure, so that the preview, the check and the run say the same. A first line about somebody unknown makes the
// customer; further lines, and lines about a known one, add what is new and change what differs. An empty cell changes nothing. Each line holds or
// fails as a whole. [WF-CM-001, Customer AC-1, Contact AC-1, Account AC-1, Account AC-2, Address AC-1]
import { refuseRestricted } from '@customer360/customer-data/restriction';
import type { Actor } from '@customer360/kernel/actor';
import type { Row } from '@customer360/kernel/entity';
import { isProblem } from '@customer360/kernel/problem';
import type { Tx } from '@customer360/kernel/transact';
import { type Account, refuseAccountOf, taxIdColumns } from '../account/account.ts';
import { newAccount } from '../account/new-account.ts';
import type { Address } from '../address/address.ts';
import { newAddress } from '../address/new-address.ts';
import type { Contact } from '../contact/contact.ts';
import { newContact } from '../contact/new-contact.ts';
import { type Customer, refuseStatus } from '../customer/customer.ts';
import { emailKey } from '../customer/email-key.ts';
import { MAIN_SYSTEM } from '../customer/external-id.ts';
import { newCustomer } from '../customer/new-customer.ts';
import { phoneE164 } from '../customer/phone.ts';
import type { ImportOptions, Outcome } from './import.ts';
import { countryOf, type RowInput } from './read-row.ts';

/** What is known of a customer before. */
export interface Existing {
  customer: Customer;
  account: Account | null;
  contacts: Contact[];
  addresses: Address[];
  /** In the import's external system. */
  externalIds: string[];
}

/** A line with its references found. */
export interface PlannedRow {
  row: number;
  input: RowInput;
  /** Undefined: the line names no owner. */
  ownerId: string | undefined;
}

/** A row of a table as it was and as it shall be; `before` null makes it new. */
export interface Change<R extends Row> {
  before: R | null;
  after: R;
  /** The line that made or first changed it. */
  row: number;
}

export interface GroupPlan {
  customer: Change<Customer> | null;
  account: Change<Account> | null;
  contacts: Change<Contact>[];
  addresses: Change<Address>[];
  externalIds: Array<{ row: number; externalId: string }>;
  outcomes: Array<{ row: number; outcome: Extract<Outcome, 'created' | 'updated' | 'unchanged' | 'failed'>; message: string | null }>;
}

interface Drafts extends Omit<GroupPlan, 'outcomes' | 'externalIds'> {
  known: string[];
  externalIds: GroupPlan['externalIds'];
  /** How many times something was added or changed. */
  edits: number;
}

const draft = <R extends Row>(before: R): Change<R> => ({ before, after: { ...before }, row: 0 });

/** Plans all lines about one customer, in their order. `who` writes, `scope` is the person whose rights count. */
export function planGroup(
  who: Pick<Tx, 'actor' | 'now'>,
  scope: Actor,
  options: ImportOptions,
  existing: Existing | null,
  rows: readonly PlannedRow[],
): GroupPlan {
  const drafts: Drafts = {
    customer: existing && draft(existing.customer),
    account: existing?.account ? draft(existing.account) : null,
    contacts: existing?.contacts.map(draft) ?? [],
    addresses: existing?.addresses.map(draft) ?? [],
    known: [...(existing?.externalIds ?? [])],
    externalIds: [],
    edits: 0,
  };
  const outcomes: GroupPlan['outcomes'] = rows.map((planned) => {
    const message = refusal(drafts, scope, options, planned);
    if (message !== undefined) return { row: planned.row, outcome: 'failed', message };
    const created = drafts.customer === null;
    const before = drafts.edits;
    apply(drafts, who, options, planned);
    return { row: planned.row, outcome: created ? 'created' : drafts.edits === before ? 'unchanged' : 'updated', message: null };
  });
  const { externalIds, customer, account, contacts, addresses } = drafts;
  return {
    customer: customer && settled(customer, who.now),
    account: account && settled(account, who.now),
    contacts: contacts.map((change) => settled(change, who.now)).filter((change) => change !== null),
    addresses: addresses.map((change) => settled(change, who.now)).filter((change) => change !== null),
    externalIds,
    outcomes,
  };
}

/** A changed row gets its next version; one that did not change is left out. */
function settled<R extends Row>(change: Change<R>, now: Date): Change<R> | null {
  if (change.before === null) return change;
  if (change.row === 0) return null;
  return { ...change, after: { ...change.after, version: change.before.version + 1, updatedAt: now } };
}

/** Why this line cannot be applied, by the rules of the nouns. */
function refusal({ customer, account, known }: Drafts, scope: Actor, options: ImportOptions, { input }: PlannedRow): string | undefined {
  if (!customer) return undefined;
  const restricted = refuseRestricted(customer.after, scope);
  if (restricted) return restricted.message;
  const { status, type = customer.after.type, externalId } = input.customer;
  const refused = (account || input.account) && refuseAccountOf({ type });
  if (refused) return refused.message;
  const wrong = status && customer.before ? refuseStatus(customer.before, status) : undefined;
  if (wrong) return wrong.message;
  // Ids that came by a merge are the customer's as well.
  const another = externalId && customer.before && known.length > 0 && !known.includes(externalId);
  if (another) return `The customer has another id in the system ${options.externalSystem}.`;
  const taxId = input.account?.taxId ? taxIdColumns(input.account.taxId, countryOf(input) ?? account?.after.country) : undefined;
  return isProblem(taxId) ? taxId.message : undefined;
}

function apply(drafts: Drafts, who: Pick<Tx, 'actor' | 'now'>, options: ImportOptions, planned: PlannedRow): void {
  const { row, input } = planned;
  const { externalId, ...fields } = input.customer;
  const main = options.externalSystem === MAIN_SYSTEM ? externalId : undefined;
  const region = regionOf(drafts, input);
  if (drafts.customer) {
    const { initialStage: _, phoneRegion: __, source: ___, ...changes } = fields;
    const wanted = { ...changes, externalId: drafts.customer.after.externalId ?? main, ownerId: planned.ownerId } as Partial<Customer>;
    if (fields.email) wanted.emailKey = emailKey(fields.email);
    if (fields.phone) wanted.phoneE164 = phoneE164(fields.phone, region);
    assign(drafts, drafts.customer, wanted, row);
  } else {
    const after = newCustomer(who, {
      ...fields,
      type: fields.type ?? 'individual',
      displayName: fields.displayName!,
      source: fields.source ?? 'import',
      externalId: main,
      phoneE164: phoneE164(fields.phone, region),
      ownerId: planned.ownerId ?? options.ownerId,
      parentId: null,
    });
    drafts.customer = { before: null, after, row };
    drafts.edits++;
  }
  if (externalId && !drafts.known.includes(externalId)) {
    drafts.known.push(externalId);
    drafts.edits++;
    drafts.externalIds.push({ row, externalId });
  }
  if (input.account) applyAccount(drafts, who, planned);
  for (const address of input.addresses) applyAddress(drafts, who, address, row);
  if (input.contact) applyContact(drafts, who, planned, region);
  readUnreadPhones(drafts, region, row);
}

/** Takes over what is given and differs. */
function assign<R extends Row>(drafts: Drafts, change: Change<R>, wanted: Partial<R>, row: number): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined || JSON.stringify(value) === JSON.stringify(change.after[name as keyof R])) continue;
    Object.assign(change.after, { [name]: value });
    drafts.edits++;
    if (change.row === 0) change.row = row;
  }
}

/** The country in which national phone numbers are read [International phone format]. */
function regionOf({ account, addresses }: Drafts, input: RowInput): string | null {
  const known = addresses.find(({ after }) => after.isDefault) ?? addresses[0];
  return countryOf(input) ?? account?.after.country ?? known?.after.country ?? input.region;
}

function applyAccount(drafts: Drafts, who: Pick<Tx, 'actor' | 'now'>, { row, input }: PlannedRow): void {
  const customer = drafts.customer!.after;
  const given = input.account!;
  if (!drafts.account) {
    const account = newAccount(who, customer.id, { ...given, legalName: given.legalName ?? customer.displayName }, countryOf(input));
    if (isProblem(account)) return;
    drafts.account = { before: null, after: account, row };
    drafts.edits++;
    return;
  }
  const { taxId, ...fields } = given;
  const columns = taxId ? taxIdColumns(taxId, countryOf(input) ?? drafts.account.after.country) : {};
  assign(drafts, drafts.account, { ...fields, ...(isProblem(columns) ? {} : columns) } as Partial<Account>, row);
}

const folded = (...texts: Array<string | null | undefined>): string =>
  texts
    .map((text) =>
      (text ?? '')
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[\s.,]+/g, ''),
    )
    .join('|');
const placeOf = (a: Pick<Address, 'streetLine1' | 'city' | 'country'> & { postalCode?: string | null }): string =>
  folded(a.streetLine1, a.postalCode, a.city, a.country);

function applyAddress(drafts: Drafts, who: Pick<Tx, 'actor' | 'now'>, address: RowInput['addresses'][number], row: number): void {
  const same = drafts.addresses.some(
    ({ after }) => placeOf(after) === placeOf(address) && (after.addressType === address.addressType || address.addressType === 'other'),
  );
  if (same) return;
  const isDefault = !drafts.addresses.some(({ after }) => after.isDefault && after.addressType === address.addressType);
  drafts.addresses.push({ before: null, after: newAddress(who, drafts.customer!.after.id, { ...address, isDefault }), row });
  drafts.edits++;
}

/** A contact is known by its e-mail address, else by its name; the first one of a customer is its primary contact. */
function applyContact(drafts: Drafts, who: Pick<Tx, 'actor' | 'now'>, { row, input }: PlannedRow, region: string | null): void {
  const given = input.contact!;
  const key = emailKey(given.email);
  const name = folded(given.firstName, given.lastName);
  const known =
    drafts.contacts.find(({ after }) => key !== null && after.emailKey === key) ??
    drafts.contacts.find(({ after }) => folded(after.firstName, after.lastName) === name && (key === null || after.emailKey === null));
  const { phoneRegion: _, ...fields } = given;
  if (given.isPrimary) for (const other of drafts.contacts) if (other !== known) assign(drafts, other, { isPrimary: false }, row);
  if (!known) {
    const isPrimary = given.isPrimary ?? !drafts.contacts.some(({ after }) => after.isPrimary);
    const after = newContact(
      who,
      drafts.customer!.after.id,
      { ...fields, firstName: given.firstName!, lastName: given.lastName!, isPrimary },
      region,
    );
    drafts.contacts.push({ before: null, after, row });
    drafts.edits++;
    return;
  }
  const wanted = { ...fields } as Partial<Contact>;
  if (key !== null) wanted.emailKey = key;
  if (given.phone) wanted.phoneE164 = phoneE164(given.phone, region);
  assign(drafts, known, wanted, row);
}

/** A country that came with this line lets numbers be read that were kept as entered. */
function readUnreadPhones(drafts: Drafts, region: string | null, row: number): void {
  for (const change of [drafts.customer!, ...drafts.contacts] as Array<Change<Customer | Contact>>) {
    const { phone, phoneE164: read } = change.after;
    if (phone !== null && read === null)
      assign(drafts, change, { phoneE164: phoneE164(phone, region) ?? undefined } as Partial<Customer & Contact>, row);
  }
}
