// An input that is stored under a name, such as a filter: as JSON in the form in which clients write it, so that it can be shown and handed back. Read
// again it is checked against the input type as it is now, and the first place that does not fit any more is named.
import {
  astFromValue,
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  parseType,
  typeFromAST,
  valueFromASTUntyped,
} from 'graphql';

const typeOf = (schema: GraphQLSchema, type: string): GraphQLInputType =>
  typeFromAST(schema, parseType(type) as never) as unknown as GraphQLInputType;

/** A parsed argument of this type (`CustomerFilter`, `[CustomerOrder!]`) as a client would write it; null for none. */
export function storedInput<T>(schema: GraphQLSchema, type: string, value: unknown): T | null {
  const ast = value == null ? null : astFromValue(value, typeOf(schema, type));
  return ast && JSON.parse(JSON.stringify(valueFromASTUntyped(ast)));
}

/** A stored input as resolvers are given it, or `gone`: where it does not fit its type any more, below `name`. */
export function readStoredInput<T>(schema: GraphQLSchema, type: string, stored: unknown, name: string): { value: T | null; gone?: string } {
  if (stored === null) return { value: null };
  let gone: string | undefined;
  const value = coerceInputValue(stored, typeOf(schema, type), (path, invalid, error) => {
    const unknown = /^Field "(\w+)" is not defined/.exec(error.message)?.[1];
    const known = invalid !== null && typeof invalid === 'object' && unknown;
    gone ??= [name, ...path, ...(known && path.at(-1) !== unknown ? [unknown] : [])].join('.');
  }) as T;
  return gone === undefined ? { value } : { value: null, gone };
}
