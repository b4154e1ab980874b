// Every list of the product, written once (api.md, "Lists"): scope, filter, search, order, keyset page and lazy count over one table, at the
// root or below a parent. Below parents one lateral join serves all of a request, so that 200 parents cost the statements that one costs.
import type { Reader } from './database.ts';
import { compileFilter, contains, type FilterField } from './filter.ts';
import { byArguments, byKey } from './loader.ts';
import { type Connection, connection, type Keyset, type PageArgs } from './paging.ts';
import { checkText } from './problem.ts';
import { and, empty, join, raw, type Sql, sql } from './sql.ts';

/** The arguments of a list as GraphQL hands them over. */
export interface ListArgs extends PageArgs<any> {
  search?: string | null;
  filter?: object | null;
}

/** What a list is over; the fragments share one alias of the caller's choice. */
export interface ListSpec<R extends object = any> {
  /** Names the statements. */
  readonly name: string;
  readonly select: Sql;
  readonly from: Sql;
  readonly order: Keyset<any>;
  readonly filter: Readonly<Record<string, FilterField>>;
  /** Boolean SQL of `search`, for lists that can be searched. */
  search?(text: string): Sql;
  /** Makes values again of what JSON columns of the select list hold as text. */
  revive?(row: R): R;
}

/** A page as resolvers hand it on. */
export type Page<R extends object = any> = Connection<R & { cursor: string }>;

/** `search` in these columns: one of them contains the text. */
export const searchIn =
  (...columns: readonly string[]) =>
  (text: string): Sql =>
    sql`(${join(
      columns.map((column) => contains(raw(column), text)),
      raw(' or '),
    )})`;

/** Longest text of a search, in characters. */
export const MAX_SEARCH = 200;

function matching(spec: ListSpec, visible: Sql, args: ListArgs): Sql {
  checkText('search', args.search, { max: MAX_SEARCH });
  const text = args.search?.trim();
  return and(visible, compileFilter(args.filter, spec.filter), text && spec.search ? spec.search(text) : raw('true'));
}

const revived = <R extends object>({ revive }: ListSpec<R>, rows: Array<R & { cursor: string }>): Array<R & { cursor: string }> =>
  revive ? rows.map((row) => ({ ...revive(row), cursor: row.cursor })) : rows;

/** One page of the rows that `visible` lets through. */
export async function list<R extends object>(db: Reader, spec: ListSpec<R>, visible: Sql, args: ListArgs): Promise<Page<R>> {
  const plan = spec.order.plan(args);
  const where = matching(spec, visible, args);
  const rows = await db.query<R & { cursor: string }>(
    spec.name,
    sql`select ${spec.select}, ${plan.cursor} from ${spec.from} where ${where} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  return connection(revived(spec, rows), plan, async () => {
    const counted = await db.one<{ count: number }>(
      `${spec.name}Count`,
      sql`select count(*)::int as count from ${spec.from} where ${where}`,
    );
    return counted!.count;
  });
}

/**
 * Pages below parents: a loader per distinct arguments, one statement for all parents. `link` is boolean SQL over `parent.id`; `tables` makes the
 * `with` clause of tables that `link` reads, for the parents of one statement.
 */
export function pagesBelow<R extends object>(
  db: Reader,
  spec: ListSpec<R>,
  visible: Sql,
  link: Sql,
  tables: (parentIds: readonly string[]) => Sql = () => empty,
): (parentId: string, args: ListArgs) => Promise<Page<R>> {
  type Found = R & { cursor: string; parentId: string };
  const pages = byArguments((args: ListArgs) => {
    const plan = spec.order.plan(args);
    const where = and(link, matching(spec, visible, args));
    const counts = byKey<string, { parentId: string; count: number }>(
      (ids) =>
        db.query(
          `${spec.name}BelowCount`,
          sql`${tables(ids)} select parent.id as "parentId", (select count(*)::int from ${spec.from} where ${where}) as count
              from unnest(${[...ids]}::uuid[]) as parent(id)`,
        ),
      (row) => row.parentId,
    );
    return byKey<string, { parentId: string; page: Page<R> }>(
      async (ids) => {
        const rows = await db.query<Found>(
          `${spec.name}Below`,
          sql`${tables(ids)} select page.*, parent.id as "parentId" from unnest(${[...ids]}::uuid[]) as parent(id)
              cross join lateral (
                select ${spec.select}, ${plan.cursor}, row_number() over (order by ${plan.orderBy}) as "placeInPage" from ${spec.from}
                where ${where} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}
              ) page order by parent.id, page."placeInPage"`,
        );
        const byParent = Map.groupBy(rows, (row) => row.parentId);
        return ids.map((parentId) => ({
          parentId,
          page: connection(revived(spec, byParent.get(parentId) ?? []), plan, async () => (await counts.load(parentId))!.count),
        }));
      },
      (row) => row.parentId,
    );
  });
  return async (parentId, { first, after, orderBy, filter, search }) =>
    (await pages({ first, after, orderBy, filter, search }).load(parentId))!.page;
}
