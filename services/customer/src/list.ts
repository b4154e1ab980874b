// Every list of this service, written once: search, filter, order, keyset page and lazy count over one table, at the root or below a parent.
// Below a parent one lateral join serves all parents of a request, so that 200 customers cost the statements that one costs.

import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import { compileFilter, type FilterField } from '@customer360/kernel/filter';
import { byArguments, byKey } from '@customer360/kernel/loader';
import { type Connection, connection, type Keyset, type PageArgs } from '@customer360/kernel/paging';
import { checkText } from '@customer360/kernel/problem';
import { and, join, raw, type Sql, sql } from '@customer360/kernel/sql';
import { mayIncludeDeleted } from './scope.ts';

export interface ListArgs extends PageArgs<any> {
  search?: string | null;
  filter?: object | null;
  includeDeleted?: boolean | null;
}

export interface ListSpec {
  /** Names the statements. */
  readonly name: string;
  readonly select: Sql;
  readonly from: Sql;
  readonly order: Keyset<any>;
  readonly filter: Readonly<Record<string, FilterField>>;
  /** The columns that `search` looks into. */
  readonly search: readonly string[];
  visible(actor: Actor, includeDeleted: boolean): Sql;
}

/** A GraphQL enum's resolver gives stored values already. */
export const enumField = (column: string): FilterField => ({ column: raw(column), type: 'enum', toStored: (value) => value });
export const field = (column: string, type: FilterField['type']): FilterField => ({ column: raw(column), type });

/** A page of any noun, as resolvers hand it on. */
export type Page = Connection<any>;

/** One page of a root list. */
export async function list(ctx: RequestContext, spec: ListSpec, args: ListArgs): Promise<Page> {
  const includeDeleted = mayIncludeDeleted(ctx.actor, args.includeDeleted);
  const plan = spec.order.plan(args);
  const matching = and(spec.visible(ctx.actor, includeDeleted), compileFilter(args.filter, spec.filter), searched(spec, args.search));
  const rows = await ctx.db.query<{ cursor: string }>(
    spec.name,
    sql`select ${spec.select}, ${plan.cursor} from ${spec.from} where ${matching} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  return connection(rows, plan, async () => {
    const counted = await ctx.db.one<{ count: number }>(
      `${spec.name}Count`,
      sql`select count(*)::int as count from ${spec.from} where ${matching}`,
    );
    return counted!.count;
  });
}

function searched(spec: ListSpec, search: string | null | undefined): Sql {
  checkText('search', search, { max: 200 });
  const text = search?.trim();
  if (!text) return raw('true');
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql`(${join(
    spec.search.map((column) => sql`${raw(column)} ilike ${pattern}`),
    raw(' or '),
  )})`;
}

export type BelowArgs = Omit<ListArgs, 'search' | 'includeDeleted'>;
type Below = { parentId: string; cursor: string };

/** Pages below parents: a loader per distinct arguments, one statement for all parents. `link` is boolean SQL over `parent.id`. */
export function pagesBelow(ctx: RequestContext, spec: ListSpec, link: Sql): (parentId: string, args: BelowArgs) => Promise<Page> {
  const pages = byArguments((args: BelowArgs) => {
    const plan = spec.order.plan(args);
    const visible = and(spec.visible(ctx.actor, false), compileFilter(args.filter, spec.filter));
    const counts = byKey<string, { parentId: string; count: number }>(
      (ids) =>
        ctx.db.query(
          `${spec.name}BelowCount`,
          sql`select parent.id as "parentId", (select count(*)::int from ${spec.from} where ${link} and ${visible}) as count
              from unnest(${[...ids]}::uuid[]) as parent(id)`,
        ),
      (row) => row.parentId,
    );
    return byKey<string, { parentId: string; page: Page }>(
      async (ids) => {
        const rows = await ctx.db.query<Below>(
          `${spec.name}Below`,
          sql`select page.*, parent.id as "parentId" from unnest(${[...ids]}::uuid[]) as parent(id)
              cross join lateral (
                select ${spec.select}, ${plan.cursor}, row_number() over (order by ${plan.orderBy}) as place from ${spec.from}
                where ${link} and ${visible} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}
              ) page order by parent.id, page.place`,
        );
        const byParent = Map.groupBy(rows, (row) => row.parentId);
        return ids.map((parentId) => ({
          parentId,
          page: connection(byParent.get(parentId) ?? [], plan, async () => (await counts.load(parentId))!.count),
        }));
      },
      (row) => row.parentId,
    );
  });
  return async (parentId, { first, after, orderBy, filter }) => (await pages({ first, after, orderBy, filter }).load(parentId))!.page;
}
