// The keys under which a customer is found by whoever may be the same: seven to ten of them, each made to survive one kind of mistake. Two customers are
// compared when they share a key; what shares none is never looked at, so recall is decided here. [Duplicate Detection]
import { fullForm } from './nicknames.ts';
import { tellingWords } from './organisation-name.ts';
import type { Profile } from './profile.ts';
import { type StreetAddress, streetName } from './street-address.ts';
import { sound } from './text.ts';

export type KeyKind =
  | 'email'
  | 'mailbox'
  | 'phone'
  | 'tax_id'
  | 'birth'
  | 'domain'
  | 'name'
  | 'family_place'
  | 'given_place'
  | 'street'
  | 'word'
  | 'word_place';

export interface MatchKey {
  readonly kind: KeyKind;
  readonly key: string;
}

/** A block of more customers than this says too little: it is skipped, and the narrower keys beside it find whom it would have found. */
export const MAX_BLOCK = 100;
const MAX_KEYS = 20;
const LAST_DIGITS = 7;

/** The keys of a customer, without repeats, those of identifiers first. */
export function matchKeys(profile: Profile): MatchKey[] {
  const keys = new Map<string, MatchKey>();
  const add = (kind: KeyKind, ...parts: string[]) => {
    if (parts.every((part) => part !== '')) keys.set(`${kind}:${parts.join('|')}`, { kind, key: parts.join('|') });
  };
  for (const { key, local, role } of profile.emails) {
    add('email', key);
    if (!role && local.length > 4) add('mailbox', local);
  }
  for (const digits of profile.phones) add('phone', digits.slice(-LAST_DIGITS));
  if (profile.taxId) add('tax_id', profile.taxId.number);
  if (profile.birthDate && profile.birthDate.length === 10) add('birth', profile.birthDate);
  if (profile.type === 'organization') for (const domain of profile.domains) add('domain', domain);
  const places = profile.addresses.flatMap(placesOf);
  for (const { given, family, middle } of profile.people) {
    const first = sound(fullForm(given));
    const last = sound(family);
    // The order of the two does not matter: they are swapped often.
    add('name', ...[first, last].sort());
    if (family === '') add('word', given);
    // Nothing else narrows a common name where no place is known.
    if (places.length === 0) add('name', ...[given, family].sort());
    if (middle[0] && middle[0].length > 2 && family !== '') add('name', ...[sound(fullForm(middle[0])), last].sort());
    for (const place of places) add('family_place', last, place);
    for (const address of profile.addresses) add('given_place', first, placesOf(address)[0] ?? '');
  }
  if (profile.type === 'organization') {
    for (const name of profile.organisations) {
      const telling = tellingWords(name).slice(0, 3);
      add('name', name.core.slice(0, 40));
      for (const word of telling) add('word', word);
      if (telling.length > 1) add('name', ...telling.slice(0, 2).map(sound).sort());
      for (const place of places) for (const word of telling.slice(0, 2)) add('word_place', sound(word), place);
    }
  }
  for (const address of profile.addresses) {
    const street = sound(streetName(address).replaceAll(' ', ''));
    if (address.number) {
      const near = placesOf(address);
      if (near.length === 0) add('street', address.number, street);
      for (const place of near) add('street', address.number, street, place);
    }
  }
  return [...keys.values()].slice(0, MAX_KEYS);
}

/** A postcode may be mistyped and a city spelled in two ways, so each is a place of its own. */
const placesOf = ({ postcode, city }: StreetAddress): string[] =>
  [postcode, sound(city.replaceAll(' ', ''))].filter((place) => place !== '');
