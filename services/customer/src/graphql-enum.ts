// GraphQL shows the catalogue's enum values upper-cased, the tables keep them as the catalogue writes them (decisions page); the map between
// is made here, once, so that verbs and SQL see stored values only.

/** `{ DECISION_MAKER: 'decision_maker', … }`; `name` gives the GraphQL name where upper case is not one. */
export const enumValues = (
  stored: readonly string[],
  name: (value: string) => string = (value) => value.toUpperCase(),
): Record<string, string> => Object.fromEntries(stored.map((value) => [name(value), value]));

/** A union's type: a Problem says its own, anything else is the noun. */
export const resultOf = (noun: string) => ({ __resolveType: (value: { __typename?: string }) => value.__typename ?? noun });
