// The translation between the graph and the rows that all rooms share: enum values are the catalogue's in upper case, references are ids, a
// result is a row or a Problem.
import { createdBy, type Row } from '@customer360/kernel/entity';

/** Stored enum value → GraphQL. */
export const upper = (value: string | null | undefined): string | null => value?.toUpperCase() ?? null;

/** The input with the named enum fields as stored values. */
export function stored<I extends object>(input: I, ...fields: readonly string[]): any {
  const translated: Record<string, unknown> = { ...(input as Record<string, unknown>) };
  for (const field of fields) if (typeof translated[field] === 'string') translated[field] = (translated[field] as string).toLowerCase();
  return translated;
}

/** A reference to an entity, or null. */
export const reference = (id: string | null | undefined): { id: string } | null => (id ? { id } : null);

/** Resolvers of the columns that every row has. */
export const rowResolvers = {
  createdBy,
  author: (row: Row) => (row.createdByKind === 'STAFF' ? { id: row.createdById } : null),
};

/** `__resolveType` for result unions: a Problem says what it is, everything else is the noun. */
export const results = (noun: string, ...unions: readonly string[]): Record<string, object> =>
  Object.fromEntries(unions.map((union) => [union, { __resolveType: (value: { __typename?: string }) => value.__typename ?? noun }]));
