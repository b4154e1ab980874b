// How well two customers agree in where they are reached and in what numbers they carry: e-mail, phone, tax id, birth date, street, place. Each function
// answers a level of matching-model.ts, or null where one side says nothing: missing is no evidence. [Duplicate Detection]
import type { Profile } from './profile.ts';
import type { Mailbox } from './reach.ts';
import { type StreetAddress, streetName } from './street-address.ts';
import { edits, likeness } from './text.ts';

export type EmailLevel = 'exact' | 'close' | 'mailbox' | 'nameMailbox' | 'different';

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** `ofA` and `ofB` are the words of the customers' names: a mailbox made of them says little more than they do. */
export function emailLevel(a: Mailbox, b: Mailbox, ofA: readonly string[], ofB: readonly string[]): EmailLevel {
  if (a.key === b.key) return 'exact';
  if (mistyped(a, b) && !(names(a, ofA, ofB) && names(b, ofB, ofA))) return 'close';
  if (a.local !== b.local || a.role || a.local.length < 4) return 'different';
  return names(a, [...ofA, ...ofB], []) ? 'nameMailbox' : 'mailbox';
}

const mistyped = (a: Mailbox, b: Mailbox): boolean => {
  if (a.key.length < 10 || digitsOf(a.key) !== digitsOf(b.key)) return false;
  if (a.domain === b.domain ? a.local.length < 5 : a.role) return false;
  return edits(a.key, b.key, 2) <= (a.key.length > 14 ? 2 : 1);
};

/** Does the mailbox bear a name of its own customer that the other one has not? Then it differs as the names do. */
const names = ({ local }: Mailbox, own: readonly string[], other: readonly string[]): boolean =>
  own.some((name) => name.length > 2 && local.includes(name) && !other.includes(name));

export type PhoneLevel = 'equal' | 'tail' | 'oneOff' | 'different';

export function phoneLevel(a: string, b: string): PhoneLevel {
  if (a === b) return 'equal';
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  if (short.length >= 9 && long.endsWith(short)) return 'equal';
  if (short.length >= 7 && long.slice(-7) === short.slice(-7)) return 'tail';
  return short.length >= 7 && edits(a, b, 1) === 1 && !extension(a, b) ? 'oneOff' : 'different';
}

/** Numbers of one switchboard or street differ in their last two digits. */
const extension = (a: string, b: string): boolean => a.length === b.length && a.slice(0, -2) === b.slice(0, -2) && a.at(-1) !== b.at(-2);

export function taxIdLevel(
  a: NonNullable<Profile['taxId']>,
  b: NonNullable<Profile['taxId']>,
): 'equal' | 'oneEdit' | 'different' | 'differentValid' | null {
  if (a.number === b.number && (a.country === b.country || a.country === '' || b.country === '')) return 'equal';
  // Two numbers of two countries are two registrations, of one customer or of two.
  if (a.country !== b.country) return null;
  if (a.verified && b.verified && a.country !== '') return 'differentValid';
  return a.number.length > 5 && edits(a.number, b.number, 1) === 1 ? 'oneEdit' : 'different';
}

export function birthLevel(a: string, b: string): 'exact' | 'close' | 'parts' | 'year' | 'different' {
  if (a.length < 10 || b.length < 10) return a.startsWith(b) || b.startsWith(a) || a.slice(0, 4) === b.slice(0, 4) ? 'year' : 'different';
  if (a === b) return 'exact';
  const [one, two] = [a.split('-'), b.split('-')];
  if (edits(a, b, 1) === 1 || (one[0] === two[0] && one[1] === two[2] && one[2] === two[1])) return 'close';
  const same = one.filter((part, i) => part === two[i]).length;
  if (same === 2) return 'parts';
  return one[0] === two[0] ? 'year' : 'different';
}

export type StreetLevel = 'exact' | 'close' | 'sameStreet' | 'number' | 'different';

export function streetLevel(a: StreetAddress, b: StreetAddress): StreetLevel | null {
  if (a.street === '' || b.street === '') return null;
  const [one, two] = [streetName(a), streetName(b)];
  const alike = one === two ? 1 : Math.max(likeness(one.replaceAll(' ', ''), two.replaceAll(' ', '')), sharedWords(one, two));
  const known = a.number !== null && b.number !== null;
  const same = known && a.number === b.number;
  if (same && alike >= 0.93) return 'exact';
  if ((same && alike >= 0.78) || (known && alike >= 0.93 && edits(a.number!, b.number!, 1) === 1 && a.number!.length > 2)) return 'close';
  if (alike >= 0.93) return 'sameStreet';
  return same ? 'number' : 'different';
}

const sharedWords = (a: string, b: string): number => {
  const [one, two] = [a.split(' '), b.split(' ')];
  const [shorter, longer] = one.length <= two.length ? [one, two] : [two, one];
  return shorter.some((word) => word.length > 3) && shorter.every((word) => longer.includes(word)) ? 0.95 : 0;
};

/** `town`: the city agrees and there is no postcode to compare; `city`: it agrees and the postcodes do not. */
export type PlaceLevel = 'exact' | 'close' | 'town' | 'postcode' | 'city' | 'state' | 'different';

export function placeLevel(a: StreetAddress, b: StreetAddress): PlaceLevel | null {
  const coded = a.postcode !== '' && b.postcode !== '';
  const named = a.city !== '' && b.city !== '';
  if (!coded && !named) return a.state !== '' && a.state === b.state ? 'state' : null;
  if (a.country !== '' && b.country !== '' && a.country !== b.country) return 'different';
  const samePostcode = coded && a.postcode === b.postcode;
  const sameCity = named && (a.city === b.city || likeness(a.city, b.city) >= 0.92 || edits(a.city, b.city, 1) === 1);
  if (samePostcode) return !named || sameCity ? 'exact' : 'postcode';
  const mistyped = coded && a.postcode.length > 3 && edits(a.postcode, b.postcode, 1) === 1;
  if (mistyped && (sameCity || !named)) return 'close';
  if (sameCity) return coded ? 'city' : 'town';
  return a.state !== '' && a.state === b.state ? 'state' : 'different';
}
