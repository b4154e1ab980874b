// The lists of this service: the kernel's over living rows within the actor's scope, searched by the words of the row's search column.
import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import * as kernel from '@customer360/kernel/list';
import { and, raw, type Sql, sql } from '@customer360/kernel/sql';

/** A list of one noun; all fragments use the alias `r`. */
export interface ListSpec<R extends object> extends kernel.ListSpec<R> {
  /** The rows the actor may see, deleted or not. */
  scope(actor: Actor): Sql;
}

/** All words of `search` occur in the row's search column, the last as a beginning; see migration `search_query`. [Interaction AC-3] */
export const matches = (search: string): Sql => sql`r.search @@ search_query(${search})`;

const living = (ctx: RequestContext, spec: ListSpec<any>): Sql => and(raw('r.deleted_at is null'), spec.scope(ctx.actor));

/** One page of all rows the caller may see. `only` narrows further, for lists with a meaning of their own. */
export const list = <R extends object>(ctx: RequestContext, spec: ListSpec<R>, args: kernel.ListArgs, only: Sql = raw('true')) =>
  kernel.list(ctx.db, spec, and(living(ctx, spec), only), args);

/** Pages per customer. */
export const pagesOfCustomer = <R extends object>(ctx: RequestContext, spec: ListSpec<R>) =>
  kernel.pagesBelow(ctx.db, spec, living(ctx, spec), raw('r.customer_id = parent.id'));
