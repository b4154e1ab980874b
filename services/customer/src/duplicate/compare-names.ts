// How well two names agree: a person's part by part, in either order, with nicknames, initials and slips of the pen; an organisation's by its words, the
// rare ones counting most. Numbers never agree by half: Store 12 is not Store 14. [Duplicate Detection]
import { COMMON_WORDS } from './name-words.ts';
import { sameNickname } from './nicknames.ts';
import type { OrganisationName } from './organisation-name.ts';
import type { PersonName } from './person-name.ts';
import { edits, hasDigit, likeness, sound } from './text.ts';

const slip = (a: string, b: string): boolean => {
  const shorter = Math.min(a.length, b.length);
  if (shorter < 3) return false;
  const apart = edits(a, b, 2);
  return apart <= (shorter > 6 ? 2 : 1) || likeness(a, b) >= 0.93 || (apart <= 2 && shorter > 3 && a[0] === b[0] && sound(a) === sound(b));
};

/** null where one of them is missing. */
export function givenLevel(a: string, b: string): 'exact' | 'nickname' | 'initial' | 'close' | 'similar' | 'different' | null {
  if (a === '' || b === '') return null;
  if (a === b) return a.length > 1 ? 'exact' : 'initial';
  if (a.length === 1 || b.length === 1) return a[0] === b[0] ? 'initial' : 'different';
  if (hasDigit(a) || hasDigit(b)) return 'different';
  if (sameNickname(a, b) || (Math.min(a.length, b.length) > 2 && (a.startsWith(b) || b.startsWith(a)))) return 'nickname';
  if (slip(a, b)) return 'close';
  return likeness(a, b) >= 0.85 ? 'similar' : 'different';
}

export function familyLevel(
  a: Pick<PersonName, 'family' | 'familyParts'>,
  b: Pick<PersonName, 'family' | 'familyParts'>,
): 'exact' | 'close' | 'partial' | 'similar' | 'different' | null {
  if (a.family === '' || b.family === '') return null;
  if (a.family === b.family) return a.family.length > 1 ? 'exact' : null;
  if (a.family.length === 1 || b.family.length === 1) return a.family[0] === b.family[0] ? null : 'different';
  if (hasDigit(a.family) || hasDigit(b.family)) return 'different';
  if (slip(a.family, b.family)) return 'close';
  if (a.familyParts.some((part) => part.length > 2 && b.familyParts.includes(part))) return 'partial';
  return likeness(a.family, b.family) >= 0.87 ? 'similar' : 'different';
}

export function middleLevel(a: readonly string[], b: readonly string[]): 'exact' | 'initial' | 'different' | null {
  const [one] = a;
  const [two] = b;
  if (!one || !two) return null;
  if (one.length > 1 && two.length > 1) return one === two || sameNickname(one, two) || slip(one, two) ? 'exact' : 'different';
  return one[0] === two[0] ? 'initial' : 'different';
}

export type OrganisationLevel = 'exact' | 'reordered' | 'close' | 'contained' | 'similar' | 'different';

/** `rarity` answers a word's weight, in bits. */
export function organisationLevel(a: OrganisationName, b: OrganisationName, rarity: (word: string) => number): OrganisationLevel | null {
  if (a.core === b.core) return a.core.length > 1 ? 'exact' : null;
  if (a.core.length < 2 || b.core.length < 2) return null;
  const numbers = (name: OrganisationName) => name.words.filter(hasDigit).sort().join(' ');
  const left = numbers(a);
  const right = numbers(b);
  if (left !== '' && right !== '' && left !== right) return 'different';
  if ([...a.words].sort().join(' ') === [...b.words].sort().join(' ')) return 'reordered';
  const share = sharedWeight(a, b, rarity);
  if (
    left === right &&
    (share.ofBoth >= 0.85 ||
      (Math.min(a.core.length, b.core.length) > 5 && likeness(a.core, b.core) >= 0.94 && edits(a.core, b.core, 2) <= 2))
  )
    return 'close';
  if (share.ofShorter >= 0.95 && share.telling) return 'contained';
  if (initialsOf(a) === b.core || initialsOf(b) === a.core) return 'contained';
  if (share.ofBoth >= 0.55 || (share.telling && share.ofShorter >= 0.7)) return 'similar';
  return 'different';
}

const initialsOf = (name: OrganisationName): string | null => (name.words.length > 2 ? name.words.map((word) => word[0]).join('') : null);

/** Which share of the words' weight has a counterpart on the other side: equal, a slip of the pen, or its beginning. */
function sharedWeight(
  a: OrganisationName,
  b: OrganisationName,
  rarity: (word: string) => number,
): { ofBoth: number; ofShorter: number; telling: boolean } {
  let telling = false;
  const side = (from: OrganisationName, to: OrganisationName) => {
    let found = 0;
    let all = 0;
    for (const word of from.words) {
      const weight = rarity(word);
      all += weight;
      const likest = to.words.reduce((best, other) => Math.max(best, alike(word, other)), 0);
      found += weight * likest;
      if (likest > 0.85 && !COMMON_WORDS.has(word) && word.length > 2) telling = true;
    }
    return { found, all };
  };
  const one = side(a, b);
  const two = side(b, a);
  const [shorter] = one.all <= two.all ? [one] : [two];
  return { ofBoth: (one.found + two.found) / (one.all + two.all), ofShorter: shorter!.found / shorter!.all, telling };
}

function alike(a: string, b: string): number {
  if (a === b) return 1;
  if (hasDigit(a) || hasDigit(b)) return 0;
  if (Math.min(a.length, b.length) < 3) return 0;
  if (a.startsWith(b) || b.startsWith(a)) return 0.9;
  return slip(a, b) ? 0.9 : 0;
}
