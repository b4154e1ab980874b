// The saved views: schema, list, and who sees which: the own ones, those shared with everybody or with the own team, and of shared ones an admin all.
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { isUuid } from '@customer360/kernel/scalars';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import type { SavedView } from './saved-view.ts';

export const SavedViewTable = new EntitySchema<SavedView>({
  name: 'saved_view',
  columns: {
    ...rowColumns,
    ownerId: { name: 'owner_id', type: 'uuid', nullable: true },
    name: { type: 'text' },
    search: { type: 'text', nullable: true },
    filter: { type: 'jsonb', nullable: true },
    orderBy: { name: 'order_by', type: 'jsonb' },
    columns: { type: 'text', array: true },
    audience: { type: 'text' },
    team: { type: 'text', nullable: true },
  },
});

const select = columns(SavedViewTable, 'v');

function visible(actor: Actor): Sql {
  if (hasRole(actor, 'admin')) return sql`(v.audience <> 'only_me' or v.owner_id = ${ownId(actor)})`;
  return sql`(v.owner_id = ${ownId(actor)} or v.audience = 'everybody'
    or (v.audience = 'team' and v.team = (select me.team from staff_member me where me.id = ${ownId(actor)} and me.deleted_at is null)))`;
}

/** A token's `sub` need not be a UUID; then it is nobody in the directory. */
const ownId = ({ id }: Actor): Sql => sql`${isUuid(id) ? id : null}::uuid`;

export const savedViewList: ListSpec<SavedView> = {
  name: 'listSavedViews',
  select,
  from: raw('saved_view v'),
  visible,
  search: searchIn('v.name'),
  order: keyset({
    fields: { NAME: { column: raw('lower(v.name)'), type: 'text' }, UPDATED_AT: { column: raw('v.updated_at'), type: 'timestamptz' } },
    id: raw('v.id'),
    default: [{ field: 'NAME', direction: 'ASC' }],
  }),
  filter: { name: field('v.name', 'text'), ownerId: field('v.owner_id', 'uuid'), audience: field('v.audience', 'enum') },
};

/** A view as the actor may see it. */
export const findSavedView = (reader: Reader, actor: Actor, id: string): Promise<SavedView | undefined> =>
  reader.one('findSavedView', sql`select ${select} from saved_view v where v.id = ${id} and ${visible(actor)}`);

/** The names of a person's views. */
export const viewsOf = (tx: Tx, ownerId: string): Promise<Array<{ id: string; name: string }>> =>
  tx.query('findViewsOfOwner', sql`select id, name from saved_view where owner_id = ${ownerId}`);

/** In the transaction that ends a hand-over: the shared views of whoever left are the successor's, or nobody's. */
export const giveViews = (tx: Tx, fromId: string, toId: string | null): Promise<Array<{ id: string; version: number }>> =>
  tx.query(
    'giveSavedViews',
    sql`update saved_view set owner_id = ${toId}::uuid, version = version + 1, updated_at = ${tx.now}
        where owner_id = ${fromId} and audience <> 'only_me' returning id, version`,
  );

export const deleteView = (tx: Tx, id: string): Promise<unknown> =>
  tx.query('deleteSavedView', sql`delete from saved_view where id = ${id}`);
