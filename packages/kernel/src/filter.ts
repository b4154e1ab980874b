// One filter grammar for lists, segments and exports (api.md, "Filters"): `all` / `any` / `not` over typed fields. A leaf on a missing value is
// false and `not` is plain boolean, so a row is in exactly one of a filter and its `not`. Everything of the caller's is a bind parameter.
import { badInput } from './problem.ts';
import { join, raw, type Sql, sql } from './sql.ts';

export interface FilterField {
  column: Sql;
  /** An enum's values arrive as they are stored: its resolver (`enumOf`) translates. */
  type: 'text' | 'uuid' | 'int' | 'numeric' | 'bool' | 'timestamptz' | 'date' | 'enum';
  /** What a caller's value stands for in the column, such as a retired id for its survivor. */
  means?(value: Sql): Sql;
  /** Compiles operators that only this field has, instead of the usual ones. */
  leaf?(operator: string, operand: unknown, path: string): Sql;
}

/** A filter field over a column. */
export const field = (column: string, type: FilterField['type']): FilterField => ({ column: raw(column), type });

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** Boolean SQL: the column contains the text, whatever its case. */
export const contains = (column: Sql, text: string): Sql => sql`${column} ilike ${`%${escapeLike(text)}%`}`;

/** Boolean SQL: the column begins with the text, whatever its case. */
export const startsWith = (column: Sql, text: string): Sql => sql`${column} ilike ${`${escapeLike(text)}%`}`;

const MAX_DEPTH = 8;
const MAX_NODES = 100;
const MAX_LIST = 200;

/** The boolean SQL of a filter input; `true` for none. Throws BAD_USER_INPUT naming the place when it is too deep, too large or unknown. */
export function compileFilter(filter: object | null | undefined, fields: Readonly<Record<string, FilterField>>): Sql {
  let nodes = 0;
  const group = (node: object, path: string, depth: number): Sql => {
    if (depth > MAX_DEPTH)
      throw badInput(path, `is nested deeper than ${MAX_DEPTH}`, { limit: 'filterDepth', max: MAX_DEPTH, asked: depth });
    const parts: Sql[] = [];
    for (const [key, value] of Object.entries(node)) {
      if (value == null) continue;
      if (++nodes > MAX_NODES) throw badInput(path, `has more than ${MAX_NODES} conditions`, { limit: 'filterNodes', max: MAX_NODES });
      const at = `${path}.${key}`;
      if (key === 'all' || key === 'any') {
        const children = limited(value as object[], at).map((child, i) => group(child, `${at}.${i}`, depth + 1));
        // An empty `all` holds, an empty `any` does not.
        parts.push(children.length > 0 ? sql`(${join(children, raw(key === 'all' ? ' and ' : ' or '))})` : raw(String(key === 'all')));
      } else if (key === 'not') {
        parts.push(sql`(${group(value, at, depth + 1)}) is not true`);
      } else {
        const field = fields[key];
        if (!field) throw badInput(at, 'is not a field of this filter');
        if (Array.isArray(value)) nodes += limited(value, at).length;
        for (const [operator, operand] of Object.entries(value)) {
          if (operand === undefined || (operand === null && operator !== 'eq')) continue;
          parts.push(leaf(field, operator, operand, `${at}.${operator}`));
        }
      }
    }
    return parts.length > 0 ? sql`(${join(parts, raw(' and '))})` : raw('true');
  };
  return filter ? group(filter, 'filter', 1) : raw('true');
}

/** Throws BAD_USER_INPUT naming the place when a list of values is too long. */
export function limited<T>(list: readonly T[], path: string): readonly T[] {
  if (list.length > MAX_LIST)
    throw badInput(path, `has more than ${MAX_LIST} values`, { limit: 'filterList', max: MAX_LIST, asked: list.length });
  return list;
}

const COMPARE: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };

function leaf(field: FilterField, operator: string, operand: unknown, path: string): Sql {
  if (field.leaf) return field.leaf(operator, operand, path);
  const { column, means } = field;
  const type = raw(field.type === 'enum' ? 'text' : field.type);
  switch (operator) {
    case 'isNull':
      return operand ? sql`${column} is null` : sql`${column} is not null`;
    case 'in':
    case 'notIn': {
      const given = sql`${limited(operand as unknown[], path)}::${type}[]`;
      const values = means ? sql`array(select ${means(raw('given.value'))} from unnest(${given}) as given(value))` : given;
      return sql`${column} ${raw(operator === 'in' ? '= any' : '<> all')}(${values})`;
    }
    case 'contains':
      return contains(column, operand as string);
    case 'startsWith':
      return startsWith(column, operand as string);
    default: {
      const symbol = COMPARE[operator];
      if (!symbol) throw badInput(path, 'is not an operator');
      return operand === null
        ? raw('false')
        : sql`${column} ${raw(symbol)} ${means ? means(sql`${operand}::${type}`) : sql`${operand}::${type}`}`;
    }
  }
}
