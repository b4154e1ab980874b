// An organisation's name as the matcher compares it: forms of law and filler words off, what is left kept in order. [Duplicate Detection]
import { COMMON_WORDS, LEGAL_FORMS } from './name-words.ts';
import { fold, hasDigit, words } from './text.ts';

export interface OrganisationName {
  /** The words that name it, without forms of law. */
  readonly words: readonly string[];
  /** The same without spaces: two spellings of one name share it. */
  readonly core: string;
}

const FILLERS = new Set([
  'the',
  'and',
  'of',
  'a',
  'an',
  'de',
  'la',
  'le',
  'les',
  'los',
  'el',
  'y',
  'et',
  'e',
  'und',
  'der',
  'die',
  'das',
  'at',
  'in',
  'for',
]);

/** Reads a name; null where no word is in it. */
export function readOrganisation(text: string): OrganisationName | null {
  const all = words(
    fold(text)
      .replace(/&/g, ' and ')
      .replace(/\([^)]*\)/g, (inner) => (/\p{L}{3}/u.test(inner) ? inner : ' ')),
  );
  const named = all.filter((word, i) => !(LEGAL_FORMS.has(word) && i > 0) && !FILLERS.has(word));
  const kept = named.length > 0 ? named : all;
  return kept.length === 0 ? null : { words: kept, core: kept.join('') };
}

/** Does the text look like an organisation rather than a person? Used where a file does not say. Short words are family names too (West, House). */
export function looksLikeOrganisation(text: string): boolean {
  const trade = (word: string, i: number) =>
    (LEGAL_FORMS.has(word) && i > 0) || (COMMON_WORDS.has(word) && word.length > 6) || hasDigit(word);
  return /&/.test(text) || words(text).some(trade);
}

/** Its telling words: not the common ones, the longest first. */
export const tellingWords = (name: OrganisationName): string[] => {
  const telling = name.words.filter((word) => word.length > 2 && !COMMON_WORDS.has(word));
  return [...new Set(telling.length > 0 ? telling : name.words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
};
