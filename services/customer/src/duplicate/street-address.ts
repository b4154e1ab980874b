// A postal address as the matcher compares it: house number apart from the street's name, short forms unified, the unit (flat, suite) left out. One text
// that holds everything is taken apart where its commas say how. [Duplicate Detection]
import { STREET_KINDS, STREET_WORDS } from './name-words.ts';
import { fold, words } from './text.ts';

export interface RawAddress {
  readonly street?: string | null;
  readonly city?: string | null;
  readonly state?: string | null;
  readonly postcode?: string | null;
  readonly country?: string | null;
}

export interface StreetAddress {
  readonly number: string | null;
  /** The street's words in order, short forms unified; '' where no street is known. */
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postcode: string;
  readonly country: string;
}

const UNIT = /\b(apt|apartment|unit|suite|ste|flat|room|rm|floor|fl|no|nr)\b\.?\s*#?\s*[\w-]*\d[\w-]*|#\s*[\w-]+/g;

/** Reads an address; null where nothing in it places anybody. */
export function readAddress(raw: RawAddress): StreetAddress | null {
  const line = fold(raw.street ?? '')
    .replace(UNIT, ' ')
    .replace(/(str)\.(?=\s|$)/g, 'strasse')
    .replace(/(?<=\p{L}{3})(strasse|str)\b/gu, ' st');
  const parts = words(line).map((word) => STREET_WORDS[word] ?? word);
  const numbers = parts.filter((word) => /^\d+[a-z]?$/.test(word));
  const number = numbers[0]?.replace(/^0+(?=\d)/, '') ?? null;
  const street = parts.filter((word) => word !== numbers[0]).join(' ');
  const address = {
    number,
    street,
    city: words(raw.city ?? '')
      .map((word) => STREET_WORDS[word] ?? word)
      .join(' '),
    state: words(raw.state ?? '').join(' '),
    postcode: (raw.postcode ?? '')
      .toUpperCase()
      .replace(/^(\d{5})-?\d{4}$/, '$1')
      .replace(/[^A-Z0-9]/g, '')
      .replace(/^0+(?=\d{3})/, ''),
    country: (raw.country ?? '').toUpperCase(),
  };
  return address.street || address.city || address.postcode || (number && address.state) ? address : null;
}

/** The street's telling words, without its kind and direction. */
export const streetName = (address: StreetAddress): string => {
  const all = address.street.split(' ');
  const telling = all.filter((word) => !STREET_KINDS.has(word));
  return (telling.length > 0 ? telling : all).join(' ');
};

/** An address that came as one text: "12 High St, Springfield, IL 62701". */
export function splitAddress(text: string): RawAddress {
  const parts = text
    .split(/[,;\n]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length < 2) return { street: text };
  const streetAt = Math.max(
    0,
    parts.findIndex((part) => /\d/.test(part)),
  );
  const after = parts.slice(streetAt + 1);
  const coded = after.findLast((part) => /\b(\d{4,5}(-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b/i.test(part));
  const postcode = coded?.match(/\b(\d{4,5}(-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b/i)?.[0] ?? null;
  const places = after.map((part) => part.replace(postcode ?? '\0', '').trim()).filter((part) => part !== '');
  return { street: parts.slice(0, streetAt + 1).at(-1), city: places[0] ?? null, state: places[1] ?? null, postcode };
}
