// The catalogue's enum values are stored as they are written there and shown in upper case.

/** Resolver of an enum: GraphQL name to stored value. */
export const enumOf = <V extends string>(values: readonly V[]): { [K in V as Uppercase<K>]: K } =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), value])) as never;
