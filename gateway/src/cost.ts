// How many objects an operation may bring back at worst, before it is executed: every object counts 1, times the sizes of the lists around
// it. A list's size is its `first` (from the text, the variables or the schema's default), the length of its list argument (`ids`, `customerIds`), or an
// assumed 10. Sizes above 200 count as 200: the service refuses them anyway, and says so better.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;
const MAX_LIST = 200;
const ASSUMED_LIST = 10;
const MUTATION = 10;

/** The cost of a validated operation. */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults: Record<string, ValueNode | undefined> = {};
  for (const variable of operation.variableDefinitions ?? []) defaults[variable.variable.name.value] = variable.defaultValue;
  // A fragment costs the same wherever it is spread, but for whether its lists were already sized by the field around it.
  const ofFragment = new Map<string, number>();

  function ofSet(set: SelectionSetNode, type: GraphQLNamedType | undefined, sized: boolean): number {
    let cost = 0;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        cost += ofField(node, type, sized);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type;
        cost += ofSet(node.selectionSet, condition, sized);
      } else {
        const key = `${node.name.value} ${sized}`;
        const known = ofFragment.get(key);
        const fragment = fragments.get(node.name.value);
        const own = known ?? (fragment ? ofSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), sized) : 0);
        ofFragment.set(key, own);
        cost += own;
      }
    }
    return cost;
  }

  function ofField(node: FieldNode, type: GraphQLNamedType | undefined, sized: boolean): number {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    const answer = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(answer)) return 0;
    const asked = askedSize(node, field);
    const size = asked ?? (isListType(getNullableType(field.type)) && !sized ? ASSUMED_LIST : 1);
    return size * (1 + ofSet(node.selectionSet, answer, asked !== undefined && !isListType(getNullableType(field.type))));
  }

  /** The size that the field's arguments ask for; undefined when it takes none. */
  function askedSize(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    for (const argument of field.args) {
      const list = isListType(getNullableType(argument.type)) && /ids$/i.test(argument.name);
      if (argument.name !== 'first' && !list) continue;
      const given = node.arguments?.find((one) => one.name.value === argument.name)?.value;
      const value = given ? sizeIn(given) : argument.defaultValue;
      if (list) return clamp(Array.isArray(value) ? value.length : 1);
      return clamp(typeof value === 'number' ? value : typeof argument.defaultValue === 'number' ? argument.defaultValue : MAX_LIST);
    }
    return undefined;
  }

  function sizeIn(node: ValueNode): unknown {
    if (node.kind === Kind.INT) return Number(node.value);
    if (node.kind === Kind.LIST) return node.values;
    if (node.kind !== Kind.VARIABLE) return undefined;
    const given = variables[node.name.value];
    const fallback = defaults[node.name.value];
    return given === undefined && fallback ? sizeIn(fallback) : given;
  }

  const root = schema.getRootType(operation.operation) ?? undefined;
  const base = operation.operation === 'mutation' ? MUTATION * operation.selectionSet.selections.length : 0;
  return base + ofSet(operation.selectionSet, root, false);
}

const clamp = (size: number): number => Math.min(Math.max(Math.trunc(size) || 1, 1), MAX_LIST);
