// An owner who is no longer active hands the customers over by itself, and the shared views: to the nearest active manager, or to the pool [Inactive owner]. It is driven
// by what the tables say (a customer whose owner is inactive), slice by slice, so that a kill between two slices loses and repeats nothing.
import { SYSTEM } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import type { Reader } from '@customer360/kernel/database';
import { type Sql, sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { assignOwner } from '../customer/assign-owner.ts';
import { handOverViews } from '../saved-view/change-saved-view.ts';
import { fact } from '../write.ts';

/** The report on one hand-over. */
export interface HandOver {
  staffId: string;
  /** Who took the last slice; null is the pool. */
  toStaffId: string | null;
  customers: number;
  startedAt: Date;
  finishedAt: Date | null;
}

const SLICE = 200;
/** Slices of one run; the next run goes on. */
const SLICES = 25;
const MAX_MANAGERS = 10;

/** CTE `managers(start, id, level)`: the managers above these members of staff. */
const managersAbove = (staffIds: readonly string[]): Sql => sql`recursive managers(start, id, level) as (
    select s.id, s.manager_id, 1 from staff_member s where s.id = any(${[...staffIds]}::uuid[])
    union all
    select managers.start, s.manager_id, managers.level + 1 from managers join staff_member s on s.id = managers.id where managers.level < ${MAX_MANAGERS}
  )`;

/** Whom these members of staff hand over to, or would if they were deactivated: the nearest active manager; absent is the pool. */
export const findSuccessors = (db: Reader, staffIds: readonly string[]): Promise<Array<{ staffId: string; successorId: string }>> =>
  db.query(
    'findSuccessors',
    sql`with ${managersAbove(staffIds)}
        select distinct on (managers.start) managers.start as "staffId", s.id as "successorId"
        from managers join staff_member s on s.id = managers.id and s.active and s.deleted_at is null order by managers.start, managers.level`,
  );

/** How many living customers each of them owns. */
export const countOwned = (db: Reader, staffIds: readonly string[]): Promise<Array<{ staffId: string; count: number }>> =>
  db.query(
    'countOwned',
    sql`select owner_id as "staffId", count(*)::int as count from customer
        where owner_id = any(${[...staffIds]}::uuid[]) and deleted_at is null group by owner_id`,
  );

/** The newest hand-over of each of them. */
export const findHandOvers = (db: Reader, staffIds: readonly string[]): Promise<HandOver[]> =>
  db.query(
    'findHandOvers',
    sql`select staff_id as "staffId", to_staff_id as "toStaffId", customers, started_at as "startedAt", finished_at as "finishedAt"
        from hand_over where staff_id = any(${[...staffIds]}::uuid[])`,
  );

/** In the transaction that deactivates: the hand-over begins, and is due at once. */
export async function beginHandOver(tx: Tx, staffId: string): Promise<void> {
  await tx.query(
    'beginHandOver',
    sql`insert into hand_over (staff_id, started_at) values (${staffId}, ${tx.now})
        on conflict (staff_id) do update set started_at = excluded.started_at, finished_at = null, customers = 0, to_staff_id = null`,
  );
}

/** Works on the hand-overs that are due; a background task. Answers how many customers have another owner. */
export async function handOverCustomers(ctx: ServiceContext): Promise<number> {
  const due = await ctx.db.query<{ staffId: string }>(
    'findDueHandOvers',
    sql`select staff_id as "staffId" from hand_over where finished_at is null order by started_at limit ${SLICES}`,
  );
  let handedOver = 0;
  let slices = 0;
  for (const { staffId } of due) {
    for (let moved = 1; moved > 0 && slices < SLICES; slices++) {
      moved = await handOverSlice(ctx, staffId);
      handedOver += moved;
    }
  }
  return handedOver;
}

async function handOverSlice(ctx: ServiceContext, staffId: string): Promise<number> {
  const owned = await ctx.db.query<{ id: string }>(
    'findOwnedByInactive',
    sql`select c.id from customer c join staff_member s on s.id = c.owner_id
        where c.owner_id = ${staffId} and c.deleted_at is null and not s.active limit ${SLICE}`,
  );
  const lock = owned.map(({ id }) => id);
  return transact<number>({ ...ctx, actor: SYSTEM }, { lock: [...lock, staffId] }, async (tx) => {
    const staff = await tx.one<{ active: boolean }>('readOwnerAgain', sql`select active from staff_member where id = ${staffId} for share`);
    if (staff?.active) return finish(tx, staffId);
    const [successor] = await findSuccessors(tx, [staffId]);
    const stillActive =
      successor &&
      (await tx.one('holdSuccessor', sql`select 1 from staff_member where id = ${successor.successorId} and active for share`));
    const toStaffId = stillActive ? successor.successorId : null;
    const mine = await tx.query<{ id: string }>(
      'findStillOwned',
      sql`select id from customer where id = any(${lock}::uuid[]) and owner_id = ${staffId} and deleted_at is null`,
    );
    if (mine.length === 0) {
      if (owned.length > 0) return 0;
      await handOverViews(tx, staffId, toStaffId);
      return finish(tx, staffId);
    }
    const moved = await assignOwner(
      tx,
      mine.map(({ id }) => id),
      toStaffId,
    );
    await tx.query(
      'countHandedOver',
      sql`update hand_over set customers = customers + ${moved.length}, to_staff_id = ${toStaffId} where staff_id = ${staffId}`,
    );
    return moved.length;
  });
}

async function finish(tx: Tx, staffId: string): Promise<number> {
  const done = await tx.one<{ customers: number; toStaffId: string | null }>(
    'finishHandOver',
    sql`update hand_over set finished_at = ${tx.now} where staff_id = ${staffId} and finished_at is null
        returning customers, to_staff_id as "toStaffId"`,
  );
  if (done) tx.emit(fact('customers-handed-over', staffId, { staffId, toStaffId: done.toStaffId, customers: done.customers }));
  return 0;
}
