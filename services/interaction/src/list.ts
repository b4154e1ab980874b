// The lists of this service: the kernel's over living rows within the actor's scope, searched by the words of the row's search column.
import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import * as kernel from '@customer360/kernel/list';
import { checkText } from '@customer360/kernel/problem';
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
export async function list<R extends object>(ctx: RequestContext, spec: ListSpec<R>, args: kernel.ListArgs, only: Sql = raw('true')) {
  const searched = args.search?.trim() ? await searching(ctx, spec, args.search) : spec;
  return kernel.list(ctx.db, searched, and(living(ctx, spec), only), args);
}

/** Words that fewer rows hold are rare. */
const RARE = 20_000;

/**
 * How a search finds its rows. Of frequent words the newest matches turn up soon when the list is walked from the newest; of rare ones the walk would
 * read everything (seconds among 2.5 million interactions), so that all matches are taken from the index of words and sorted. Postgres guesses this from
 * averages, and guesses wrong where matches lie close together; so they are counted, as far as it matters.
 */
async function searching<R extends object>(ctx: RequestContext, spec: ListSpec<R>, search: string): Promise<ListSpec<R>> {
  checkText('search', search, { max: kernel.MAX_SEARCH });
  const found = await ctx.db.one<{ count: number }>(
    'countMatches',
    sql`select count(*)::int as count from (select 1 from ${spec.from} where ${matches(search)} limit ${RARE}) found`,
  );
  if (found!.count >= RARE) return spec;
  return { ...spec, search: (text) => sql`r.id = any(array(select r.id from ${spec.from} where ${matches(text)}))` };
}

/** Pages per customer. */
export const pagesOfCustomer = <R extends object>(ctx: RequestContext, spec: ListSpec<R>) =>
  kernel.pagesBelow(ctx.db, spec, living(ctx, spec), raw('r.customer_id = parent.id'));
