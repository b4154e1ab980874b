// Finds the duplicates that exist already, off the hot path [Duplicate Detection]: whoever changed is looked up again within seconds, everybody once a
// night, in bounded slices. The same task keys customers anew after a change of the normalisers, and counts what is common.
import { SYSTEM } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import {
  type FoundPair,
  markChecked,
  movePass,
  nextOfPass,
  outdatedCustomers,
  passDue,
  takePairs,
  uncheckedCustomers,
} from './duplicate-candidate.table.ts';
import { ordered } from './duplicate-candidate.ts';
import { findCandidates } from './find-candidates.ts';
import { HINT } from './find-duplicates.ts';
import { loadMatching, matchingOf, storeStatistics } from './matching-model.table.ts';
import { KEY_VERSION } from './profile.ts';
import { refreshMatchKeys } from './refresh-match-keys.ts';
import { countValues, SAMPLE } from './statistics.ts';
import { readProfiles } from './subject.table.ts';

const SLICE = 50;
/** One run works this long at most, then lets others have the database. */
const RUN_MS = 1_000;
const MOST_PAIRS = 20;

interface Due {
  readonly id: string;
  readonly changes: number;
}

/** One bounded run of everything that keeps the queue. */
export async function lookForDuplicates(ctx: ServiceContext): Promise<void> {
  await loadMatching(ctx.db);
  const until = Date.now() + RUN_MS;
  for (let more = true; more && Date.now() < until; ) {
    const outdated = await outdatedCustomers(ctx.db, KEY_VERSION, SLICE);
    if (outdated.length > 0) await rekey(ctx, outdated);
    const due = await uncheckedCustomers(ctx.db, SLICE);
    // After a bulk load nobody waits for misspelled names: keys alone, or the database would be busy for hours.
    if (due.length > 0) await check(ctx, due, { changed: true, alike: due.length < SLICE });
    const nightly = outdated.length + due.length > 0 ? [] : await pass(ctx);
    more = outdated.length + due.length + nightly.length > 0;
  }
}

/** The keys of these customers, made by the present normalisers. */
const rekey = (ctx: ServiceContext, ids: readonly string[]): Promise<unknown> =>
  transact({ ...ctx, actor: SYSTEM }, { lock: ids }, async (tx) => {
    await refreshMatchKeys(tx, ids);
    return { id: 'keyed' };
  });

/** Looks up everybody who may be the same as these, and brings the queue in step. */
async function check(ctx: ServiceContext, due: readonly Due[], how: { changed: boolean; alike: boolean }): Promise<void> {
  const profiles = await readProfiles(
    ctx.db,
    due.map(({ id }) => id),
    { restricted: false },
  );
  const asked = due.flatMap(({ id }) => {
    const profile = profiles.get(id);
    return profile ? [{ customerId: id, profile }] : [];
  });
  const found = await findCandidates(ctx.db, ctx.db, asked, { above: HINT, most: MOST_PAIRS, alike: how.alike, unrestrictedOnly: true });
  const pairs = new Map<string, FoundPair>();
  for (const [place, { customerId }] of asked.entries()) {
    for (const { customerId: other, score, reasons } of found[place]!) {
      const [first, second] = ordered(customerId, other);
      pairs.set(`${first} ${second}`, { customerId: first, otherCustomerId: second, score, reasons });
    }
  }
  await take(ctx, due, [...pairs.values()], how.changed);
}

async function take(ctx: ServiceContext, due: readonly Due[], pairs: readonly FoundPair[], changed: boolean): Promise<void> {
  const { model } = matchingOf(ctx.db);
  const threshold = ctx.env.DUPLICATE_THRESHOLD as number;
  // The locks of those in whose stream it will be told, in the kernel's one order.
  const lock = [...new Set(pairs.map(({ customerId }) => customerId))];
  await transact({ ...ctx, actor: SYSTEM }, { lock }, async (tx) => {
    const news = await takePairs(
      tx,
      due.map(({ id }) => id),
      pairs,
      model.version,
      changed,
    );
    for (const { id, customerId, otherCustomerId, score, modelVersion } of news) {
      if (score <= threshold) continue;
      tx.emit(
        fact('duplicate-found', customerId, {
          duplicateId: id,
          customerId,
          otherCustomerId,
          score: Math.round(score * 10) / 10,
          modelVersion,
        }),
      );
    }
    await markChecked(tx, due);
    return { id: 'taken' };
  });
}

/** A slice of the nightly pass. */
async function pass(ctx: ServiceContext): Promise<unknown[]> {
  if (!(await passDue(ctx.db))) return [];
  const slice = await nextOfPass(ctx.db, SLICE);
  const unknown = slice.filter(({ changes }) => changes === null).map(({ id }) => id);
  if (unknown.length > 0) await rekey(ctx, unknown);
  await check(
    ctx,
    slice.map(({ id, changes }) => ({ id, changes: changes ?? 1 })),
    { changed: false, alike: false },
  );
  await movePass(ctx.db, slice.length < SLICE ? null : slice.at(-1)!.id);
  return slice;
}

/** Counts what is common over a sample of the base: once a day, and when the base has doubled since. */
export async function countStatistics(ctx: ServiceContext): Promise<void> {
  const { customers } = matchingOf(ctx.db).statistics;
  const state = await ctx.db.one<{ stale: boolean; customers: number }>(
    'findStaleStatistics',
    sql`select counted_at is null or counted_at < now() - interval '1 day' as stale, (select count(*)::int from match_state) as customers from matching_upkeep`,
  );
  if (!state || (!state.stale && state.customers < Math.max(500, 2 * customers))) return;
  await storeStatistics(ctx.db, countValues((await sampleProfiles(ctx)).values(), state.customers));
  await loadMatching(ctx.db);
}

const READ = 1_000;

/** A random sample: ids are random, so those that follow a random one are. */
export async function sampleProfiles(ctx: Pick<ServiceContext, 'db'>, most = SAMPLE) {
  const profiles = new Map<string, NonNullable<Awaited<ReturnType<typeof readProfiles>> extends Map<string, infer P> ? P : never>>();
  let from = crypto.randomUUID() as string;
  for (let turned = false; profiles.size < most; ) {
    const rows = await ctx.db.query<{ id: string }>(
      'sampleCustomers',
      sql`select id from customer where id > ${from} and deleted_at is null order by id limit ${Math.min(READ, most - profiles.size)}`,
    );
    const ids = rows.map(({ id }) => id);
    for (const [id, profile] of await readProfiles(ctx.db, ids, { restricted: true })) if (profile) profiles.set(id, profile);
    if (ids.length > 0) from = ids.at(-1)!;
    else if (turned) break;
    else {
      turned = true;
      from = '00000000-0000-0000-0000-000000000000';
    }
  }
  return profiles;
}
