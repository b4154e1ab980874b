// `npm run customer -- matching learn`: what the installation's own customers say of the weights, kept as a model that judges nothing until it is promoted.
// A base that is too large to read whole is learned from a random part of it and everybody who shares a key with that part. [AI Duplicate Detection]
import { SYSTEM } from '@customer360/kernel/actor';
import type { Database } from '@customer360/kernel/database';
import { raw, sql } from '@customer360/kernel/sql';
import { type Learned, type Lesson, learnModel, lessonOf } from './learn-model.ts';
import { sampleProfiles } from './look-for-duplicates.ts';
import { findNeighbours } from './match-key.table.ts';
import { MAX_BLOCK } from './match-keys.ts';
import { nextVersion, storeModel } from './matching-model.table.ts';
import { DEFAULT_MODEL } from './matching-model.ts';
import type { Profile } from './profile.ts';
import { countValues, SAMPLE } from './statistics.ts';

const SEEDS = 10_000;
const SLICE = 200;
/** Fewer customers teach nothing. */
export const LEAST_TO_LEARN = 500;

/** Learns and keeps a model; undefined where there are fewer than LEAST_TO_LEARN customers. */
export async function learnMatching(db: Database): Promise<Learned | undefined> {
  const sample = [...(await sampleProfiles({ db }))];
  if (sample.length < LEAST_TO_LEARN) return undefined;
  const lesson = sample.length < SAMPLE ? lessonOf(sample.map(([, profile]) => profile)) : await lessonAround(db, sample);
  const learned = learnModel(lesson, DEFAULT_MODEL, await nextVersion(db));
  await storeModel(db, learned.model, learned.customers, learned.pairs);
  return learned;
}

async function lessonAround(db: Database, sample: ReadonlyArray<[string, Profile]>): Promise<Lesson> {
  const base = await db.one<{ customers: number }>(
    'countCustomers',
    sql`select count(*)::int as customers from customer where deleted_at is null`,
  );
  const seeds = sample.slice(0, SEEDS);
  const places = new Map(seeds.map(([id], place) => [id, place]));
  const profiles = seeds.map(([, profile]) => profile);
  const pairs: Array<[number, number]> = [];
  const sizes = new Map<string, number>();
  for (let from = 0; from < seeds.length; from += SLICE) {
    const slice = seeds.slice(from, from + SLICE);
    const found = await findNeighbours(
      db,
      slice.map(([, profile]) => profile),
      SYSTEM,
      raw('true'),
    );
    for (const key of found.crowded) sizes.set(key, MAX_BLOCK);
    for (const [at, neighbours] of found.of) {
      for (const { customerId, profile, sizes: shared } of neighbours) {
        if (customerId === slice[at]![0]) continue;
        for (const [key, size] of Object.entries(shared)) sizes.set(key, Math.max(sizes.get(key) ?? 0, size));
        let place = places.get(customerId);
        if (place === undefined) {
          place = profiles.push(profile) - 1;
          places.set(customerId, place);
        }
        pairs.push([from + at, place]);
      }
    }
  }
  const statistics = countValues(
    sample.map(([, profile]) => profile),
    base!.customers,
  );
  return {
    profiles,
    pairs,
    statistics,
    others: (kind, key) => Math.max(0, (sizes.get(`${kind}:${key}`) ?? 0) - 2),
    perRecord: 1 / seeds.length,
  };
}
