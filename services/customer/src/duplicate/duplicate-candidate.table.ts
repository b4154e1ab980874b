// The queue of pairs: its list, and the statements that keep it. A pair is shown only to who may see both of its customers.
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { field } from '@customer360/kernel/filter';
import type { ListSpec } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { and, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { visibleCustomer } from '../scope.ts';
import type { DuplicatePair } from './duplicate-candidate.ts';
import type { Reason } from './score.ts';

const COLUMNS = `d.id, d.customer_id as "customerId", d.other_customer_id as "otherCustomerId", d.score, d.reasons, d.model_version as "modelVersion",
  d.state, d.found_at as "foundAt", d.updated_at as "updatedAt", d.dismissed_at as "dismissedAt", d.dismissed_by_kind as "dismissedByKind",
  d.dismissed_by_id as "dismissedById", d.dismiss_reason as "dismissReason"`;

export const duplicateList: ListSpec<DuplicatePair> = {
  name: 'listDuplicateCandidates',
  select: raw(COLUMNS),
  from: raw('duplicate_candidate d join customer a on a.id = d.customer_id join customer b on b.id = d.other_customer_id'),
  order: keyset({
    fields: {
      SCORE: { column: raw('d.score'), type: 'numeric' },
      FOUND_AT: { column: raw('d.found_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('d.updated_at'), type: 'timestamptz' },
    },
    id: raw('d.id'),
    default: [{ field: 'SCORE', direction: 'DESC' }],
  }),
  filter: {
    score: field('d.score', 'numeric'),
    foundAt: field('d.found_at', 'timestamptz'),
  },
};

/** Boolean SQL of what a caller sees of the list: pairs of two living customers in scope, of an owner or a customer if asked. */
export const pairsSeen = (
  actor: Actor,
  asked: { state?: DuplicatePair['state'] | null; ownerId?: string | null; customerId?: string | null },
): Sql =>
  and(
    visibleCustomer(actor, 'a'),
    visibleCustomer(actor, 'b'),
    asked.state == null ? raw('true') : sql`d.state = ${asked.state}`,
    asked.ownerId == null ? raw('true') : sql`a.owner_id = ${asked.ownerId}::uuid or b.owner_id = ${asked.ownerId}::uuid`,
    asked.customerId == null
      ? raw('true')
      : sql`d.customer_id = ${asked.customerId}::uuid or d.other_customer_id = ${asked.customerId}::uuid`,
  );

/** A pair as the look-up found it. */
export interface FoundPair {
  readonly customerId: string;
  readonly otherCustomerId: string;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/**
 * Takes the pairs found for these customers into the queue: new ones open, known ones at their new score, dismissed ones open again only if one of the two
 * changed since, and open ones that are no more found go: all of them where the customers `changed`, else those of another model. Answers the pairs that are
 * news.
 */
export async function takePairs(
  tx: Tx,
  checked: readonly string[],
  pairs: readonly FoundPair[],
  modelVersion: string,
  changed: boolean,
): Promise<DuplicatePair[]> {
  const pairsTaken = await tx.query<DuplicatePair & { earlierReason: string | null }>(
    'takeDuplicatePairs',
    sql`with found as (
          select f.*, array[a.fingerprint, b.fingerprint] as fingerprints
          from unnest(${pairs.map((p) => p.customerId)}::uuid[], ${pairs.map((p) => p.otherCustomerId)}::uuid[], ${pairs.map((p) => p.score)}::float8[],
            ${pairs.map((p) => JSON.stringify(p.reasons))}::text[]) as f(customer_id, other_customer_id, score, reasons)
          join match_state a on a.customer_id = f.customer_id join match_state b on b.customer_id = f.other_customer_id
        ), gone as (
          delete from duplicate_candidate d where d.state = 'open' and (${changed} or d.model_version <> ${modelVersion}) and (d.customer_id = any(${[...checked]}::uuid[]) or d.other_customer_id = any(${[...checked]}::uuid[]))
            and not exists (select 1 from found f where f.customer_id = d.customer_id and f.other_customer_id = d.other_customer_id)
        ), before as (
          select d.customer_id, d.other_customer_id, d.state, d.dismiss_reason as earlier from duplicate_candidate d join found f using (customer_id, other_customer_id)
        ), taken as (
          insert into duplicate_candidate as d (id, customer_id, other_customer_id, score, reasons, model_version, state, found_at, updated_at)
          select gen_random_uuid(), f.customer_id, f.other_customer_id, f.score, f.reasons::jsonb, ${modelVersion}, 'open', ${tx.now}, ${tx.now}
          from found f order by f.customer_id, f.other_customer_id
          on conflict (customer_id, other_customer_id) do update set score = excluded.score, reasons = excluded.reasons, model_version = excluded.model_version,
            updated_at = excluded.updated_at, state = 'open', dismissed_at = null, dismissed_by_kind = null, dismissed_by_id = null, dismiss_reason = null,
            dismissed_fingerprints = null
          where d.state = 'open' and (d.score <> excluded.score or d.model_version <> excluded.model_version)
            or d.state = 'dismissed' and d.dismissed_fingerprints is distinct from (
              select f.fingerprints from found f where f.customer_id = d.customer_id and f.other_customer_id = d.other_customer_id)
            or d.state = 'merged'
          returning d.*
        )
        select ${raw(COLUMNS)}, before.earlier as "earlierReason" from taken d left join before using (customer_id, other_customer_id) where before.state is distinct from 'open'
        order by d.customer_id, d.other_customer_id`,
  );
  await tx.written('duplicate_candidate', pairsTaken.map(withEarlierReason));
  return pairsTaken;
}

const withEarlierReason = ({ earlierReason, ...after }: DuplicatePair & { earlierReason: string | null }) => ({
  before: { ...after, dismissReason: earlierReason },
  after,
});

/** A person says that these are two. */
export async function dismissPair(
  tx: Tx,
  [customerId, otherCustomerId]: readonly [string, string],
  reason: string,
): Promise<DuplicatePair> {
  const row = await tx.one<DuplicatePair & { earlierReason: string | null }>(
    'dismissDuplicatePair',
    sql`insert into duplicate_candidate as d (id, customer_id, other_customer_id, score, reasons, model_version, state, found_at, updated_at,
          dismissed_at, dismissed_by_kind, dismissed_by_id, dismiss_reason, dismissed_fingerprints)
        select gen_random_uuid(), ${customerId}::uuid, ${otherCustomerId}::uuid, 0, '[]', 'none', 'dismissed', ${tx.now}, ${tx.now},
          ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}, ${reason},
          array[(select fingerprint from match_state where customer_id = ${customerId}), (select fingerprint from match_state where customer_id = ${otherCustomerId})]
        on conflict (customer_id, other_customer_id) do update set state = 'dismissed', updated_at = excluded.updated_at, dismissed_at = excluded.dismissed_at,
          dismissed_by_kind = excluded.dismissed_by_kind, dismissed_by_id = excluded.dismissed_by_id, dismiss_reason = excluded.dismiss_reason,
          dismissed_fingerprints = excluded.dismissed_fingerprints
        returning ${raw(COLUMNS)}, old.dismiss_reason as "earlierReason"`,
  );
  await tx.written('duplicate_candidate', [withEarlierReason(row!)]);
  return row!;
}

/** A merge made them one: the pairs among them are settled, those of the retired ones with others go and are looked for anew from the survivor. */
export const settlePairs = (tx: Pick<Tx, 'query'>, survivorId: string, retiredIds: readonly string[], now: Date): Promise<unknown> =>
  tx.query(
    'settleDuplicatePairs',
    sql`with settled as (
          update duplicate_candidate set state = 'merged', updated_at = ${now}
          where customer_id = any(${[survivorId, ...retiredIds]}::uuid[]) and other_customer_id = any(${[survivorId, ...retiredIds]}::uuid[])
        )
        delete from duplicate_candidate where state = 'open'
          and ((customer_id = any(${[...retiredIds]}::uuid[]) and other_customer_id <> all(${[survivorId, ...retiredIds]}::uuid[]))
            or (other_customer_id = any(${[...retiredIds]}::uuid[]) and customer_id <> all(${[survivorId, ...retiredIds]}::uuid[])))`,
  );

/** Customers whose duplicates are to be looked for, with the number of their last change. */
export const uncheckedCustomers = (reader: Reader, most: number): Promise<Array<{ id: string; changes: number }>> =>
  reader.query(
    'findUncheckedCustomers',
    sql`select customer_id as id, changes from match_state where checked < changes order by customer_id limit ${most}`,
  );

/** They were looked at as of these changes; a later one stays due. */
export const markChecked = (tx: Tx, customers: ReadonlyArray<{ id: string; changes: number }>): Promise<unknown> =>
  tx.query(
    'markDuplicatesChecked',
    sql`update match_state s set checked = c.changes from unnest(${customers.map((c) => c.id)}::uuid[], ${customers.map((c) => c.changes)}::int[]) as c(id, changes)
        where s.customer_id = c.id and s.checked < c.changes`,
  );

/** Customers whose keys an older normaliser made, or who have none yet. */
export const outdatedCustomers = async (reader: Reader, version: number, most: number): Promise<string[]> =>
  (
    await reader.query<{ id: string }>(
      'findOutdatedKeys',
      sql`select customer_id as id from match_state where key_version < ${version} order by key_version limit ${most}`,
    )
  ).map(({ id }) => id);

/** Is today's pass still to do, or under way? */
export const passDue = async (reader: Reader): Promise<boolean> =>
  (await reader.one(
    'findDuePass',
    sql`select 1 from matching_upkeep where pass_day is distinct from current_date or pass_after is not null`,
  )) !== undefined;

/** The next customers after the pass's cursor. Those without a state are new to the index. */
export const nextOfPass = (reader: Reader, most: number): Promise<Array<{ id: string; changes: number | null }>> =>
  reader.query(
    'nextOfDuplicatePass',
    sql`select c.id, s.changes from matching_upkeep u
        join lateral (
          select id from customer
          where id > coalesce(case when u.pass_day = current_date then u.pass_after end, '00000000-0000-0000-0000-000000000000')
          order by id limit ${most}
        ) c on true left join match_state s on s.customer_id = c.id
        order by c.id`,
  );

/** Moves the pass on; null after its last customer. */
export const movePass = (reader: Reader, after: string | null): Promise<unknown> =>
  reader.query('moveDuplicatePass', sql`update matching_upkeep set pass_day = current_date, pass_after = ${after}::uuid`);
