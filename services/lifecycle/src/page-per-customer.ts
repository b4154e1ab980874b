// Pages of rows for many customers in one statement: a lateral join reads each customer's page by its index, so that a list of 200 customers
// costs as many statements as one. Siblings with equal arguments share a loader.
import type { Database } from '@customer360/kernel/database';
import { compileFilter, type FilterField } from '@customer360/kernel/filter';
import { byArguments, byKey, manyByKey } from '@customer360/kernel/loader';
import { type Connection, connection, type Keyset, type PageArgs } from '@customer360/kernel/paging';
import { type Sql, sql } from '@customer360/kernel/sql';

export interface PagedSource<R, F extends string> {
  readonly name: string;
  readonly select: Sql;
  readonly from: Sql;
  /** The column that names the customer. */
  readonly customer: Sql;
  /** Rows that are not deleted. */
  readonly living: Sql;
  readonly order: Keyset<F>;
  readonly filters: Record<string, FilterField>;
  revive<T extends R>(row: T): T;
}

export type CustomerPageArgs<F extends string> = PageArgs<F> & { filter?: object | null };

/** Makes, per request, the function that answers a customer's page. */
export const pagePerCustomer =
  <R extends object, F extends string>(source: PagedSource<R, F>) =>
  (db: Pick<Database, 'query'>) => {
    const loaders = byArguments((args: CustomerPageArgs<F>) => {
      const plan = source.order.plan(args);
      const matching = sql`${source.living} and ${compileFilter(args.filter, source.filters)}`;
      const rows = manyByKey<string, R & { cursor: string; parentId: string }>(
        (ids) =>
          db.query(
            `${source.name}PerCustomer`,
            sql`select page.* from unnest(${[...ids]}::uuid[]) as parent(id) cross join lateral (
                  select ${source.select}, parent.id as "parentId", row_number() over (order by ${plan.orderBy}) as place, ${plan.cursor}
                  from ${source.from} where ${source.customer} = parent.id and ${matching} and ${plan.where}
                  order by ${plan.orderBy} limit ${plan.limit}) page
                order by page."parentId", page.place`,
          ),
        (row) => row.parentId,
      );
      const counts = byKey<string, { id: string; count: number }>(
        (ids) =>
          db.query(
            `${source.name}CountPerCustomer`,
            sql`select ${source.customer} as id, count(*)::int as count from ${source.from} where ${source.customer} = any(${[...ids]}::uuid[]) and ${matching} group by 1`,
          ),
        (row) => row.id,
      );
      return { plan, rows, counts };
    });
    return async (customerId: string, args: CustomerPageArgs<F>): Promise<Connection<R & { cursor: string }>> => {
      const { plan, rows, counts } = loaders(args);
      const page = (await rows.load(customerId)).map(source.revive);
      return connection(page, plan, async () => (await counts.load(customerId))?.count ?? 0);
    };
  };
