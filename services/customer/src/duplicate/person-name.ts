// A person's name as the matcher compares it: titles and degrees off, particles kept with their family name, "Last, First" turned round, the suffix that
// tells father from son kept apart. [Duplicate Detection]
import { DEGREES, PARTICLES, SUFFIXES, TITLES } from './name-words.ts';
import { words } from './text.ts';

export interface PersonName {
  /** '' where there is none. */
  readonly given: string;
  readonly middle: readonly string[];
  /** '' where only one word is known; particles joined, "van der berg" is `vanderberg`. */
  readonly family: string;
  /** The parts of a family name that has several. */
  readonly familyParts: readonly string[];
  readonly suffix: string | null;
}

/** Stands for the hyphen of a double name while the text is cut into words: a letter that no name has. */
const HYPHEN = 'ǂ';

const GENERATION: Readonly<Record<string, string>> = { junior: 'jr', senior: 'sr', '2nd': 'ii', '3rd': 'iii' };

/** A name written as one text. */
export function readName(written: string): PersonName | null {
  const text = written.replace(/(?<=\p{L})[-‐‑](?=\p{L})/gu, HYPHEN);
  const [before = '', ...after] = text.replace(/\([^)]*\)|"[^"]*"/g, ' ').split(',');
  const rest = after.map(words).filter((part) => part.some((word) => !SUFFIXES.has(word) && !DEGREES.has(word)));
  const suffixes = after.flatMap(words).filter((word) => SUFFIXES.has(word));
  if (rest.length > 0) return structuredName(rest[0]!.join(' '), [before, ...suffixes].join(' '));
  const all = [...without(words(before)), ...suffixes];
  const suffix = all.length > 1 && SUFFIXES.has(all.at(-1)!) ? all.pop()! : null;
  if (all.length === 0) return null;
  let cut = all.length - 1;
  while (cut > 1 && PARTICLES.has(all[cut - 1]!)) cut--;
  return nameOf(
    all.slice(0, Math.max(1, cut)).flatMap((word) => word.split(HYPHEN)),
    all.slice(Math.max(1, cut)).flatMap((word) => word.split(HYPHEN)),
    suffix,
  );
}

/** A name that comes in parts. */
export function structuredName(
  given: string | null | undefined,
  family: string | null | undefined,
  middle?: string | null,
): PersonName | null {
  const first = [...without(words(given ?? '')), ...words(middle ?? '')].flatMap((word) => word.split(HYPHEN));
  const last = words(family ?? '').flatMap((word) => word.split(HYPHEN));
  const suffix =
    [last, first].map((list) => (list.length > 1 && SUFFIXES.has(list.at(-1)!) ? list.pop()! : null)).find((s) => s !== null) ?? null;
  return first.length + last.length === 0 ? null : nameOf(first, last, suffix);
}

const without = (list: readonly string[]): string[] => {
  const left = list.filter((word, i) => !(TITLES.has(word) && i < list.length - 1) && !(DEGREES.has(word) && i > 1));
  return left.length > 0 ? left : [...list];
};

function nameOf(first: readonly string[], last: readonly string[], suffix: string | null): PersonName {
  const [given = '', ...middle] = first;
  return {
    given,
    middle,
    family: last.join(''),
    familyParts: last.length > 1 ? last.filter((word) => !PARTICLES.has(word)) : last,
    suffix: suffix && (GENERATION[suffix] ?? suffix),
  };
}
