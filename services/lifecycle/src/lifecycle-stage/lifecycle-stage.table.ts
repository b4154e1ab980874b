// [LifecycleStage] The table of stages and its named statements. It is small (at most 50 rows) and read with almost everything, so other
// statements join a stage as one JSON column instead of asking again.
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { LifecycleStage } from './lifecycle-stage.ts';

export const LifecycleStageEntity = new EntitySchema<LifecycleStage>({
  name: 'LifecycleStage',
  tableName: 'lifecycle_stage',
  columns: {
    ...rowColumns,
    name: { type: 'text' },
    displayOrder: { name: 'display_order', type: 'int' },
    category: { type: 'text' },
    color: { type: 'text', nullable: true },
    description: { type: 'text', nullable: true },
    isActive: { name: 'is_active', type: 'boolean' },
  },
});

/** A joined stage as one JSON column; null where the join found none. Read it with `stageOf`. */
export function stageJson(alias: string): Sql {
  const pairs = Object.entries(LifecycleStageEntity.options.columns).map(
    ([property, column]) => `'${property}', ${alias}.${column!.name ?? property}`,
  );
  return raw(`case when ${alias}.id is null then null else jsonb_build_object(${pairs.join(', ')}) end`);
}

/** A stage from its JSON column: instants become Dates again. */
export function stageOf<J extends object | null>(json: J): J extends null ? LifecycleStage | null : LifecycleStage {
  if (json === null) return null as never;
  const stage = json as unknown as LifecycleStage;
  return {
    ...stage,
    createdAt: new Date(stage.createdAt),
    updatedAt: new Date(stage.updatedAt),
    deletedAt: stage.deletedAt && new Date(stage.deletedAt),
  } as never;
}

/** All stages that are not deleted, in order. */
export const listStages = (db: Reader): Promise<LifecycleStage[]> =>
  db.query(
    'listStages',
    sql`select ${columns(LifecycleStageEntity, 's')} from lifecycle_stage s where s.deleted_at is null order by s.display_order, s.id`,
  );

/** One stage, deleted or not. */
export const findStage = (db: Reader, id: string): Promise<LifecycleStage | undefined> =>
  db.one('findStage', sql`select ${columns(LifecycleStageEntity, 's')} from lifecycle_stage s where s.id = ${id}`);

/** Stages by id, deleted or not. */
export const findStages = (db: Reader, ids: readonly string[]): Promise<LifecycleStage[]> =>
  db.query('findStages', sql`select ${columns(LifecycleStageEntity, 's')} from lifecycle_stage s where s.id = any(${[...ids]}::uuid[])`);

/** The live stage of this name, ignoring case. */
export const findStageByName = (db: Reader, name: string): Promise<LifecycleStage | undefined> =>
  db.one(
    'findStageByName',
    sql`select ${columns(LifecycleStageEntity, 's')} from lifecycle_stage s where lower(s.name) = lower(${name}) and s.deleted_at is null`,
  );

/** Customers (soft-deleted ones too: a restore needs their stage) and rules that refer to a stage. */
export async function stageUse(db: Reader, id: string): Promise<{ customerCount: number; ruleCount: number }> {
  const use = await db.one<{ customerCount: number; ruleCount: number }>(
    'stageUse',
    sql`select (select count(*)::int from customer_lifecycle where current_stage_id = ${id}) as "customerCount",
               (select count(*)::int from transition_rule where from_stage_id = ${id} or to_stage_id = ${id}) as "ruleCount"`,
  );
  return use!;
}

/** Number of customers per stage that are not deleted. */
export const countCustomers = (db: Reader, ids: readonly string[]): Promise<Array<{ stageId: string; count: number }>> =>
  db.query(
    'countStageCustomers',
    sql`select l.current_stage_id as "stageId", count(*)::int as count
        from customer_lifecycle l join directory_customer d on d.customer_id = l.customer_id and d.deleted_at is null
        where l.current_stage_id = any(${[...ids]}::uuid[]) group by 1`,
  );

/**
 * Nobody enters a stage while it is being edited: movers share this lock, editors take it alone. Always after the customers' locks.
 * (Row locks on the few stages would make every stage change of every customer write to the same rows.)
 */
export async function holdStages(tx: Tx, how: 'shared' | 'exclusive'): Promise<void> {
  const lock = raw(how === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  await tx.query('holdStages', sql`select ${lock}(hashtextextended('lifecycle-stages', 0))`);
}
