// [Sales to CRM: Deal closed] Automatic stage changes that could not be made: a queue that managers look at.
import { customerField, visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { type CustomerChild, customerColumns, type Row, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { stageJson, stageOf } from '../lifecycle-stage/lifecycle-stage.table.ts';
import type { LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';

export const REFUSAL_REASONS = ['no_path', 'processing_restricted'] as const;

export interface StageRefusal extends Row, CustomerChild {
  opportunityId: string;
  fromStageId: string;
  toStageId: string;
  reason: (typeof REFUSAL_REASONS)[number];
  resolvedAt: Date | null;
}

export interface RefusalWithStages extends StageRefusal {
  fromStage: LifecycleStage;
  toStage: LifecycleStage;
}

export const StageRefusalEntity = new EntitySchema<StageRefusal>({
  name: 'StageRefusal',
  tableName: 'stage_refusal',
  columns: {
    ...rowColumns,
    ...customerColumns,
    opportunityId: { name: 'opportunity_id', type: 'text' },
    fromStageId: { name: 'from_stage_id', type: 'uuid' },
    toStageId: { name: 'to_stage_id', type: 'uuid' },
    reason: { type: 'text' },
    resolvedAt: { name: 'resolved_at', type: 'timestamptz', nullable: true },
  },
});

export type NewRefusal = Pick<StageRefusal, 'customerId' | 'opportunityId' | 'fromStageId' | 'toStageId' | 'reason'>;

/** Records refusals; one that is open already for its deal stays as it is. */
export async function recordRefusals(tx: Tx, refusals: readonly NewRefusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const rows = await tx.query<NewRefusal & { id: string }>(
    'recordRefusals',
    sql`insert into stage_refusal as r (id, customer_id, origin_customer_id, opportunity_id, from_stage_id, to_stage_id, reason,
          created_at, updated_at, created_by_kind, created_by_id)
        select id, customer_id, customer_id, opportunity_id, from_id, to_id, reason, ${tx.now}, ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}
        from unnest(${refusals.map(() => crypto.randomUUID())}::uuid[], ${refusals.map((r) => r.customerId)}::uuid[], ${refusals.map((r) => r.opportunityId)}::text[],
          ${refusals.map((r) => r.fromStageId)}::uuid[], ${refusals.map((r) => r.toStageId)}::uuid[], ${refusals.map((r) => r.reason)}::text[])
          as new(id, customer_id, opportunity_id, from_id, to_id, reason)
        on conflict (opportunity_id) where resolved_at is null do nothing
        returning r.id, r.customer_id as "customerId", r.opportunity_id as "opportunityId", r.from_stage_id as "fromStageId", r.to_stage_id as "toStageId", r.reason`,
  );
  for (const { id, customerId, ...rest } of rows) {
    tx.emit({ type: 'crm.lifecycle.stage-refused.v1', key: customerId, data: { refusalId: id, ...rest } });
  }
}

/** The restriction was lifted and these deals were worked off. */
export async function resolveRestrictedRefusals(tx: Tx, opportunityIds: readonly string[]): Promise<void> {
  if (opportunityIds.length === 0) return;
  const rows = await tx.query<{ id: string; customerId: string }>(
    'resolveRestrictedRefusals',
    sql`update stage_refusal set resolved_at = ${tx.now}, updated_at = ${tx.now}, version = version + 1
        where opportunity_id = any(${[...opportunityIds]}::text[]) and resolved_at is null and reason = 'processing_restricted'
        returning id, customer_id as "customerId"`,
  );
  for (const { id, customerId } of rows) tx.emit(refusalResolvedFact(customerId, id));
}

export const refusalResolvedFact = (customerId: string, refusalId: string) => ({
  type: 'crm.lifecycle.stage-refusal-resolved.v1',
  key: customerId,
  data: { refusalId },
});

const SELECT = sql`${columns(StageRefusalEntity, 'r')}, ${stageJson('fs')} as "fromStage", ${stageJson('ts')} as "toStage"`;
const FROM = raw('stage_refusal r join lifecycle_stage fs on fs.id = r.from_stage_id join lifecycle_stage ts on ts.id = r.to_stage_id');
const revive = <R extends RefusalWithStages>(row: R): R => ({ ...row, fromStage: stageOf(row.fromStage), toStage: stageOf(row.toStage) });

/** One refusal with its stages. */
export async function findRefusal(db: Reader, id: string): Promise<RefusalWithStages | undefined> {
  const row = await db.one<RefusalWithStages>('findRefusal', sql`select ${SELECT} from ${FROM} where r.id = ${id}`);
  return row && revive(row);
}

const refusalList: ListSpec<RefusalWithStages> = {
  name: 'listRefusals',
  select: SELECT,
  from: FROM,
  filter: {
    customerId: customerField('r.customer_id'),
    reason: field('r.reason', 'enum'),
    resolvedAt: field('r.resolved_at', 'timestamptz'),
    createdAt: field('r.created_at', 'timestamptz'),
  },
  order: keyset({
    fields: { CREATED_AT: { column: raw('r.created_at'), type: 'timestamptz' } },
    id: raw('r.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  revive,
};

/** A page of refusals of customers that the actor may see. */
export const listRefusals = (db: Reader, actor: Actor, args: ListArgs) =>
  list(db, refusalList, visibleCustomer(actor, raw('r.customer_id')), args);
