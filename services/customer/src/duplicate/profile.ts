// What the matcher knows of one customer: a `Subject` is what is on file or was entered, a `Profile` the same normalised. Whoever changes a normaliser
// in a way that moves keys raises KEY_VERSION: the background task then keys every customer anew. [Duplicate Detection]
import { type OrganisationName, readOrganisation } from './organisation-name.ts';
import { type PersonName, readName, structuredName } from './person-name.ts';
import { type Mailbox, mailbox, ownDomain, phoneDigits } from './reach.ts';
import { type RawAddress, readAddress, type StreetAddress } from './street-address.ts';

export const KEY_VERSION = 1;

export interface Subject {
  readonly type: 'individual' | 'organization';
  /** Display, legal and trading name; the order does not matter. */
  readonly names: ReadonlyArray<string | null | undefined>;
  /** A person's name where it comes in parts. */
  readonly person?: { given?: string | null; middle?: string | null; family?: string | null } | null;
  readonly emails?: ReadonlyArray<string | null | undefined>;
  /** Each with its E.164 form where it could be read. */
  readonly phones?: ReadonlyArray<{ e164?: string | null; entered?: string | null }>;
  readonly taxId?: { key: string; verified: boolean } | null;
  readonly website?: string | null;
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly birthDate?: string | null;
  readonly addresses?: readonly RawAddress[];
}

export interface Profile {
  readonly type: Subject['type'];
  readonly people: readonly PersonName[];
  readonly organisations: readonly OrganisationName[];
  readonly emails: readonly Mailbox[];
  readonly phones: readonly string[];
  readonly taxId: { readonly country: string; readonly number: string; readonly verified: boolean } | null;
  readonly domains: readonly string[];
  readonly birthDate: string | null;
  readonly addresses: readonly StreetAddress[];
}

/** Of an organisation with hundreds of contacts or branches, this many of each count. */
const MOST = 5;

const distinct = <T>(list: ReadonlyArray<T | null | undefined>, keyOf: (item: T) => string): T[] =>
  [...new Map(list.filter((item) => item != null).map((item) => [keyOf(item as T), item as T])).values()].slice(0, MOST);

/** Normalises what is known of a customer. */
export function profileOf(subject: Subject): Profile {
  const names = subject.names.filter((name): name is string => name != null && name.trim() !== '');
  const { given, family, middle } = subject.person ?? {};
  const structured = subject.person ? structuredName(given, family, middle) : null;
  const emails = distinct(
    (subject.emails ?? []).map((email) => (email ? mailbox(email) : null)),
    (m) => m.key,
  );
  const [country, number] = subject.taxId ? split(subject.taxId.key) : ['', ''];
  const whole = names.length > 0 ? names : [[given, middle, family].filter((part) => part).join(' ')];
  return {
    type: subject.type,
    people:
      subject.type === 'organization'
        ? []
        : distinct(structured ? [structured] : whole.map(readName), (n) => `${n.given} ${n.middle} ${n.family}`),
    organisations: distinct(whole.map(readOrganisation), (n) => n.core),
    emails,
    phones: distinct(
      (subject.phones ?? []).map(({ e164, entered }) => phoneDigits(e164, entered)),
      (digits) => digits,
    ),
    taxId: number ? { country, number, verified: subject.taxId!.verified } : null,
    domains: distinct([subject.website ? ownDomain(subject.website) : null, ...emails.map(({ domain }) => ownDomain(domain))], (d) => d),
    birthDate: readDate(subject.birthDate),
    addresses: distinct((subject.addresses ?? []).map(readAddress), (a) => JSON.stringify(a)),
  };
}

const split = (key: string): [string, string] => {
  const at = key.indexOf(':');
  return [key.slice(0, Math.max(0, at)), key.slice(at + 1)];
};

const readDate = (text: string | null | undefined): string | null => {
  const written = text?.trim().replace(/[T ]\d{1,2}:.*$/, '') ?? '';
  const found = written.match(/^(\d{4})(?:[-/. ]?(\d{1,2})(?:[-/. ]?(\d{1,2}))?)?$/);
  // Day and month in either order: a file keeps to one, and so do we.
  const turned = found ? null : written.match(/^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/);
  const [year, month, day] = found
    ? found.slice(1)
    : turned
      ? [turned[3], ...(Number(turned[1]) > 12 ? [turned[2], turned[1]] : [turned[1], turned[2]])]
      : [];
  if (year === undefined) return null;
  return [year, month?.padStart(2, '0'), day?.padStart(2, '0')].filter((part) => part !== undefined).join('-');
};
