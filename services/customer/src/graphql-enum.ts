// GraphQL shows the catalogue's enum values upper-cased, the tables keep them as the catalogue writes them (decisions page); the map between
// is made here, once, so that verbs and SQL see stored values only.

/** `{ DECISION_MAKER: 'decision_maker', … }`. */
export const enumValues = <T extends string>(stored: readonly T[]): { [V in T as Uppercase<V>]: V } =>
  Object.fromEntries(stored.map((value) => [value.toUpperCase(), value])) as { [V in T as Uppercase<V>]: V };

/** A union's type: a Problem says its own, anything else is the noun. */
export const resultOf = (noun: string) => ({
  __resolveType: (value: object) => ('__typename' in value ? value.__typename : noun) as never,
});
