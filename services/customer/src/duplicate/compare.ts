// Compares two customers field by field: which level each field reaches, and how common that agreement is among strangers. Where a customer has several
// names, mailboxes, numbers or addresses, the best pair of them counts. [Duplicate Detection]
import { familyLevel, givenLevel, middleLevel, organisationLevel } from './compare-names.ts';
import { birthLevel, emailLevel, phoneLevel, placeLevel, streetLevel, taxIdLevel } from './compare-reach.ts';
import type { MatchKey } from './match-keys.ts';
import { type Field, type MatchingModel, SMALLEST_BASE } from './matching-model.ts';
import { COMMON_WORDS } from './name-words.ts';
import type { PersonName } from './person-name.ts';
import type { Profile } from './profile.ts';
import { type Counted, frequency, type Statistics } from './statistics.ts';

/** What two customers are judged by. */
export interface World {
  readonly model: MatchingModel;
  readonly statistics: Statistics;
  /** How many customers besides the two that are compared have this key. */
  readonly others: (kind: MatchKey['kind'], key: string) => number;
}

/** One field's evidence: the level, and its shares among the same (m), strangers (u) and neighbours (q). */
export interface Evidence {
  readonly field: Field;
  readonly level: string;
  readonly m: number;
  readonly u: number;
  readonly q: number;
}

export const baseOf = ({ statistics }: World): number => Math.max(SMALLEST_BASE, statistics.customers);

const bits = ({ m, u }: Evidence): number => Math.log2(m / u);
const sum = (rows: readonly Evidence[]): number => rows.reduce((all, row) => all + bits(row), 0);
const best = <T>(options: T[], worth: (option: T) => number): T | undefined =>
  options.reduce<T | undefined>((top, option) => (top === undefined || worth(option) > worth(top) ? option : top), undefined);

/** All the evidence for and against two customers being one. */
export function compare(a: Profile, b: Profile, world: World): Evidence[] {
  const evidence = (field: Field, level: string, u?: number): Evidence => {
    const known = world.model.fields[field][level]!;
    const among = u ?? known.u;
    return { field, level, m: known.m, u: among, q: known.q ?? among };
  };
  const rare = (field: Field, level: string, kind: Counted, value: string) =>
    evidence(field, level, frequency(world.statistics, kind, value));
  const across = <T>(left: readonly T[], right: readonly T[], compareTwo: (x: T, y: T) => Evidence[]): Evidence[] =>
    best(
      left.flatMap((x) => right.map((y) => compareTwo(x, y))).filter((rows) => rows.length > 0),
      sum,
    ) ?? [];
  /** Strangers with the same identifier: hardly any while one customer has it, as many as there are once it proves to be shared. */
  const shared = (field: 'email' | 'phone' | 'taxId', level: string, kind: MatchKey['kind'], key: string) => {
    const others = world.others(kind, key);
    const rate = world.model.shared[field];
    return evidence(field, level, Math.min(0.5, Math.max(rate, Math.min(others, rate * (1 + others ** 2 / 4))) / baseOf(world)));
  };

  const rows: Evidence[] = [];
  if (a.type !== b.type) rows.push(evidence('type', 'different'));
  if (a.people.length > 0 && b.people.length > 0) rows.push(...across(a.people, b.people, (x, y) => persons(x, y)));
  else
    rows.push(
      ...across(a.organisations, b.organisations, (x, y) => {
        const level = organisationLevel(x, y, rarity);
        if (level === null) return [];
        const least = world.model.namesakes.organization / baseOf(world);
        if (level === 'close' || level === 'contained') {
          // The rarer the words, the less likely that a stranger bears nearly the same.
          const shorter = x.words.length <= y.words.length ? x : y;
          const chance = Math.max(2 * least, 16 * common(shorter.words));
          return [evidence('organisationName', level, Math.min(chance, world.model.fields.organisationName[level]!.u))];
        }
        if (level !== 'exact' && level !== 'reordered') return [evidence('organisationName', level)];
        const chance = frequency(world.statistics, 'organisation', x.core);
        const seen = chance !== undefined && chance * world.statistics.sampled.organisation >= 2.5 ? chance : 0;
        return [evidence('organisationName', level, Math.max(least, seen, common(x.words)))];
      }),
    );

  const [ofA, ofB] = a.emails.length > 0 && b.emails.length > 0 ? [calledBy(a), calledBy(b)] : [[], []];
  const email = across(a.emails, b.emails, (x, y) => {
    const level = emailLevel(x, y, ofA, ofB);
    return [level === 'exact' ? shared('email', level, 'email', x.key) : evidence('email', level)];
  });
  rows.push(...email);
  rows.push(
    ...across(a.phones, b.phones, (x, y) => {
      const level = phoneLevel(x, y);
      return [level === 'equal' ? shared('phone', level, 'phone', x.slice(-7)) : evidence('phone', level)];
    }),
  );
  const taxId = a.taxId && b.taxId ? taxIdLevel(a.taxId, b.taxId) : null;
  if (taxId) rows.push(taxId === 'equal' ? shared('taxId', taxId, 'tax_id', a.taxId!.number) : evidence('taxId', taxId));
  if (a.birthDate && b.birthDate) rows.push(evidence('birthDate', birthLevel(a.birthDate, b.birthDate)));
  rows.push(
    ...across(a.addresses, b.addresses, (x, y) => {
      const street = streetLevel(x, y);
      const place = placeLevel(x, y);
      return [
        ...(street ? [evidence('street', street)] : []),
        ...(place
          ? [
              place === 'city' || place === 'town'
                ? rare('place', place, 'city', x.city)
                : place === 'exact' && x.postcode
                  ? rare('place', place, 'postcode', x.postcode)
                  : evidence('place', place),
            ]
          : []),
      ];
    }),
  );
  // An e-mail that agrees has said it already, and people's domains are their provider's or employer's.
  if ((a.type === 'organization' || b.type === 'organization') && !email.some(({ level }) => level === 'exact' || level === 'close')) {
    const domain = a.domains.find((d) => b.domains.includes(d));
    if (domain) rows.push(rare('domain', 'same', 'domain', domain));
    else if (a.domains.length > 0 && b.domains.length > 0 && a.type === b.type) rows.push(evidence('domain', 'different'));
  }
  return rows;

  function persons(x: PersonName, y: PersonName): Evidence[] {
    const straight = parts(x, y);
    const turned = parts(x, { ...y, given: y.family, family: y.given, familyParts: [y.given] });
    const swapped = turned.length > 0 && turned.some(({ level }) => level === 'exact') ? [...turned, evidence('nameOrder', 'swapped')] : [];
    const rows = sum(swapped) > sum(straight) ? swapped : straight;
    const middle = middleLevel(x.middle, y.middle);
    return [
      ...rows,
      ...(middle ? [evidence('middleName', middle)] : []),
      ...(x.suffix && y.suffix && x.suffix !== y.suffix ? [evidence('suffix', 'different')] : []),
    ];
  }

  function parts(x: PersonName, y: PersonName): Evidence[] {
    const direct = givenLevel(x.given, y.given);
    // Who goes by the second name.
    const given =
      direct === 'different' && (x.middle.includes(y.given) || y.middle.includes(x.given)) && x.given.length > 1 && y.given.length > 1
        ? 'nickname'
        : direct;
    const family = familyLevel(x, y);
    return [
      ...(given ? [given === 'exact' ? rare('givenName', given, 'given', x.given) : evidence('givenName', given)] : []),
      ...(family ? [family === 'exact' ? rare('familyName', family, 'family', x.family) : evidence('familyName', family)] : []),
    ];
  }

  function rarity(word: string): number {
    const share = frequency(world.statistics, 'word', word) ?? (COMMON_WORDS.has(word) ? 0.02 : 0.0001);
    return Math.min(16, Math.max(1, -Math.log2(share)));
  }

  /** The chance that a stranger bears just these words: that of its rarest two, at least. */
  function common(list: readonly string[]): number {
    const weights = [...new Set(list)].map(rarity).sort((x, y) => y - x);
    return (
      2 **
      -Math.min(
        30,
        weights.reduce((all, weight, i) => all + (i < 2 ? weight : weight / 2), 0),
      )
    );
  }
}

const calledBy = ({ people, organisations }: Profile): string[] => [
  ...people.flatMap(({ given, family }) => [given, family]),
  ...organisations.flatMap((organisation) => organisation.words),
];
