// One customer, several identities: where rows may not be moved (proof, history), they stay with the identity they were made for, and the
// survivor answers for all its "sides": its own id and every id that was merged into it. An un-merge gives each side back its own by itself.
import { raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

/** CTE `side(root, id)`: for each asked id, itself and what was merged into it. Write `with ${sideTree(ids)} select …`. */
export const sideTree = (ids: readonly string[]): Sql => sql`recursive side(root, id) as (
    select id, id from unnest(${[...ids]}::uuid[]) as asked(id)
    union
    select side.root, retired.customer_id from side join directory_customer retired on retired.merged_into = side.id
  )`;

/** The sides of one customer, at most 1,000. */
export async function findSides(tx: Pick<Tx, 'query'>, customerId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>('findSides', sql`with ${sideTree([customerId])} select id from side order by id limit 1000`);
  return rows.map(({ id }) => id);
}

/** The `with` clause of pages below customers. */
export const withSides = (ids: readonly string[]): Sql => sql`with ${sideTree(ids)}`;

/** The sides of `parent.id` in such a page. */
export const sidesOfParent: Sql = raw('(select side.id from side where side.root = parent.id)');
