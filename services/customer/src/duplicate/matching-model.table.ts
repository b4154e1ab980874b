// Which model judges, and what is counted for it: both are read once and kept in memory, so that a save costs no statement for them. Every instance looks
// for news each time its background task runs.
import type { Actor } from '@customer360/kernel/actor';
import type { Database, Reader } from '@customer360/kernel/database';
import { sql } from '@customer360/kernel/sql';
import { completed, DEFAULT_MODEL, type MatchingModel } from './matching-model.ts';
import { NO_STATISTICS, type Statistics } from './statistics.ts';

/** A model as it is listed. */
export interface MatchingModelRow {
  version: string;
  model: MatchingModel | null;
  customers: number;
  pairs: number;
  learnedAt: Date;
  promotedAt: Date | null;
  active: boolean;
}

export interface Matching {
  readonly model: MatchingModel;
  readonly statistics: Statistics;
}

const known = new WeakMap<Database, Matching & { readonly seen: string }>();

/** What judges now; the shipped model until `loadMatching` ran. */
export const matchingOf = (db: Database): Matching => known.get(db) ?? { model: DEFAULT_MODEL, statistics: NO_STATISTICS };

/** Reads the promoted model and the statistics where they changed. */
export async function loadMatching(db: Database): Promise<void> {
  const now = await db.one<{ seen: string }>(
    'findMatchingVersion',
    sql`select concat_ws(' ', (select max(promoted_at) from matching_model), (select counted_at from matching_upkeep)) as seen`,
  );
  if (known.get(db)?.seen === now!.seen) return;
  const row = await db.one<{ model: MatchingModel | null; statistics: Statistics | null }>(
    'readMatching',
    sql`select (select model from matching_model where promoted_at is not null order by promoted_at desc, version limit 1) as model, statistics from matching_upkeep`,
  );
  known.set(db, {
    seen: now!.seen,
    model: row?.model ? completed(row.model) : DEFAULT_MODEL,
    statistics: row?.statistics ?? NO_STATISTICS,
  });
}

/** All models, the newest first. */
export const listModels = (reader: Reader): Promise<MatchingModelRow[]> =>
  reader.query(
    'listMatchingModels',
    sql`select version, model, customers, pairs, learned_at as "learnedAt", promoted_at as "promotedAt",
          coalesce(promoted_at = max(promoted_at) over (), false) as active
        from matching_model order by learned_at desc, version desc limit 200`,
  );

/** Makes a stored model the one that judges; false where there is none of that version. */
export async function promote(db: Database, version: string, actor: Actor): Promise<boolean> {
  const promoted = await db.one(
    'promoteMatchingModel',
    sql`update matching_model set promoted_at = clock_timestamp(), promoted_by_kind = ${actor.kind}, promoted_by_id = ${actor.id}
        where version = ${version} returning 1 as done`,
  );
  await loadMatching(db);
  return promoted !== undefined;
}

/** The next free version name. */
export async function nextVersion(reader: Reader): Promise<string> {
  const row = await reader.one<{ next: number }>(
    'nextMatchingVersion',
    sql`select coalesce(max(substring(version from '^learned-(\\d+)$')::int), 0) + 1 as next from matching_model`,
  );
  return `learned-${row!.next}`;
}

/** Keeps a learned model; it judges nothing until a person promotes it. */
export const storeModel = (reader: Reader, model: MatchingModel, customers: number, pairs: number): Promise<unknown> =>
  reader.query(
    'storeMatchingModel',
    sql`insert into matching_model (version, model, customers, pairs, learned_at)
        values (${model.version}, ${JSON.stringify(model)}::jsonb, ${customers}, ${pairs}, clock_timestamp())`,
  );

/** Replaces what is counted. */
export const storeStatistics = (reader: Reader, statistics: Statistics): Promise<unknown> =>
  reader.query(
    'storeMatchingStatistics',
    sql`update matching_upkeep set statistics = ${JSON.stringify(statistics)}::jsonb, counted_at = clock_timestamp()`,
  );
