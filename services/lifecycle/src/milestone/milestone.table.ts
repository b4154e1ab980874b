// [Journey] Milestones and their named statements.
import { customerField, visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list, pagesBelow } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { and, columns, raw, sql } from '@customer360/kernel/sql';
import type { Fact } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
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

const milestoneList: ListSpec<Milestone> = {
  name: 'listMilestones',
  select: columns(MilestoneEntity, 'm'),
  from: raw('milestone m'),
  filter: {
    customerId: customerField('m.customer_id'),
    milestoneType: field('m.milestone_type', 'enum'),
    occurredAt: field('m.occurred_at', 'timestamptz'),
    createdAt: field('m.created_at', 'timestamptz'),
    createdByKind: field('m.created_by_kind', 'enum'),
  },
  order: keyset({
    fields: {
      OCCURRED_AT: { column: raw('m.occurred_at'), type: 'timestamptz' },
      CREATED_AT: { column: raw('m.created_at'), type: 'timestamptz' },
      MILESTONE_TYPE: { column: raw('m.milestone_type'), type: 'text' },
    },
    id: raw('m.id'),
    default: [{ field: 'OCCURRED_AT', direction: 'DESC' }],
  }),
};

const living = raw('m.deleted_at is null');

/** A page of milestones of customers that the actor may see. */
export const listMilestones = (db: Reader, actor: Actor, args: ListArgs) =>
  list(db, milestoneList, and(living, visibleCustomer(actor, raw('m.customer_id'))), args);

/** Pages of the milestones of customers. */
export const milestonesOfCustomer = (db: Reader) => pagesBelow(db, milestoneList, living, raw('m.customer_id = parent.id'));

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
