// [LifecycleHistory AC-1] The audit trail of stage changes: rows are only ever added; a trigger and the missing grants refuse all else.
import { survivorOf, visibleCustomer } from '@customer360/customer-data/directory';
import { sidesOfParent, withSides } from '@customer360/customer-data/sides';
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field, limited } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list, pagesBelow, searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { stageJson, stageOf } from '../lifecycle-stage/lifecycle-stage.table.ts';
import type { HistoryWithStages, LifecycleHistory } from './lifecycle-history.ts';

export const LifecycleHistoryEntity = new EntitySchema<LifecycleHistory>({
  name: 'LifecycleHistory',
  tableName: 'lifecycle_history',
  columns: {
    id: rowColumns.id,
    ...customerColumns,
    fromStageId: { name: 'from_stage_id', type: 'uuid', nullable: true },
    toStageId: { name: 'to_stage_id', type: 'uuid' },
    changedAt: { name: 'changed_at', type: 'timestamptz' },
    reason: { type: 'text', nullable: true },
    trigger: { type: 'text' },
    override: { type: 'boolean' },
    createdAt: rowColumns.createdAt,
    createdByKind: rowColumns.createdByKind,
    createdById: rowColumns.createdById,
  },
});

type NewHistory = Omit<LifecycleHistory, 'originCustomerId' | 'createdAt' | 'createdByKind' | 'createdById'>;

/** Adds history rows, by the transaction's actor. */
export async function insertHistory(tx: Tx, rows: readonly NewHistory[]): Promise<void> {
  await tx.query(
    'insertHistory',
    sql`insert into lifecycle_history (id, customer_id, origin_customer_id, from_stage_id, to_stage_id, changed_at, reason, trigger, override,
          created_at, created_by_kind, created_by_id)
        select id, customer_id, customer_id, from_stage_id, to_stage_id, changed_at, reason, trigger, override, ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}
        from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.customerId)}::uuid[], ${rows.map((r) => r.fromStageId)}::uuid[],
          ${rows.map((r) => r.toStageId)}::uuid[], ${rows.map((r) => r.changedAt)}::timestamptz[], ${rows.map((r) => r.reason)}::text[],
          ${rows.map((r) => r.trigger)}::text[], ${rows.map((r) => r.override)}::boolean[])
          as new(id, customer_id, from_stage_id, to_stage_id, changed_at, reason, trigger, override)`,
  );
}

/** History stays with the identity that it happened to; the survivor answers for it, and who sees the survivor sees it. */
const visible = (actor: Actor): Sql => sql`(${visibleCustomer(actor, raw('h.customer_id'))} or exists (
    select 1 from directory_customer led where led.customer_id = h.customer_id and led.merged_into is not null
      and ${visibleCustomer(actor, raw('led.merged_into'))}))`;

/** The history of these customers, and of every identity that was merged into them. */
function ofCustomers(operator: string, operand: unknown, path: string): Sql {
  if (operator === 'isNull') return raw(operand ? 'false' : 'true');
  const ids = limited([operand].flat(), path);
  const among = sql`h.customer_id = any(array(
      with led as (select ${survivorOf(raw('given.id'))} as id from unnest(${ids}::uuid[]) as given(id))
      select id from led union select d.customer_id from directory_customer d join led on d.merged_into = led.id))`;
  return operator === 'ne' || operator === 'notIn' ? sql`not ${among}` : among;
}

const historyList: ListSpec<HistoryWithStages> = {
  name: 'listHistory',
  select: sql`${columns(LifecycleHistoryEntity, 'h')}, ${stageJson('fs')} as "fromStage", ${stageJson('ts')} as "toStage"`,
  from: raw('lifecycle_history h join lifecycle_stage ts on ts.id = h.to_stage_id left join lifecycle_stage fs on fs.id = h.from_stage_id'),
  search: searchIn('h.reason'),
  filter: {
    customerId: { ...field('h.customer_id', 'uuid'), leaf: ofCustomers },
    fromStageId: field('h.from_stage_id', 'uuid'),
    toStageId: field('h.to_stage_id', 'uuid'),
    changedAt: field('h.changed_at', 'timestamptz'),
    changedById: field("(case when h.created_by_kind = 'STAFF' then h.created_by_id::uuid end)", 'uuid'),
    trigger: field('h.trigger', 'enum'),
    override: field('h.override', 'bool'),
  },
  order: keyset({
    fields: { CHANGED_AT: { column: raw('h.changed_at'), type: 'timestamptz' } },
    id: raw('h.id'),
    default: [{ field: 'CHANGED_AT', direction: 'DESC' }],
  }),
  revive: (row) => ({ ...row, fromStage: stageOf(row.fromStage), toStage: stageOf(row.toStage) }),
};

/** A page of stage changes of customers that the actor may see. */
export const listHistory = (db: Reader, actor: Actor, args: ListArgs) => list(db, historyList, visible(actor), args);

/** Pages of the stage changes of customers. */
export const historyOfCustomer = (db: Reader) =>
  pagesBelow(db, historyList, raw('true'), sql`h.customer_id in ${sidesOfParent}`, withSides);
