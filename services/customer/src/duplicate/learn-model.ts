// Refits the weights from an installation's own customers, without labels: u from random pairs, m and the expectations by EM over the pairs that share a
// key. Identifiers keep u by exact counts. The shipped weights are the prior: a level that was hardly seen stays near them. [Duplicate Detection]
import { indexOf } from './candidate-pairs.ts';
import { compare, type Evidence, type World } from './compare.ts';
import type { Field, Level, MatchingModel } from './matching-model.ts';
import type { Profile } from './profile.ts';
import { firms, weigh } from './score.ts';
import { countValues, type Statistics } from './statistics.ts';

export interface Learned {
  readonly model: MatchingModel;
  readonly customers: number;
  /** Pairs that share a key, at most MAX_PAIRS of them. */
  readonly pairs: number;
  readonly rounds: number;
}

const MAX_PAIRS = 400_000;
const RANDOM_PAIRS = 30_000;
const MAX_ROUNDS = 30;
/** As much as so many observed pairs speak the shipped weights. */
const PRIOR_M = 20;
const PRIOR_U = 2_000;
const CONVERGED = 0.0005;
/** u of these comes from counts of the very value, see `shared` in compare.ts. */
const COUNTED: ReadonlyArray<`${Field} ${string}`> = ['email exact', 'phone equal', 'taxId equal'];

/** What is learned from. */
export interface Lesson {
  readonly profiles: readonly Profile[];
  /** Pairs of places in `profiles` that share a key. */
  readonly pairs: ReadonlyArray<readonly [number, number]>;
  readonly statistics: Statistics;
  readonly others: World['others'];
  /** How much of a record's duplicates one pair is: 2 / n where all pairs of n records are there, 1 / n where those of n records are. */
  readonly perRecord: number;
}

/** A whole base at once. */
export function lessonOf(profiles: readonly Profile[]): Lesson {
  const index = indexOf(profiles);
  const pairs: Array<[number, number]> = [];
  index.pairs((a, b) => {
    if (pairs.length < MAX_PAIRS) pairs.push([a, b]);
  });
  const statistics = countValues(profiles, profiles.length);
  return { profiles, pairs, statistics, others: index.others, perRecord: 2 / Math.max(1, profiles.length) };
}

const IDENTITY: readonly Field[] = ['givenName', 'familyName', 'organisationName', 'birthDate', 'taxId'];

/** Learns from a lesson; the same lesson gives the same model. */
export function learnModel({ profiles, pairs, statistics, others, perRecord }: Lesson, start: MatchingModel, version: string): Learned {
  const worldOf = (model: MatchingModel): World => ({ model, statistics, others });
  let model: MatchingModel = { ...start, version, fields: withU(start, randomPairs(profiles, worldOf(start))) };
  let rounds = 0;
  let evidence = pairs.map(([a, b]) => compare(profiles[a]!, profiles[b]!, worldOf(model)));
  for (let change = Number.POSITIVE_INFINITY; rounds < MAX_ROUNDS && change > CONVERGED; rounds++) {
    const next = maximise(evidence, worldOf(model), start, perRecord);
    change = Math.max(
      ...allLevels(next).map((level, i) => Math.abs(level.m - allLevels(model)[i]!.m)),
      Math.abs(next.expected.same - model.expected.same),
    );
    model = next;
    evidence = evidence.map((rows) => rows.map((row) => ({ ...row, m: model.fields[row.field][row.level]!.m })));
  }
  return { model, customers: profiles.length, pairs: pairs.length, rounds };
}

const allLevels = (model: MatchingModel): Level[] => Object.values(model.fields).flatMap((levels) => Object.values(levels));

/** One step: how likely each pair is the same, a neighbour, or neither; then the shares of the levels among the likely ones. */
function maximise(evidence: ReadonlyArray<readonly Evidence[]>, world: World, start: MatchingModel, perRecord: number): MatchingModel {
  const seen = new Map<string, number>();
  let same = 0;
  const seenNear = { household: 0, house: 0 };
  for (const rows of evidence) {
    const { prior, rows: weighed, neighbours } = weigh(rows, world);
    const match = 2 ** (prior + weighed.reduce((sum, { bits }) => sum + bits, 0));
    const neighbour = 2 ** neighbours;
    const share = match / (match + neighbour + 1);
    same += share;
    seenNear[firms(rows) ? 'house' : 'household'] += neighbour / (match + neighbour + 1);
    if (share < 1e-6) continue;
    for (const { field, level } of rows) seen.set(`${field} ${level}`, (seen.get(`${field} ${level}`) ?? 0) + share);
  }
  const { model } = world;
  const fields = mapLevels(model, (field, levels, name, level) => {
    const all = Object.keys(levels).reduce((sum, other) => sum + (seen.get(`${field} ${other}`) ?? 0), 0);
    // Fields of which only one level is ever told keep their weight.
    if (Object.keys(levels).length === 1) return level;
    const share = (other: string) => ((seen.get(`${field} ${other}`) ?? 0) + PRIOR_M * start.fields[field][other]!.m) / (all + PRIOR_M);
    // Who somebody is does not change: where EM would have it so, it has taken neighbours for matches.
    const most = IDENTITY.includes(field) ? start.fields[field].different!.m : 1;
    const different = levels.different ? share('different') : 0;
    if (different <= most) return { ...level, m: share(name) };
    return { ...level, m: name === 'different' ? most : (share(name) * (1 - most)) / (1 - different) };
  });
  // As much as ten records speak the shipped expectations.
  const records = 1 / perRecord;
  const among = (count: number, before: number) => Math.min(3, Math.max(0.01, (count + 10 * before) / (records + 10)));
  // What neighbours share looks like a match to EM, so it may make them rarer than shipped, but not unlearn them.
  const near = (count: number, before: number) => Math.max(before / 2, among(count, before));
  return {
    ...model,
    fields,
    expected: {
      same: among(same, start.expected.same),
      household: near(seenNear.household, start.expected.household),
      house: near(seenNear.house, start.expected.house),
    },
  };
}

/** How often each level comes among pairs drawn at random, and of how many that have the field. */
function randomPairs(profiles: readonly Profile[], world: World): Map<string, number> {
  const seen = new Map<string, number>();
  if (profiles.length < 2) return seen;
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * profiles.length);
  };
  for (let n = 0; n < RANDOM_PAIRS; n++) {
    const a = draw();
    const b = draw();
    if (a === b) continue;
    for (const { field, level } of compare(profiles[a]!, profiles[b]!, world))
      seen.set(`${field} ${level}`, (seen.get(`${field} ${level}`) ?? 0) + 1);
  }
  return seen;
}

function withU(start: MatchingModel, seen: ReadonlyMap<string, number>): MatchingModel['fields'] {
  return mapLevels(start, (field, levels, name, level) => {
    const counted = COUNTED.includes(`${field} ${name}`);
    const all = Object.keys(levels).reduce((sum, other) => sum + (seen.get(`${field} ${other}`) ?? 0), 0);
    if (counted || all === 0 || Object.keys(levels).length === 1) return level;
    const u = ((seen.get(`${field} ${name}`) ?? 0) + PRIOR_U * level.u) / (all + PRIOR_U);
    return { ...level, u };
  });
}

function mapLevels(
  model: MatchingModel,
  change: (field: Field, levels: Readonly<Record<string, Level>>, name: string, level: Level) => Level,
): MatchingModel['fields'] {
  const fields = Object.entries(model.fields).map(([field, levels]) => [
    field,
    Object.fromEntries(Object.entries(levels).map(([name, level]) => [name, change(field as Field, levels, name, level)])),
  ]);
  return Object.fromEntries(fields) as MatchingModel['fields'];
}
