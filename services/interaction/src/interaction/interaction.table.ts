// Where interactions live, and every statement that reads or writes them. Lists, customer pages and single rows share one scope:
// not deleted, and the customer visible to the caller.
import { customerField, visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { and, columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type ListSpec, matches } from '../list.ts';
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
  name: 'listInteractions',
  select: interactionColumns,
  from: raw('interaction r'),
  search: matches,
  scope: (actor) => visibleCustomer(actor, raw('r.customer_id')),
  filter: {
    id: field('r.id', 'uuid'),
    customerId: customerField('r.customer_id'),
    contactId: field('r.contact_id', 'uuid'),
    interactionType: field('r.interaction_type', 'enum'),
    direction: field('r.direction', 'enum'),
    outcome: field('r.outcome', 'enum'),
    sentiment: field('r.sentiment', 'enum'),
    source: field('r.source', 'enum'),
    subject: field('r.subject', 'text'),
    externalId: field('r.external_id', 'text'),
    occurredAt: field('r.occurred_at', 'timestamptz'),
    durationMinutes: field('r.duration_minutes', 'int'),
    backdated: field('r.backdated', 'bool'),
    createdById: field('r.created_by_id', 'text'),
    createdAt: field('r.created_at', 'timestamptz'),
    updatedAt: field('r.updated_at', 'timestamptz'),
  },
  order: keyset({
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

/** What customers see of their own in the portal: these kinds. [WF-CM-003] */
export const ownInteractionList = (types: readonly Interaction['interactionType'][]): ListSpec<Interaction> => ({
  ...interactionList,
  name: 'listOwnInteractions',
  scope: (actor) => and(interactionList.scope(actor), sql`r.interaction_type = any(${[...types]}::text[])`),
});

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
