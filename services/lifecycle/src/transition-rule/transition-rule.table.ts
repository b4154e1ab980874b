// [WF-LC-001] Transition rules, one row a pair of stages; the whole set is read at once, since it is bounded by the number of stages.
import type { ActorKind } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { columns, sql } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import type { TransitionRule } from './transition-rule.ts';

export interface TransitionRuleRow extends TransitionRule {
  id: string;
  createdAt: Date;
  createdByKind: ActorKind;
  createdById: string;
}

export const TransitionRuleEntity = new EntitySchema<TransitionRuleRow>({
  name: 'TransitionRule',
  tableName: 'transition_rule',
  columns: {
    id: rowColumns.id,
    fromStageId: { name: 'from_stage_id', type: 'uuid' },
    toStageId: { name: 'to_stage_id', type: 'uuid' },
    requiresOverride: { name: 'requires_override', type: 'boolean' },
    createdAt: rowColumns.createdAt,
    createdByKind: rowColumns.createdByKind,
    createdById: rowColumns.createdById,
  },
});

/** All rules, by the order of their stages. */
export const listRules = (db: Reader): Promise<TransitionRuleRow[]> =>
  db.query(
    'listRules',
    sql`select ${columns(TransitionRuleEntity, 'r')} from transition_rule r
        join lifecycle_stage f on f.id = r.from_stage_id join lifecycle_stage t on t.id = r.to_stage_id
        order by f.display_order, f.id, t.display_order, t.id`,
  );

/** Customers that are in a stage which none of these stages' rules leave. */
export async function countWithoutExit(db: Reader, stagesWithExit: readonly string[]): Promise<number> {
  const row = await db.one<{ count: number }>(
    'countWithoutExit',
    sql`select count(*)::int as count from customer_lifecycle l join directory_customer d on d.customer_id = l.customer_id and d.deleted_at is null
        where l.current_stage_id <> all(${[...stagesWithExit]}::uuid[])`,
  );
  return row!.count;
}
