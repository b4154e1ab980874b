// [LifecycleHistory AC-1] The audit trail of stage changes: rows are only ever added; a trigger and the missing grants refuse all else.
import { visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Database } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { compileFilter, type FilterField } from '@customer360/kernel/filter';
import { type Connection, connection, keyset, type PageArgs } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { stageJson, stageOf } from '../lifecycle-stage/lifecycle-stage.table.ts';
import { type PagedSource, pagePerCustomer } from '../page-per-customer.ts';
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

const order = keyset<'CHANGED_AT'>({
  fields: { CHANGED_AT: { column: raw('h.changed_at'), type: 'timestamptz' } },
  id: raw('h.id'),
  default: [{ field: 'CHANGED_AT', direction: 'DESC' }],
});

const FILTERS: Record<string, FilterField> = {
  customerId: { column: raw('h.customer_id'), type: 'uuid' },
  fromStageId: { column: raw('h.from_stage_id'), type: 'uuid' },
  toStageId: { column: raw('h.to_stage_id'), type: 'uuid' },
  changedAt: { column: raw('h.changed_at'), type: 'timestamptz' },
  changedById: { column: raw("(case when h.created_by_kind = 'STAFF' then h.created_by_id::uuid end)"), type: 'uuid' },
  trigger: { column: raw('h.trigger'), type: 'enum' },
  override: { column: raw('h.override'), type: 'bool' },
};

const SELECT = sql`${columns(LifecycleHistoryEntity, 'h')}, ${stageJson('fs')} as "fromStage", ${stageJson('ts')} as "toStage"`;
const FROM = raw(
  'lifecycle_history h join lifecycle_stage ts on ts.id = h.to_stage_id left join lifecycle_stage fs on fs.id = h.from_stage_id',
);
const revive = <R extends HistoryWithStages>(row: R): R => ({ ...row, fromStage: stageOf(row.fromStage), toStage: stageOf(row.toStage) });

export type HistoryListArgs = PageArgs<'CHANGED_AT'> & { filter?: object | null; search?: string | null };
export type HistoryPage = Connection<HistoryWithStages & { cursor: string }>;

/** How pages of history are read for many customers at once. */
export const historySource: PagedSource<HistoryWithStages, 'CHANGED_AT'> = {
  name: 'history',
  select: SELECT,
  from: FROM,
  customer: raw('h.customer_id'),
  living: raw('true'),
  order,
  filters: FILTERS,
  revive,
};

export const historyPerCustomer = pagePerCustomer(historySource);

/** A page of stage changes of customers that the actor may see. */
export async function listHistory(db: Database, actor: Actor, args: HistoryListArgs): Promise<HistoryPage> {
  const plan = order.plan(args);
  const search = args.search ? sql`position(lower(${args.search}) in lower(h.reason)) > 0` : raw('true');
  const matching = sql`${visibleCustomer(actor, raw('h.customer_id'))} and ${search} and ${compileFilter(args.filter, FILTERS)}`;
  const rows = await db.query<HistoryWithStages & { cursor: string }>(
    'listHistory',
    sql`select ${SELECT}, ${plan.cursor} from ${FROM} where ${matching} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  const total = async () =>
    (await db.one<{ count: number }>('countHistory', sql`select count(*)::int as count from ${FROM} where ${matching}`))!.count;
  return connection(rows.map(revive), plan, total);
}
