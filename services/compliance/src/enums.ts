// The catalogue's enum values are stored as they are written there and shown in upper case.

/** Resolver of an enum: GraphQL name to stored value. */
export const enumOf = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), value]));
