// What a merge or an un-merge does to a service's rows [WF-CM-002]. One rule holds everywhere: a row belongs to where its immutable origin
// leads now, `customer_id = resolve(origin_customer_id)`. So moving rows needs no journal, is repeatable, and comes out the same in any order
// of arrival. The census names the tables; what a service folds rather than moves, it says itself (`afterwards`).
import type { Reader } from '@customer360/kernel/database';
import { manyByKey } from '@customer360/kernel/loader';
import { join, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import type { Census } from './census.ts';

/** An identity whose rows belong elsewhere from now on. */
export interface Move {
  /** The identity: the origin of the rows. */
  readonly customerId: string;
  /** The customer that the rows belonged to; the identity itself while it stood alone. */
  readonly from: string;
  /** The customer that they belong to now; the identity itself after an un-merge. */
  readonly to: string;
  /** The customer service counts each identity's redirects; the acknowledgement names this one. */
  readonly redirectVersion: number;
}

/** Did this move retire the identity, which stood alone before? Otherwise it only followed its survivor into another one, or came back. */
export const retires = (move: Move): boolean => move.from === move.customerId && move.to !== move.customerId;

/** Did this move bring the identity back? */
export const returns = (move: Move): boolean => move.to === move.customerId && move.from !== move.customerId;

/** Rows per table. */
export type RecordCounts = Record<string, number>;

const ORIGIN = 'origin_customer_id';

/** The tables whose rows a merge re-points. */
const movedTables = (census: Census): string[] =>
  Object.entries(census)
    .filter(([, { merge, customer, columns }]) => merge === 'repoint' && customer === 'customer_id' && ORIGIN in columns)
    .map(([table]) => table);

/** Re-points the rows of these identities, one statement a table; answers how many each move took. The caller holds all customers' locks. */
export async function moveRecords(
  tx: Tx,
  census: Census,
  moves: ReadonlyArray<Pick<Move, 'customerId' | 'from' | 'to'>>,
): Promise<Map<string, RecordCounts>> {
  const counts = new Map<string, RecordCounts>(moves.map(({ customerId }) => [customerId, {}]));
  for (const table of movedTables(census)) {
    const moved = await tx.query<{ id: string; count: number }>(
      `move_${table}`,
      sql`with moved as (
            update ${raw(table)} t set customer_id = move.destination
            from unnest(${moves.map((m) => m.customerId)}::uuid[], ${moves.map((m) => m.from)}::uuid[], ${moves.map((m) => m.to)}::uuid[])
              as move(id, source, destination)
            where t.customer_id = move.source and t.origin_customer_id = move.id and move.source <> move.destination
            returning move.id
          )
          select id, count(*)::int as count from moved group by id`,
    );
    for (const { id, count } of moved) counts.get(id)![table] = count;
  }
  return counts;
}

/** The living rows that each table holds of a customer, the directory's and the kernel's left out; one statement for many customers. */
export function recordsLoader(db: Reader, census: Census) {
  const counts = Object.entries(census)
    .filter(([table, { customer }]) => customer !== null && !table.startsWith('directory_'))
    .map(
      ([table, { customer, columns }]) =>
        sql`select parent.id as "customerId", ${table}::text as "table", count(t.*)::int as count
            from parent left join ${raw(table)} t on t.${raw(customer!)} = parent.id and ${raw('deleted_at' in columns ? 't.deleted_at is null' : 'true')}
            group by parent.id`,
    );
  return manyByKey<string, { customerId: string; table: string; count: number }>(
    (ids) => db.query('countRecords', sql`with parent as (select unnest(${[...ids]}::uuid[]) as id) ${join(counts, raw(' union all '))}`),
    (row) => row.customerId,
  );
}
