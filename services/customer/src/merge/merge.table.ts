// The merge tables: schema, list, and the statements that read a group of records and move what hangs on them [WF-CM-002].
import { moveRecords, type RecordCounts } from '@customer360/customer-data/merge';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import type { ListSpec } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { AccountTable } from '../account/account.table.ts';
import type { Account } from '../account/account.ts';
import { AddressTable } from '../address/address.table.ts';
import type { Address } from '../address/address.ts';
import { census } from '../census.ts';
import { ContactTable } from '../contact/contact.table.ts';
import type { Contact } from '../contact/contact.ts';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { relationshipSelect } from '../relationship/relationship.table.ts';
import type { Relationship } from '../relationship/relationship.ts';
import type { Change, Merge } from './merge.ts';

type Reader = Pick<Tx, 'query' | 'one'>;

export const MergeTable = new EntitySchema<Merge>({
  name: 'merge',
  columns: {
    ...rowColumns,
    survivorId: { name: 'survivor_id', type: 'uuid' },
    retiredIds: { name: 'retired_ids', type: 'uuid', array: true },
    status: { type: 'text' },
    choices: { type: 'jsonb' },
    expectedVersions: { name: 'expected_versions', type: 'jsonb' },
    records: { type: 'int' },
    rejectionReason: { name: 'rejection_reason', type: 'text', nullable: true },
    decidedByKind: { name: 'decided_by_kind', type: 'text', nullable: true },
    decidedById: { name: 'decided_by_id', type: 'text', nullable: true },
    mergedAt: { name: 'merged_at', type: 'timestamptz', nullable: true },
    unmergedAt: { name: 'unmerged_at', type: 'timestamptz', nullable: true },
    journalErasedAt: { name: 'journal_erased_at', type: 'timestamptz', nullable: true },
  },
});

export const mergeList: ListSpec<Merge> = {
  name: 'listMerges',
  select: columns(MergeTable, 'm'),
  from: raw('merge m'),
  order: keyset({
    fields: { CREATED_AT: { column: raw('m.created_at'), type: 'timestamptz' } },
    id: raw('m.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    status: field('m.status', 'enum'),
    survivorId: field('m.survivor_id', 'uuid'),
    createdAt: field('m.created_at', 'timestamptz'),
  },
};

/** Boolean SQL: did this customer take part in the merge? */
export const tookPart = (customerId: string | null | undefined): Sql =>
  customerId == null ? raw('true') : sql`(m.survivor_id = ${customerId}::uuid or ${customerId}::uuid = any(m.retired_ids))`;

export const findMerge = (reader: Reader, id: string): Promise<Merge | undefined> =>
  reader.one('findMerge', sql`select ${columns(MergeTable, 'm')} from merge m where m.id = ${id}`);

/** These customers as they are, deleted and retired ones too. */
export const readCustomers = (reader: Reader, ids: readonly string[]): Promise<Customer[]> =>
  reader.query('readMergingCustomers', sql`select ${columns(CustomerTable, 'c')} from customer c where c.id = any(${[...ids]}::uuid[])`);

export const readAccounts = (reader: Reader, ids: readonly string[]): Promise<Account[]> =>
  reader.query(
    'readMergingAccounts',
    sql`select ${columns(AccountTable, 'a')} from account a where a.customer_id = any(${[...ids]}::uuid[]) and a.deleted_at is null`,
  );

export const readPrimaries = (tx: Tx, ids: readonly string[]): Promise<Contact[]> =>
  tx.query(
    'readMergingPrimaries',
    sql`select ${columns(ContactTable, 't')} from contact t where t.customer_id = any(${[...ids]}::uuid[]) and t.is_primary and t.deleted_at is null`,
  );

export const readDefaults = (tx: Tx, ids: readonly string[]): Promise<Address[]> =>
  tx.query(
    'readMergingDefaults',
    sql`select ${columns(AddressTable, 't')} from address t where t.customer_id = any(${[...ids]}::uuid[]) and t.is_default and t.deleted_at is null`,
  );

/** Every relationship with an end among these. */
export const readRelationships = (tx: Tx, ids: readonly string[]): Promise<Relationship[]> =>
  tx.query(
    'readMergingRelationships',
    sql`select ${relationshipSelect} from relationship t
        where t.from_customer_id = any(${[...ids]}::uuid[]) or t.to_customer_id = any(${[...ids]}::uuid[])`,
  );

/** What was merged into these before. */
export const readRiders = (reader: Reader, ids: readonly string[]): Promise<Customer[]> =>
  reader.query(
    'readRiders',
    sql`select ${columns(CustomerTable, 'c')} from customer c where c.merged_into = any(${[...ids]}::uuid[]) order by c.id`,
  );

/** The customers outside of this group whose parent is in it. */
export const childrenOutside = async (
  reader: Reader,
  parents: readonly string[],
  group: readonly string[],
  most: number,
): Promise<string[]> =>
  (
    await reader.query<{ id: string }>(
      'findMergingChildren',
      sql`select id from customer where parent_id = any(${[...parents]}::uuid[]) and id <> all(${[...group]}::uuid[]) order by id limit ${most}`,
    )
  ).map(({ id }) => id);

/** Living rows by table of these customers in this service. */
export const countRecords = (reader: Reader, ids: readonly string[]): Promise<Array<{ table: string; count: number }>> =>
  reader.query(
    'countMergingRecords',
    sql`select 'contact' as "table", count(*)::int as count from contact where customer_id = any(${[...ids]}::uuid[]) and deleted_at is null
        union all select 'account', count(*)::int from account where customer_id = any(${[...ids]}::uuid[]) and deleted_at is null
        union all select 'address', count(*)::int from address where customer_id = any(${[...ids]}::uuid[]) and deleted_at is null
        union all select 'external_id', count(*)::int from external_id where customer_id = any(${[...ids]}::uuid[]) and deleted_at is null
        union all select 'relationship', count(*)::int from relationship
          where (from_customer_id = any(${[...ids]}::uuid[]) or to_customer_id = any(${[...ids]}::uuid[])) and deleted_at is null`,
  );

/** An identity whose rows go from one customer to another. */
export interface Move {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

const movesOf = (moves: readonly Move[]): Sql =>
  sql`unnest(${moves.map((m) => m.id)}::uuid[], ${moves.map((m) => m.from)}::uuid[], ${moves.map((m) => m.to)}::uuid[]) as move(id, source, destination)`;

/** Re-points the rows of these identities; `also` is what changes beside it. Answers the rows as they are now. */
export const moveRows = <R>(tx: Tx, table: 'contact' | 'account' | 'address', moves: readonly Move[], also: Sql): Promise<R[]> => {
  const select = columns({ contact: ContactTable, account: AccountTable, address: AddressTable }[table] as EntitySchema, 't');
  return tx.query(
    `move_${table}`,
    sql`update ${raw(table)} t set customer_id = move.destination, version = t.version + 1, updated_at = ${tx.now} ${also}
        from ${movesOf(moves)} where t.customer_id = move.source and t.origin_customer_id = move.id returning ${select}`,
  );
};

/**
 * Re-points whatever else hangs on these identities, as the census says: external ids (all of them are kept), tags, flagged texts, portal users and what
 * they asked for. Answers how many rows of each table.
 */
export async function moveTheRest(tx: Tx, moves: readonly Move[]): Promise<RecordCounts> {
  const moved = await moveRecords(
    tx,
    census,
    moves.map(({ id, from, to }) => ({ customerId: id, from, to })),
  );
  const total: RecordCounts = {};
  for (const counts of moved.values()) for (const [table, count] of Object.entries(counts)) total[table] = (total[table] ?? 0) + count;
  return total;
}

/** Re-points either end of the relationships of these identities. */
export const moveRelationships = (tx: Tx, moves: readonly Move[]): Promise<Relationship[]> =>
  tx.query(
    'move_relationship',
    sql`with move as (select * from ${movesOf(moves)}), led as (
          select r.id, coalesce(f.destination, r.from_customer_id) as new_from, coalesce(g.destination, r.to_customer_id) as new_to
          from relationship r
          left join move f on f.id = r.origin_from_customer_id and f.source = r.from_customer_id
          left join move g on g.id = r.origin_to_customer_id and g.source = r.to_customer_id
          where (r.origin_from_customer_id in (select id from move) or r.origin_to_customer_id in (select id from move))
            and (f.id is not null or g.id is not null)
        )
        update relationship t set from_customer_id = led.new_from, to_customer_id = led.new_to, version = t.version + 1, updated_at = ${tx.now}
        from led where t.id = led.id returning ${relationshipSelect}`,
  );

/** Soft-deletes relationships for a merge, on their own: no restore of a customer brings them back. */
export const dropRelationships = (tx: Tx, ids: readonly string[]): Promise<Relationship[]> =>
  tx.query(
    'dropRelationships',
    sql`update relationship t set deleted_at = coalesce(t.deleted_at, ${tx.now}), deletion_id = null, version = t.version + 1, updated_at = ${tx.now}
        where t.id = any(${[...ids]}::uuid[]) returning ${relationshipSelect}`,
  );

/** `customer.parent_id` follows the open parent_child relationship again, for the group and the children of `parentId`. Answers who changed. */
export const followParents = (tx: Tx, parentId: string, group: readonly string[]): Promise<Customer[]> =>
  tx.query(
    'followParents',
    sql`with derived as (
          select c.id, (select r.from_customer_id from relationship r where r.to_customer_id = c.id and r.relationship_type = 'parent_child'
            and r.end_date is null and (r.deleted_at is null or r.deletion_id is not null) limit 1) as parent
          from customer c where c.parent_id = ${parentId}::uuid or c.id = any(${[...group]}::uuid[])
        )
        update customer c set parent_id = derived.parent, version = c.version + 1, updated_at = ${tx.now}
        from derived where c.id = derived.id and c.parent_id is distinct from derived.parent returning ${columns(CustomerTable, 'c')}`,
  );

/** The children whose parent relationship was born at one of these identities: they go back with it. */
export const childrenOfOrigins = async (
  reader: Reader,
  origins: readonly string[],
  group: readonly string[],
  most: number,
): Promise<string[]> =>
  (
    await reader.query<{ id: string }>(
      'findReturningChildren',
      sql`select distinct to_customer_id as id from relationship
          where origin_from_customer_id = any(${[...origins]}::uuid[]) and relationship_type = 'parent_child' and end_date is null
            and (deleted_at is null or deletion_id is not null) and to_customer_id <> all(${[...group]}::uuid[]) order by 1 limit ${most}`,
    )
  ).map(({ id }) => id);

/** Sets where an identity leads; the next redirect of it. */
export const redirect = (tx: Tx, moves: readonly Move[], mergeId: string | null): Promise<Customer[]> =>
  tx.query(
    'redirectCustomers',
    sql`update customer c set merged_into = nullif(move.destination, c.id), redirect_version = c.redirect_version + 1, version = c.version + 1,
          updated_at = ${tx.now},
          deleted_at = case when move.destination = c.id then null else coalesce(c.deleted_at, ${tx.now}) end,
          deletion_id = case when move.destination = c.id then null else coalesce(c.deletion_id, ${mergeId}::uuid) end,
          parent_id = case when move.source = c.id then null else c.parent_id end
        from ${movesOf(moves)} where c.id = move.id returning ${columns(CustomerTable, 'c')}`,
  );

export const writeIdentities = (tx: Tx, mergeId: string, moves: readonly Move[], redirected: readonly Customer[]): Promise<unknown> => {
  const versions = new Map(redirected.map(({ id, redirectVersion }) => [id, redirectVersion]));
  return tx.query(
    'writeMergeIdentities',
    sql`insert into merge_identity as m (merge_id, customer_id, previous_survivor_id, redirect_version)
        select ${mergeId}::uuid, move.id, nullif(move.source, move.id), version
        from unnest(${moves.map((m) => m.id)}::uuid[], ${moves.map((m) => m.from)}::uuid[], ${moves.map((m) => versions.get(m.id)!)}::int[])
          as move(id, source, version)
        on conflict (merge_id, customer_id) do update set redirect_version = excluded.redirect_version`,
  );
};

export const readIdentities = (
  reader: Reader,
  mergeId: string,
): Promise<Array<{ customerId: string; previousSurvivorId: string | null }>> =>
  reader.query(
    'readMergeIdentities',
    sql`select customer_id as "customerId", previous_survivor_id as "previousSurvivorId" from merge_identity where merge_id = ${mergeId} order by customer_id`,
  );

/** This merge is the newest one. */
export const takePosition = (tx: Tx, mergeId: string): Promise<unknown> =>
  tx.query('takeMergePosition', sql`update merge set position = nextval('merge_position') where id = ${mergeId}`);

/** The newest later merge that built on this one: it has the same survivor, or retired it. */
export const blockingMerge = (reader: Reader, merge: Merge): Promise<{ id: string } | undefined> =>
  reader.one(
    'findBlockingMerge',
    sql`select m.id from merge m join merge mine on mine.id = ${merge.id}
        where m.status = 'merged' and m.position > mine.position
          and (m.survivor_id = mine.survivor_id or mine.survivor_id = any(m.retired_ids))
        order by m.position desc limit 1`,
  );

/** The merge that stands and retired this id. */
export const mergeThatRetired = (reader: Reader, customerId: string): Promise<{ id: string } | undefined> =>
  reader.one(
    'findRetiringMerge',
    sql`select m.id from merge m where m.status = 'merged' and ${customerId}::uuid = any(m.retired_ids) order by m.position desc limit 1`,
  );

export const writeJournal = (tx: Tx, mergeId: string, changes: readonly Change[]): Promise<unknown> =>
  tx.query(
    'writeMergeJournal',
    sql`insert into merge_change (merge_id, table_name, row_id, before, after)
        select ${mergeId}::uuid, "table", "rowId", before, after
        from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as c("table" text, "rowId" uuid, before jsonb, after jsonb)`,
  );

export const readJournal = (reader: Reader, mergeId: string): Promise<Change[]> =>
  reader.query(
    'readMergeJournal',
    sql`select table_name as "table", row_id as "rowId", before, after from merge_change where merge_id = ${mergeId} order by table_name, row_id`,
  );

export const dropJournal = (tx: Tx, mergeId: string): Promise<unknown> =>
  tx.query('dropMergeJournal', sql`delete from merge_change where merge_id = ${mergeId}`);

/** A row that was made after the merge: it stays where its origin says. */
export interface BornSince {
  readonly table: string;
  readonly rowId: string;
  readonly customerId: string;
}

/** The rows of the survivor that were made since, at most `most`. */
export const bornSince = (tx: Tx, customerId: string, since: Date, most: number): Promise<BornSince[]> =>
  tx.query(
    'findBornSince',
    sql`select * from (
          select 'contact' as "table", id as "rowId", customer_id as "customerId", created_at from contact
            where customer_id = ${customerId} and created_at > ${since} and deleted_at is null
          union all select 'account', id, customer_id, created_at from account where customer_id = ${customerId} and created_at > ${since} and deleted_at is null
          union all select 'address', id, customer_id, created_at from address where customer_id = ${customerId} and created_at > ${since} and deleted_at is null
          union all select 'relationship', id, ${customerId}::uuid, created_at from relationship
            where (from_customer_id = ${customerId} or to_customer_id = ${customerId}) and created_at > ${since} and deleted_at is null
        ) born order by created_at, "rowId" limit ${most}`,
  );
