// The tree below a customer [AccountHierarchy], each in one statement whatever the depth: depth first, siblings by name, in keyset pages; and what the
// subtree comes to. Only what the caller may see: a branch below a customer out of scope is not shown.
import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import { byArguments, byKey } from '@customer360/kernel/loader';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import { CustomerTable, MAX_DEPTH } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { type ListSpec, pagesBelow } from '../list.ts';
import { visibleCustomer } from '../scope.ts';

/** A customer of the tree and its place in it. */
export type HierarchyNode = Customer & { depth: number; childCount: number };

/** How much of a name orders siblings; the path is part of a cursor. */
const NAME = 40;

/** The rows below `parent.id`: `id`, `depth` (1 = directly below), `path` (sorts depth first). */
const below = (actor: Actor): Sql => sql`(
    with recursive down(id, depth, path) as (
      select c.id, 1, ${step('c')} from customer c where c.parent_id = parent.id and ${visibleCustomer(actor, 'c')}
      union all
      select c.id, down.depth + 1, down.path || ${step('c')} from down join customer c on c.parent_id = down.id
      where down.depth < ${MAX_DEPTH} and ${visibleCustomer(actor, 'c')}
    ) select * from down
  ) h`;

const step = (alias: string): Sql => raw(`(E'\\x01' || left(lower(${alias}.display_name), ${NAME}) || ${alias}.id::text) collate "C"`);

const hierarchyList = (actor: Actor): ListSpec<HierarchyNode> => ({
  name: 'listHierarchy',
  select: sql`${columns(CustomerTable, 'c')}, h.depth,
    (select count(*)::int from customer child where child.parent_id = c.id and ${visibleCustomer(actor, 'child')}) as "childCount"`,
  from: sql`${below(actor)} join customer c on c.id = h.id`,
  visible: () => raw('true'),
  order: keyset({
    fields: { PATH: { column: raw('h.path'), type: 'text' } },
    id: raw('h.id'),
    default: [{ field: 'PATH', direction: 'ASC' }],
  }),
  filter: {},
});

/** Pages of the trees below customers, one loader per depth. */
export const hierarchyPages = (ctx: RequestContext) =>
  byArguments((maxDepth: number) => pagesBelow<HierarchyNode>(ctx, hierarchyList(ctx.actor), sql`h.depth <= ${maxDepth}`));

/** What a subtree comes to. */
export interface HierarchyTotals {
  customerId: string;
  customers: number;
  openActivities: number;
  revenue: Array<{ amount: string; currency: string }>;
}

/** Totals of many subtrees, their tops included; one statement. */
export const totalsLoader = (ctx: RequestContext) =>
  byKey<string, HierarchyTotals>(
    (ids) =>
      ctx.db.query(
        'sumHierarchies',
        sql`with recursive down(top, id, depth) as (
              select c.id, c.id, 0 from customer c where c.id = any(${[...ids]}::uuid[])
              union all
              select down.top, c.id, down.depth + 1 from down join customer c on c.parent_id = down.id
              where down.depth < ${MAX_DEPTH} and ${visibleCustomer(ctx.actor, 'c')}
            ), by_currency as (
              select down.top, c.revenue_currency as currency, count(*)::int as customers, sum(c.open_activities)::int as activities,
                sum(c.total_revenue) as revenue
              from down join customer c on c.id = down.id group by down.top, c.revenue_currency
            )
            select top as "customerId", sum(customers)::int as customers, coalesce(sum(activities), 0)::int as "openActivities",
              coalesce(jsonb_agg(jsonb_build_object('amount', round(revenue, greatest(2, min_scale(revenue)))::text, 'currency', currency) order by currency)
                filter (where currency is not null and revenue <> 0), '[]') as revenue
            from by_currency group by top`,
      ),
    (row) => row.customerId,
  );
