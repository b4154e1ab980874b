// Keyset pages for every list (api.md, "Pagination"): an id tie-break, NULLs in their stated place, and a cursor that carries its order, so
// that under concurrent inserts each row comes exactly once. `first` above the limit is an error, never a silent cut.
import { badInput, invalidCursor } from './problem.ts';
import { isUuid } from './scalars.ts';
import { join, raw, type Sql, sql } from './sql.ts';

type Direction = 'ASC' | 'DESC';
type Nulls = 'FIRST' | 'LAST';
export type ColumnType = 'timestamptz' | 'text' | 'int' | 'numeric' | 'date' | 'uuid' | 'bool';

/** The arguments of a list as GraphQL hands them over. */
export interface PageArgs<F extends string = string> {
  first?: number | null;
  after?: string | null;
  orderBy?: ReadonlyArray<{ field: F; direction?: Direction | null; nulls?: Nulls | null }> | null;
}

export interface OrderField {
  column: Sql;
  type: ColumnType;
  nullable?: boolean;
}

/** How to write one page's statement: `select …, ${cursor} … where ${where} order by ${orderBy} limit ${limit}`. */
export interface Plan {
  where: Sql;
  orderBy: Sql;
  /** One more than asked, to know whether a next page exists. */
  limit: number;
  /** Select-list expression `… as "cursor"`. */
  cursor: Sql;
  first: number;
  resumed: boolean;
}

export interface Keyset<F extends string> {
  plan(args: PageArgs<F>, maxFirst?: number): Plan;
}

interface OrderPart extends OrderField {
  name: string;
  direction: Direction;
  nulls: Nulls;
}

const MAX_ORDER = 5;
export const MAX_FIRST = 200;
const DEFAULT_FIRST = 20;

/** Declares a list's orders. `id` is the unique tie-break; `default` applies when the caller names no order. */
export function keyset<F extends string>(spec: {
  fields: Record<F, OrderField>;
  id: Sql;
  default: ReadonlyArray<{ field: NoInfer<F>; direction: Direction }>;
}): Keyset<F> {
  return {
    plan(args, maxFirst = MAX_FIRST) {
      const first = args.first ?? Math.min(DEFAULT_FIRST, maxFirst);
      if (first < 1 || first > maxFirst)
        throw badInput('first', `must be from 1 to ${maxFirst}, not ${first}`, { limit: 'first', max: maxFirst, asked: first });
      const asked = args.orderBy?.length ? args.orderBy : spec.default;
      if (asked.length > MAX_ORDER)
        throw badInput('orderBy', `has more than ${MAX_ORDER} fields`, { limit: 'orderBy', max: MAX_ORDER, asked: asked.length });
      const parts = asked.map((order): OrderPart => {
        const { field, direction, nulls } = order as { field: F; direction?: Direction | null; nulls?: Nulls | null };
        return { ...spec.fields[field], name: field, direction: direction ?? 'ASC', nulls: nulls ?? 'LAST' };
      });
      if (new Set(parts.map((part) => part.name)).size < parts.length) throw badInput('orderBy', 'names a field twice');
      // The id goes the way of the last field, so that one index serves both.
      parts.push({ column: spec.id, type: 'uuid', name: 'id', direction: parts.at(-1)?.direction ?? 'ASC', nulls: 'LAST' });
      const order = parts.map((p) => `${p.name} ${p.direction} ${p.nullable ? p.nulls : ''}`.trim()).join(',');
      return {
        first,
        limit: first + 1,
        resumed: args.after != null,
        orderBy: join(parts.map((p) => raw(`${p.column.text} ${p.direction}${p.nullable ? ` NULLS ${p.nulls}` : ''}`))),
        cursor: sql`json_build_array(${raw(`'${order.replaceAll("'", '')}'`)}, ${join(parts.map((p) => sql`(${p.column})::text`))})::text as "cursor"`,
        where: args.after == null ? raw('true') : after(parts, decode(args.after, order, parts)),
      };
    },
  };
}

/** Rows strictly after the cursor's, in this order. */
function after(parts: readonly OrderPart[], values: ReadonlyArray<string | null>): Sql {
  const bound = (i: number) => sql`${values[i]}::${raw(parts[i]!.type)}`;
  const uniform = parts.every((part) => part.direction === parts[0]!.direction && !part.nullable);
  if (uniform) {
    const left = join(parts.map((part) => part.column));
    const right = join(parts.map((_, i) => bound(i)));
    return parts[0]!.direction === 'ASC' ? sql`(${left}) > (${right})` : sql`(${left}) < (${right})`;
  }
  // (a after x) or (a is x and b after y) or …
  const branches: Sql[] = [];
  let same: Sql = raw('true');
  parts.forEach((part, i) => {
    branches.push(sql`(${same} and ${beyond(part, values[i]!, bound(i))})`);
    same = sql`${same} and ${part.column} is not distinct from ${bound(i)}`;
  });
  return sql`(${join(branches, raw(' or '))})`;
}

function beyond(part: OrderPart, value: string | null, bound: Sql): Sql {
  const { column, direction, nulls, nullable } = part;
  if (value === null) return nulls === 'FIRST' ? sql`${column} is not null` : raw('false');
  const further = direction === 'ASC' ? sql`${column} > ${bound}` : sql`${column} < ${bound}`;
  return nullable && nulls === 'LAST' ? sql`(${further} or ${column} is null)` : further;
}

const SHAPES: Record<ColumnType, (text: string) => boolean> = {
  timestamptz: (text) =>
    /^\d{4,6}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:\d{2})?$/.test(text) &&
    !Number.isNaN(Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00'))),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  int: (text) => /^-?\d{1,9}$/.test(text),
  numeric: (text) => /^-?\d{1,30}(\.\d{1,20})?$/.test(text),
  uuid: isUuid,
  bool: (text) => text === 'true' || text === 'false',
  text: (text) => text.isWellFormed() && !text.includes('\0') && text.length <= 10_000,
};

function decode(cursor: string, order: string, parts: readonly OrderPart[]): Array<string | null> {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalidCursor('after: not a cursor of this list');
  }
  if (!Array.isArray(content) || content.length !== parts.length + 1) throw invalidCursor('after: not a cursor of this list');
  const [from, ...values] = content as unknown[];
  if (from !== order) throw invalidCursor('after: this cursor belongs to another order; start from the first page');
  values.forEach((value, i) => {
    const part = parts[i]!;
    const fits = value === null ? part.nullable === true : typeof value === 'string' && SHAPES[part.type](value);
    if (!fits) throw invalidCursor('after: not a cursor of this list');
  });
  return values as Array<string | null>;
}

/** A Relay connection, plus `nodes`; `totalCount` runs only when the client selects it. */
export interface Connection<R> {
  nodes: R[];
  edges: Array<{ cursor: string; node: R }>;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount: (() => Promise<number>) | null;
}

const encode = (cursor: string): string => Buffer.from(cursor).toString('base64url');

/** Makes a connection of the rows of `plan.limit` (each with its raw `cursor`). */
export function connection<R extends { cursor: string }>(
  rows: readonly R[],
  plan: Plan,
  totalCount?: () => Promise<number>,
): Connection<R> {
  const nodes = rows.slice(0, plan.first);
  return {
    nodes,
    // Cursors are encoded when selected: most clients read only the last one.
    get edges() {
      return nodes.map((node) => ({ cursor: encode(node.cursor), node }));
    },
    pageInfo: {
      hasNextPage: rows.length > plan.first,
      hasPreviousPage: plan.resumed,
      startCursor: nodes[0] ? encode(nodes[0].cursor) : null,
      endCursor: nodes.length > 0 ? encode(nodes.at(-1)!.cursor) : null,
    },
    totalCount: totalCount ?? null,
  };
}
