// How often a name, a word or a place comes in the base: sharing "Smith" says less than sharing "Szczepaniak". Counted over a sample, values that come
// fewer than three times left out: they are all equally rare, and nobody is recognisable by what remains. [Duplicate Detection]
import type { Profile } from './profile.ts';

export type Counted = 'given' | 'family' | 'organisation' | 'word' | 'postcode' | 'city' | 'domain';

/** As it is stored: JSON. */
export interface Statistics {
  /** Customers in the base. */
  readonly customers: number;
  /** Customers in the sample that have the field at all. */
  readonly sampled: Readonly<Record<Counted, number>>;
  readonly counts: Readonly<Record<Counted, Readonly<Record<string, number>>>>;
}

/** Customers in the sample. */
export const SAMPLE = 20_000;
const LEAST = 3;
/** A sample smaller than this says nothing of what is common. */
const TELLING = 300;

const KINDS: readonly Counted[] = ['given', 'family', 'organisation', 'word', 'postcode', 'city', 'domain'];

/** Nothing is known yet. */
export const NO_STATISTICS: Statistics = {
  customers: 0,
  sampled: Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Counted, number>,
  counts: Object.fromEntries(KINDS.map((kind) => [kind, {}])) as Record<Counted, Record<string, number>>,
};

const valuesOf = (profile: Profile): Record<Counted, Array<string | undefined>> => ({
  given: profile.people.map(({ given }) => given),
  family: profile.people.map(({ family }) => family),
  organisation: profile.type === 'organization' ? profile.organisations.map(({ core }) => core) : [],
  word: profile.type === 'organization' ? profile.organisations.flatMap(({ words }) => words) : [],
  postcode: profile.addresses.map(({ postcode }) => postcode),
  city: profile.addresses.map(({ city }) => city),
  domain: [...profile.domains],
});

/** Counts a sample. */
export function countValues(sample: Iterable<Profile>, customers: number): Statistics {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, new Map<string, number>()])) as Record<Counted, Map<string, number>>;
  const sampled = { ...NO_STATISTICS.sampled } as Record<Counted, number>;
  for (const profile of sample) {
    const values = valuesOf(profile);
    for (const kind of KINDS) {
      const present = new Set(values[kind].filter((value): value is string => value !== undefined && value !== ''));
      if (present.size > 0) sampled[kind]++;
      for (const value of present) counts[kind].set(value, (counts[kind].get(value) ?? 0) + 1);
    }
  }
  const common = (kind: Counted) => Object.fromEntries([...counts[kind]].filter(([, count]) => count >= LEAST));
  return { customers, sampled, counts: Object.fromEntries(KINDS.map((kind) => [kind, common(kind)])) as Statistics['counts'] };
}

/** The share of those customers with the field who have this value; undefined while the sample is too small to tell. */
export function frequency(statistics: Statistics, kind: Counted, value: string): number | undefined {
  const sampled = statistics.sampled[kind];
  if (sampled < TELLING) return undefined;
  const count = Object.hasOwn(statistics.counts[kind], value) ? statistics.counts[kind][value]! : 1;
  return count / sampled;
}
