// A list of customers under a name [CustomerList]: what to look for, how to order and what to show. It holds no customers and no rights; who opens it sees
// what they would see in their own list. Pure.
import type { Row } from '@customer360/kernel/entity';
import { MAX_SEARCH } from '@customer360/kernel/list';
import { badInput, checkText } from '@customer360/kernel/problem';

export const SAVED_VIEW_AUDIENCES = ['only_me', 'team', 'everybody'] as const;
export type SavedViewAudience = (typeof SAVED_VIEW_AUDIENCES)[number];

export interface Sorting {
  field: string;
  direction: 'ASC' | 'DESC';
  nulls?: 'FIRST' | 'LAST' | null;
}

export interface SavedView extends Row {
  /** Null where the owner left and nobody could take over. */
  ownerId: string | null;
  name: string;
  search: string | null;
  /** As clients write it. */
  filter: Record<string, unknown> | null;
  orderBy: Sorting[];
  columns: string[];
  audience: SavedViewAudience;
  /** Of the owner when it was shared; null unless it is shared with a team. */
  team: string | null;
}

/** What a person says of a view. */
export interface SavedViewFields extends Pick<SavedView, 'name' | 'search' | 'filter' | 'orderBy' | 'columns' | 'audience'> {}

/** Views of one person; columns; bytes of a filter. */
export const LIMITS = { views: 100, columns: 50, bytes: 16_384 } as const;

/** Lengths and sizes; absent fields are fine. */
export function checkViewFields({ name, search, filter, columns }: Partial<SavedViewFields>): void {
  if (name !== undefined) checkText('input.name', name, { max: 100, required: true });
  checkText('input.search', search, { max: MAX_SEARCH });
  const bytes = filter ? Buffer.byteLength(JSON.stringify(filter)) : 0;
  if (bytes > LIMITS.bytes)
    throw badInput('input.filter', `is longer than ${LIMITS.bytes} bytes`, { limit: 'filterBytes', max: LIMITS.bytes, asked: bytes });
  if (columns && columns.length > LIMITS.columns)
    throw badInput('input.columns', `has more than ${LIMITS.columns} values`, {
      limit: 'columns',
      max: LIMITS.columns,
      asked: columns.length,
    });
  columns?.forEach((column, at) => {
    if (!/^[A-Za-z_]\w*(\.\w+)*$/.test(column) || column.length > 100)
      throw badInput(`input.columns.${at}`, 'must be a path of fields of at most 100 characters, such as lifecycle.stage.name');
  });
}

/** The names of tags that a filter asks for, each with its place. */
export function tagsIn(filter: object | null | undefined, path = 'filter'): Array<{ name: string; path: string }> {
  return Object.entries(filter ?? {}).flatMap(([key, value]) => {
    const at = `${path}.${key}`;
    if (key === 'all' || key === 'any') return (value as object[] | null)?.flatMap((child, n) => tagsIn(child, `${at}.${n}`)) ?? [];
    if (key === 'not') return tagsIn(value, at);
    if (key !== 'tags') return [];
    return Object.entries((value ?? {}) as Record<string, string[] | null>).flatMap(([operator, names]) =>
      (names ?? []).map((name, n) => ({ name, path: `${at}.${operator}.${n}` })),
    );
  });
}
