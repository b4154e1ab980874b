// Where notes live, and the one SQL of who may see them [Note AC-2], used by lists, counts, single rows, search and the timeline alike: a route
// with its own idea of visibility would be the leak.
import { customerField, teamOf, visibleCustomer } from '@customer360/customer-data/directory';
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { and, columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import { type ListSpec, matches } from '../list.ts';
import type { Note } from './note.ts';

export const NoteTable = new EntitySchema<Note>({
  name: 'note',
  tableName: 'note',
  columns: {
    ...rowColumns,
    customerId: { name: 'customer_id', type: 'uuid', nullable: true },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid', nullable: true, update: false },
    relatedType: { name: 'related_type', type: 'text', nullable: true },
    relatedId: { name: 'related_id', type: 'uuid', nullable: true },
    title: { type: 'text', nullable: true },
    content: { type: 'text' },
    isPinned: { name: 'is_pinned', type: 'boolean' },
    visibility: { type: 'text' },
  },
});

const noteColumns: Sql = columns(NoteTable, 'r');

/** The columns that decide who sees a note: its visibility, and its author's kind and id. */
interface Authored {
  visibility: Sql;
  authorKind: Sql;
  authorId: Sql;
}

/**
 * private: the author. team: the author's team, and admins. all: everybody who sees the customer. A dpo and an auditor read every note, so
 * that an access request is complete (decided in this service's README), but write only what the rule lets them.
 */
export function visibleNote(actor: Actor, { visibility, authorKind, authorId }: Authored, purpose: 'read' | 'write' = 'read'): Sql {
  if (actor.kind === 'SYSTEM' || (purpose === 'read' && hasRole(actor, 'dpo', 'auditor'))) return raw('true');
  const own = sql`(${authorKind} = ${actor.kind} and ${authorId} = ${actor.id})`;
  const mates = sql`${authorKind} = 'STAFF' and ${authorId} in (select team.staff_id::text from (${teamOf(actor.id)}) team)`;
  const team = hasRole(actor, 'admin') ? raw('true') : actor.kind === 'STAFF' ? mates : raw('false');
  return sql`(${visibility} = 'all' or ${own} or (${visibility} = 'team' and ${team}))`;
}

const authored: Authored = { visibility: raw('r.visibility'), authorKind: raw('r.created_by_kind'), authorId: raw('r.created_by_id') };

const scope = (actor: Actor, purpose: 'read' | 'write' = 'read'): Sql =>
  and(sql`r.customer_id is null or ${visibleCustomer(actor, raw('r.customer_id'))}`, visibleNote(actor, authored, purpose));

/** The list of notes: what can be filtered and ordered, and who sees what. */
export const noteList: ListSpec<Note> = {
  name: 'listNotes',
  select: noteColumns,
  from: raw('note r'),
  search: matches,
  scope,
  filter: {
    id: field('r.id', 'uuid'),
    customerId: customerField('r.customer_id'),
    relatedType: field('r.related_type', 'text'),
    relatedId: field('r.related_id', 'uuid'),
    title: field('r.title', 'text'),
    isPinned: field('r.is_pinned', 'bool'),
    visibility: field('r.visibility', 'enum'),
    createdById: field('r.created_by_id', 'text'),
    createdAt: field('r.created_at', 'timestamptz'),
    updatedAt: field('r.updated_at', 'timestamptz'),
  },
  order: keyset({
    fields: {
      IS_PINNED: { column: raw('r.is_pinned'), type: 'bool' },
      CREATED_AT: { column: raw('r.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('r.updated_at'), type: 'timestamptz' },
      TITLE: { column: raw('r.title'), type: 'text', nullable: true },
    },
    id: raw('r.id'),
    default: [
      { field: 'IS_PINNED', direction: 'DESC' },
      { field: 'CREATED_AT', direction: 'DESC' },
    ],
  }),
};

/** One note that the caller may see; deleted ones only when asked for, `write` without the readers of everything. */
export const findNote = (
  reader: Reader,
  actor: Actor,
  id: string,
  { deleted = false, purpose = 'read' as 'read' | 'write' } = {},
): Promise<Note | undefined> =>
  reader.one(
    'findNote',
    sql`select ${noteColumns} from note r where r.id = ${id} and (${deleted} or r.deleted_at is null) and ${scope(actor, purpose)}`,
  );

/** Many notes that the caller may see, for the loader. */
export const findNotes = (reader: Reader, actor: Actor, ids: readonly string[]): Promise<Note[]> =>
  reader.query(
    'findNotes',
    sql`select ${noteColumns} from note r where r.id = any(${[...ids]}::uuid[]) and r.deleted_at is null and ${scope(actor)}`,
  );
