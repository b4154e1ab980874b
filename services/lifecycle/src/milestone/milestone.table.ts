// [Journey] Milestones and their named statements.
import { visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Database } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { compileFilter, type FilterField } from '@customer360/kernel/filter';
import { type Connection, connection, keyset, type PageArgs } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Fact } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type PagedSource, pagePerCustomer } from '../page-per-customer.ts';
import type { Milestone, MilestoneType } from './milestone.ts';

export const MilestoneEntity = new EntitySchema<Milestone>({
  name: 'Milestone',
  tableName: 'milestone',
  columns: {
    ...rowColumns,
    ...customerColumns,
    milestoneType: { name: 'milestone_type', type: 'text' },
    occurredAt: { name: 'occurred_at', type: 'timestamptz' },
    details: { type: 'jsonb', nullable: true },
    sourceRef: { name: 'source_ref', type: 'text', nullable: true },
  },
});

type Reader = Pick<Database, 'query' | 'one'>;
type OrderField = 'OCCURRED_AT' | 'CREATED_AT' | 'MILESTONE_TYPE';

const order = keyset<OrderField>({
  fields: {
    OCCURRED_AT: { column: raw('m.occurred_at'), type: 'timestamptz' },
    CREATED_AT: { column: raw('m.created_at'), type: 'timestamptz' },
    MILESTONE_TYPE: { column: raw('m.milestone_type'), type: 'text' },
  },
  id: raw('m.id'),
  default: [{ field: 'OCCURRED_AT', direction: 'DESC' }],
});

const FILTERS: Record<string, FilterField> = {
  customerId: { column: raw('m.customer_id'), type: 'uuid' },
  milestoneType: { column: raw('m.milestone_type'), type: 'enum' },
  occurredAt: { column: raw('m.occurred_at'), type: 'timestamptz' },
  createdAt: { column: raw('m.created_at'), type: 'timestamptz' },
  createdByKind: { column: raw('m.created_by_kind'), type: 'enum', toStored: (kind) => kind },
};

export type MilestoneListArgs = PageArgs<OrderField> & { filter?: object | null };
export type MilestonePage = Connection<Milestone & { cursor: string }>;

const source: PagedSource<Milestone, OrderField> = {
  name: 'milestone',
  select: columns(MilestoneEntity, 'm'),
  from: raw('milestone m'),
  customer: raw('m.customer_id'),
  living: raw('m.deleted_at is null'),
  order,
  filters: FILTERS,
  revive: (row) => row,
};

export const milestonesPerCustomer = pagePerCustomer(source);

/** A page of milestones of customers that the actor may see. */
export async function listMilestones(db: Database, actor: Actor, args: MilestoneListArgs): Promise<MilestonePage> {
  const plan = order.plan(args);
  const matching = sql`m.deleted_at is null and ${visibleCustomer(actor, raw('m.customer_id'))} and ${compileFilter(args.filter, FILTERS)}`;
  const rows = await db.query<Milestone & { cursor: string }>(
    'listMilestones',
    sql`select ${source.select}, ${plan.cursor} from milestone m where ${matching} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  const total = async () =>
    (await db.one<{ count: number }>('countMilestones', sql`select count(*)::int as count from milestone m where ${matching}`))!.count;
  return connection(rows, plan, total);
}

/** One milestone, deleted or not. */
export const findMilestone = (db: Reader, id: string): Promise<Milestone | undefined> =>
  db.one('findMilestone', sql`select ${columns(MilestoneEntity, 'm')} from milestone m where m.id = ${id}`);

/** The live milestone of this type, of those that happen once. */
export const findLiveOfType = (db: Reader, customerId: string, type: MilestoneType): Promise<Milestone | undefined> =>
  db.one(
    'findLiveMilestoneOfType',
    sql`select ${columns(MilestoneEntity, 'm')} from milestone m
        where m.customer_id = ${customerId} and m.milestone_type = ${type} and m.deleted_at is null limit 1`,
  );

type Told = Pick<Milestone, 'id' | 'customerId' | 'milestoneType' | 'occurredAt'>;

/** The fact that tells of a change; the timeline is built from these. */
export function milestoneFact(what: 'recorded' | 'restored' | 'deleted', { id, customerId, milestoneType, occurredAt }: Told): Fact {
  const told = { milestoneId: id, milestoneType };
  return {
    type: `crm.lifecycle.milestone-${what}.v1`,
    key: customerId,
    data: what === 'deleted' ? told : { ...told, occurredAt: occurredAt.toISOString() },
  };
}

export const milestoneUpdatedFact = ({ id, customerId, milestoneType, occurredAt }: Told, changedFields: readonly string[]): Fact => ({
  type: 'crm.lifecycle.milestone-updated.v1',
  key: customerId,
  data: { milestoneId: id, milestoneType, occurredAt: occurredAt.toISOString(), changedFields },
});
