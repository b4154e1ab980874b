// Operations that reach a field: the shortest way from the roots to its type, found in the schema that clients see. Required arguments become
// variables that nobody supplies, so that an operation which access lets through ends at its variables, and nothing is ever executed by a mutation.
import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

type Fields = GraphQLObjectType | GraphQLInterfaceType;
type AnyField = GraphQLField<unknown, unknown>;

/** The way to a type: fields from a root on, and where an abstract type has to be narrowed. */
export interface Way {
  readonly root: 'query' | 'mutation';
  readonly steps: ReadonlyArray<{ type: string; field: AnyField; narrowTo?: string }>;
}

/** The shortest way to each object and interface type, by queries where there is one. `may` says which fields may be walked through. */
export function waysTo(schema: GraphQLSchema, may: (name: string) => boolean): Map<string, Way> {
  const ways = new Map<string, Way>();
  for (const root of ['query', 'mutation'] as const) {
    const type = root === 'query' ? schema.getQueryType()! : schema.getMutationType()!;
    ways.set(type.name, { root, steps: [] });
    const queue: Fields[] = [type];
    for (let from = queue.shift(); from; from = queue.shift()) {
      const way = ways.get(from.name)!;
      for (const field of Object.values(from.getFields())) {
        if (!may(`${from.name}.${field.name}`)) continue;
        for (const { target, narrowTo } of targetsOf(schema, getNamedType(field.type))) {
          if (ways.has(target.name)) continue;
          ways.set(target.name, { root, steps: [...way.steps, { type: from.name, field, ...(narrowTo && { narrowTo }) }] });
          queue.push(target);
        }
      }
    }
  }
  return ways;
}

function targetsOf(schema: GraphQLSchema, type: GraphQLNamedType): Array<{ target: Fields; narrowTo?: string }> {
  if (isObjectType(type)) return [{ target: type }];
  if (!isUnionType(type) && !isInterfaceType(type)) return [];
  const members = schema.getPossibleTypes(type);
  const interfaces = new Set(members.flatMap((member) => member.getInterfaces()));
  return [...members, ...interfaces].map((target) => ({ target, narrowTo: target.name }));
}

/** The names of the fields that a way walks through. */
export const walked = (way: Way): string[] => way.steps.map(({ type, field }) => `${type}.${field.name}`);

export interface Written {
  readonly query: string;
  /** Does it have variables that must be given? */
  readonly incomplete: boolean;
}

/** One operation that selects these fields (of one root kind), each group in its own root field. */
export function write(groups: ReadonlyArray<{ way: Way; fields: readonly AnyField[] }>): Written {
  const definitions: string[] = [];
  const written = (field: AnyField): string => {
    const required = field.args.filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined);
    const args = required.map((arg) => {
      definitions.push(`$v${definitions.length}: ${arg.type}`);
      return `${arg.name}: $v${definitions.length - 1}`;
    });
    return `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`;
  };
  const leaf = (field: AnyField) => `${written(field)}${isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''}`;
  const roots = groups.map(({ way, fields }, at) => {
    const alias = (text: string) => (groups.length > 1 ? `g${at}: ${text}` : text);
    if (way.steps.length === 0) return fields.map(leaf).join(' ');
    let text = fields.map(leaf).join(' ');
    for (const { field, narrowTo } of way.steps.toReversed())
      text = `${written(field)} { ${narrowTo ? `... on ${narrowTo} { ${text} }` : text} }`;
    return alias(text);
  });
  const kind = groups[0]!.way.root;
  return {
    query: `${kind} Cell${definitions.length > 0 ? `(${definitions.join(', ')})` : ''} { ${roots.join(' ')} }`,
    incomplete: definitions.length > 0,
  };
}

/**
 * Everything of a type that `may` be read, each type below it expanded once: the widest selection that stays within the gateway's limits. Lists
 * are read one element long.
 */
export function widest(type: GraphQLObjectType, may: (name: string) => boolean, expanded = new Set<string>()): string {
  expanded.add(type.name);
  const parts: string[] = [];
  const later: Array<[AnyField, GraphQLObjectType]> = [];
  for (const field of Object.values(type.getFields())) {
    if (!may(`${type.name}.${field.name}`)) continue;
    const answer = getNamedType(field.type);
    if (isLeafType(answer)) parts.push(field.name);
    else if (isObjectType(answer) && !expanded.has(answer.name)) later.push([field, answer]);
  }
  for (const [field, answer] of later) {
    if (expanded.has(answer.name)) continue;
    const inner = widest(answer, may, expanded);
    if (inner) parts.push(`${field.name}${field.args.some((arg) => arg.name === 'first') ? '(first: 1)' : ''} { ${inner} }`);
  }
  return parts.join(' ');
}
