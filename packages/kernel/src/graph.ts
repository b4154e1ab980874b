// The translation between rows and the graph that all nouns share: enum values are the catalogue's in upper case, a result is a row or a Problem.

/** Resolver of an enum, GraphQL name to stored value: `{ IN_PERSON: 'in_person', … }`. */
export const enumOf = <V extends string>(stored: readonly V[]): { [K in V as Uppercase<K>]: K } =>
  Object.fromEntries(stored.map((value) => [value.toUpperCase(), value])) as never;

/** Resolver of a result union: a Problem says itself which member it is, everything else is the noun. */
export const memberOf = (noun: string) => ({
  __resolveType: (value: object): any => (value as { __typename?: string }).__typename ?? noun,
});
