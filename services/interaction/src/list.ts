// One list mechanism for the three nouns of this service: the same scope, filter, search, order and keyset serve `interactions(…)` and
// `Customer.interactions(…)`; the latter as one lateral statement for all customers of a page, so that it costs the same for 1 and for 200.
import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import { compileFilter } from '@customer360/kernel/filter';
import { byArguments } from '@customer360/kernel/loader';
import { type Connection, connection, type Keyset, type PageArgs } from '@customer360/kernel/paging';
import { checkText } from '@customer360/kernel/problem';
import { and, raw, type Sql, sql } from '@customer360/kernel/sql';
import DataLoader from 'dataloader';

/** What both a Database and an open transaction can do. */
export interface Reader {
  query<R>(name: string, statement: Sql): Promise<R[]>;
  one<R>(name: string, statement: Sql): Promise<R | undefined>;
}

/** A list of one noun; all fragments use the alias `r`. */
export interface ListSpec<_R> {
  readonly noun: string;
  readonly table: Sql;
  readonly columns: Sql;
  /** The rows the actor may see, deleted or not. */
  scope(actor: Actor): Sql;
  readonly filters: Parameters<typeof compileFilter>[1];
  readonly keyset: Keyset<any>;
}

export interface ListArgs extends PageArgs<any> {
  readonly search?: string | null;
  readonly filter?: object | null;
}

export type Page<R> = Connection<R & { cursor: string }>;

const MAX_SEARCH = 200;

/** GraphQL enum name → stored value of the catalogue. */
export const lower = (value: string): string => value.toLowerCase();

/** All words of `search` occur in the row's search column, the last as a beginning; see migration `search_query`. [Interaction AC-3] */
export function matches(search: string | null | undefined): Sql {
  checkText('search', search, { max: MAX_SEARCH });
  return search?.trim() ? sql`r.search @@ search_query(${search})` : raw('true');
}

const wanted = (actor: Actor, spec: ListSpec<any>, args: ListArgs): Sql =>
  and(raw('r.deleted_at is null'), spec.scope(actor), matches(args.search), compileFilter(args.filter, spec.filters));

/** One page of all rows the caller may see. `only` narrows further, for lists with a meaning of their own. */
export async function listPage<R>(ctx: RequestContext, spec: ListSpec<R>, args: ListArgs, only: Sql = raw('true')): Promise<Page<R>> {
  const plan = spec.keyset.plan(args);
  const where = sql`${wanted(ctx.actor, spec, args)} and ${only}`;
  const rows = await ctx.db.query<R & { cursor: string }>(
    `list${spec.noun}`,
    sql`select ${spec.columns}, ${plan.cursor} from ${spec.table} r where ${where} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  return connection(rows, plan, async () => {
    const counted = await ctx.db.one<{ count: string }>(`count${spec.noun}`, sql`select count(*) from ${spec.table} r where ${where}`);
    return Number(counted!.count);
  });
}

/** Pages per customer: one statement for all customers that ask with the same arguments. */
export function pagePerCustomer<R>(ctx: RequestContext, spec: ListSpec<R>): (args: ListArgs) => DataLoader<string, Page<R>> {
  return byArguments((args: ListArgs) => {
    const counts = countPerCustomer(ctx, spec, args);
    return new DataLoader<string, Page<R>>(
      async (ids) => {
        const plan = spec.keyset.plan(args);
        const rows = await ctx.db.query<R & { cursor: string; parentId: string }>(
          `page${spec.noun}PerCustomer`,
          sql`select parent.id as "parentId", page.* from unnest(${[...ids]}::uuid[]) as parent(id)
              cross join lateral (
                select ${spec.columns}, ${plan.cursor}, row_number() over (order by ${plan.orderBy}) as place from ${spec.table} r
                where r.customer_id = parent.id and ${wanted(ctx.actor, spec, args)} and ${plan.where}
                order by ${plan.orderBy} limit ${plan.limit}) page
              order by parent.id, page.place`,
        );
        const byParent = Map.groupBy(rows, (row) => row.parentId);
        return ids.map((id) => connection<R & { cursor: string }>(byParent.get(id) ?? [], plan, () => counts.load(id)));
      },
      { maxBatchSize: 200 },
    );
  });
}

function countPerCustomer<R>(ctx: RequestContext, spec: ListSpec<R>, args: ListArgs): DataLoader<string, number> {
  return new DataLoader<string, number>(
    async (ids) => {
      const rows = await ctx.db.query<{ id: string; count: string }>(
        `count${spec.noun}PerCustomer`,
        sql`select r.customer_id as id, count(*) from ${spec.table} r
            where r.customer_id = any(${[...ids]}::uuid[]) and ${wanted(ctx.actor, spec, args)} group by r.customer_id`,
      );
      const counts = new Map(rows.map((row) => [row.id, Number(row.count)]));
      return ids.map((id) => counts.get(id) ?? 0);
    },
    { maxBatchSize: 200 },
  );
}
