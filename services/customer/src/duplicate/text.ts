// Text as the matcher sees it: one case, no marks, no punctuation; how alike two words are; and what a word sounds like. Pure and small, because every
// comparison of two customers runs through here. [Duplicate Detection]

const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/** Lower case, marks stripped, compatibility forms unified. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]!);

/** The words of a text, folded; apostrophes and dots inside a word vanish (O'Neil, S.A.), everything else separates. */
export const words = (text: string): string[] =>
  fold(text)
    .replace(/['’`´]/g, '')
    .replace(/\b(\p{L})\.(?=\p{L}\b)/gu, '$1')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

export const hasDigit = (word: string): boolean => /\p{N}/u.test(word);

/** Edits (insert, delete, replace, swap of neighbours) between two words; `limit + 1` as soon as it is more than `limit`. */
export function edits(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** Jaro–Winkler similarity, 0 to 1. */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  if (a.length === 0 || b.length === 0) return 0;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Array<boolean>(b.length).fill(false);
  const left: string[] = [];
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (taken[j] || a[i] !== b[j]) continue;
      taken[j] = true;
      left.push(a[i]!);
      break;
    }
  }
  if (left.length === 0) return 0;
  let swaps = 0;
  for (let j = 0, k = 0; j < b.length; j++) if (taken[j] && left[k++] !== b[j]) swaps++;
  const jaro = (left.length / a.length + left.length / b.length + (left.length - swaps / 2) / left.length) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** What a word sounds like, in no language in particular: its consonants, with those that sound alike made one. Words with digits stay as they are. */
export function sound(word: string): string {
  if (hasDigit(word)) return word;
  const spoken = word
    .replace(/^(kn|gn|pn)/, 'n')
    .replace(/^wr/, 'r')
    .replace(/sch|sh|tch|ch/g, 's')
    .replace(/ph|v|w/g, 'f')
    .replace(/dt|th|d/g, 't')
    .replace(/ck|q|g|c(?![eiy])/g, 'k')
    .replace(/x/g, 'ks')
    .replace(/[czj]/g, 's')
    .replace(/b/g, 'p')
    .replace(/m/g, 'n')
    .replace(/gh|h/g, '');
  const [first = '', ...rest] = spoken;
  const consonants = rest.join('').replace(/[aeiouy]/g, '');
  const head = /[aeiouy]/.test(first) ? 'a' : first;
  return (head + consonants).replace(/(.)\1+/g, '$1').slice(0, 6) || word;
}
