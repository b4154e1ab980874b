// Where interactions live, and every statement that reads or writes them. Lists, customer pages and single rows share one scope:
// not deleted, and the customer visible to the caller.
import { visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type ListSpec, lower, type Reader } from '../list.ts';
import type { Interaction } from './interaction.ts';

export const InteractionTable = new EntitySchema<Interaction>({
  name: 'interaction',
  tableName: 'interaction',
  columns: {
    ...rowColumns,
    ...customerColumns,
    contactId: { name: 'contact_id', type: 'uuid', nullable: true },
    interactionType: { name: 'interaction_type', type: 'text' },
    direction: { type: 'text' },
    subject: { type: 'text', nullable: true },
    description: { type: 'text', nullable: true },
    occurredAt: { name: 'occurred_at', type: 'timestamptz' },
    durationMinutes: { name: 'duration_minutes', type: 'int', nullable: true },
    outcome: { type: 'text', nullable: true },
    sentiment: { type: 'text', nullable: true },
    source: { type: 'text' },
    externalId: { name: 'external_id', type: 'text', nullable: true },
    backdated: { type: 'boolean' },
    relatedRecords: { name: 'related_records', type: 'jsonb' },
  },
});

/** The select list; alias `r`, as everywhere in this service. */
export const interactionColumns: Sql = columns(InteractionTable, 'r');

/** The list of interactions: what can be filtered and ordered, and who sees what. */
export const interactionList: ListSpec<Interaction> = {
  noun: 'Interaction',
  table: raw('interaction'),
  columns: interactionColumns,
  scope: (actor) => visibleCustomer(actor, raw('r.customer_id')),
  filters: {
    id: { column: raw('r.id'), type: 'uuid' },
    customerId: { column: raw('r.customer_id'), type: 'uuid' },
    contactId: { column: raw('r.contact_id'), type: 'uuid' },
    interactionType: { column: raw('r.interaction_type'), type: 'enum', toStored: lower },
    direction: { column: raw('r.direction'), type: 'enum', toStored: lower },
    outcome: { column: raw('r.outcome'), type: 'enum', toStored: lower },
    sentiment: { column: raw('r.sentiment'), type: 'enum', toStored: lower },
    source: { column: raw('r.source'), type: 'enum', toStored: lower },
    subject: { column: raw('r.subject'), type: 'text' },
    externalId: { column: raw('r.external_id'), type: 'text' },
    occurredAt: { column: raw('r.occurred_at'), type: 'timestamptz' },
    durationMinutes: { column: raw('r.duration_minutes'), type: 'int' },
    backdated: { column: raw('r.backdated'), type: 'bool' },
    createdById: { column: raw('r.created_by_id'), type: 'text' },
    createdAt: { column: raw('r.created_at'), type: 'timestamptz' },
    updatedAt: { column: raw('r.updated_at'), type: 'timestamptz' },
  },
  keyset: keyset({
    fields: {
      OCCURRED_AT: { column: raw('r.occurred_at'), type: 'timestamptz' },
      CREATED_AT: { column: raw('r.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('r.updated_at'), type: 'timestamptz' },
      INTERACTION_TYPE: { column: raw('r.interaction_type'), type: 'text' },
      SUBJECT: { column: raw('r.subject'), type: 'text', nullable: true },
      DURATION_MINUTES: { column: raw('r.duration_minutes'), type: 'int', nullable: true },
    },
    id: raw('r.id'),
    default: [{ field: 'OCCURRED_AT', direction: 'DESC' }],
  }),
};

/** One interaction within the caller's rows; deleted ones only when asked for. */
export const findInteraction = (reader: Reader, actor: Actor, id: string, deleted = false): Promise<Interaction | undefined> =>
  reader.one(
    'findInteraction',
    sql`select ${interactionColumns} from interaction r
        where r.id = ${id} and (${deleted} or r.deleted_at is null) and ${interactionList.scope(actor)}`,
  );

/** Many interactions within the caller's rows, for the loader. */
export const findInteractions = (reader: Reader, actor: Actor, ids: readonly string[]): Promise<Interaction[]> =>
  reader.query(
    'findInteractions',
    sql`select ${interactionColumns} from interaction r
        where r.id = any(${[...ids]}::uuid[]) and r.deleted_at is null and ${interactionList.scope(actor)}`,
  );

/** The undeleted interaction with this external id, whoever may see it. [Interaction AC-2] */
export const findByExternalId = (tx: Tx, externalId: string): Promise<Interaction | undefined> =>
  tx.one(
    'findByExternalId',
    sql`select ${interactionColumns} from interaction r where r.external_id = ${externalId} and r.deleted_at is null`,
  );

/** Those of the external ids that some interaction has or, deleted, once had. */
export const knownExternalIds = async (tx: Tx, externalIds: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await tx.query<{ id: string }>(
        'knownExternalIds',
        sql`select distinct external_id as id from interaction where external_id = any(${[...externalIds]}::text[])`,
      )
    ).map((row) => row.id),
  );
