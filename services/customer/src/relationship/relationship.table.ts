// The relationship table: schema and list. [Relationship AC-2] is held by an exclusion constraint over the pair, the type and the days.
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleCustomer } from '../scope.ts';
import type { Relationship } from './relationship.ts';

export const RelationshipTable = new EntitySchema<Relationship>({
  name: 'relationship',
  columns: {
    ...rowColumns,
    fromCustomerId: { name: 'from_customer_id', type: 'uuid' },
    originFromCustomerId: { name: 'origin_from_customer_id', type: 'uuid', update: false },
    toCustomerId: { name: 'to_customer_id', type: 'uuid' },
    originToCustomerId: { name: 'origin_to_customer_id', type: 'uuid', update: false },
    relationshipType: { name: 'relationship_type', type: 'text' },
    notes: { type: 'text', nullable: true },
    startDate: { name: 'start_date', type: 'date', nullable: true },
    endDate: { name: 'end_date', type: 'date', nullable: true },
    deletionId: { name: 'deletion_id', type: 'uuid', nullable: true },
  },
});

export const relationshipSelect = columns(RelationshipTable, 't');

export const relationshipList: ListSpec<Relationship> = {
  name: 'listRelationships',
  select: relationshipSelect,
  from: raw('relationship t join customer f on f.id = t.from_customer_id join customer c on c.id = t.to_customer_id'),
  visible: (actor, includeDeleted) =>
    sql`${visibleCustomer(actor, 'f', includeDeleted)} and ${visibleCustomer(actor, 'c', includeDeleted)} and ${raw(includeDeleted ? 'true' : 't.deleted_at is null')}`,
  search: searchIn('t.notes'),
  order: keyset({
    fields: {
      START_DATE: { column: raw('t.start_date'), type: 'date', nullable: true },
      END_DATE: { column: raw('t.end_date'), type: 'date', nullable: true },
      CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' },
    },
    id: raw('t.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    fromCustomerId: customerField('t.from_customer_id'),
    toCustomerId: customerField('t.to_customer_id'),
    relationshipType: field('t.relationship_type', 'enum'),
    startDate: field('t.start_date', 'date'),
    endDate: field('t.end_date', 'date'),
    createdAt: field('t.created_at', 'timestamptz'),
  },
};

/** The live relationship of the same kind whose days overlap, if any. */
export const overlapping = (
  tx: Tx,
  wanted: Pick<Relationship, 'fromCustomerId' | 'toCustomerId' | 'relationshipType' | 'startDate' | 'endDate'>,
  except: string | null,
): Promise<{ id: string } | undefined> =>
  tx.one(
    'findOverlappingRelationship',
    sql`select id from relationship where deleted_at is null and id is distinct from ${except}::uuid
          and from_customer_id = ${wanted.fromCustomerId} and to_customer_id = ${wanted.toCustomerId}
          and relationship_type = ${wanted.relationshipType}
          and daterange(start_date, end_date) && daterange(${wanted.startDate}::date, ${wanted.endDate}::date) limit 1`,
  );
