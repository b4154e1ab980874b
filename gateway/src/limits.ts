// What an operation may ask for, counted from its text before anything is planned: depth, nesting, aliases, directives, root fields and the
// depth of values as a validation rule (one walk per document, the result is cached with it); the cost with its variables per request
// (cost.ts). Every refusal is LIMIT_EXCEEDED with the limit, its maximum and what was asked.
// The depth of values matters: Apollo's planner takes time exponential in it (20 levels of a filter 0.2 s, 40 more than the age of the world).
import {
  type ArgumentNode,
  type ASTVisitor,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
  type ValueNode,
} from 'graphql';

export interface Limits {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly cost: number;
}

/** Levels of lists and objects in one argument or variable; a filter of the deepest allowed kind has 19. */
export const MAX_VALUE_DEPTH = 24;
const NESTING_PER_DEPTH = 3;

/** The shape of one operation; fragments count once for aliases and directives, and as deep as they are spread for depth. */
export interface Shape {
  /** Fields within fields. */
  readonly depth: number;
  /** Selection sets within selection sets, fragments included. */
  readonly nesting: number;
  /** Lists and objects within values that stand in the text. */
  readonly valueDepth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
}

const WORDS = {
  depth: 'levels of fields',
  nesting: 'levels of selections',
  valueDepth: 'levels within a value',
  aliases: 'aliases',
  directives: 'directives',
  rootFields: 'fields at the root',
  cost: 'objects',
};

export function limitExceeded(limit: keyof typeof WORDS, max: number, asked: number): GraphQLError {
  return new GraphQLError(`the operation asks for ${asked} ${WORDS[limit]}, at most ${max} are allowed`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit, max, asked, http: { status: 400 } },
  });
}

/** The rule for Apollo's `validationRules`. Fields below `__schema` and `__type` have graphql-js's own depth rule. */
export function shapeRule(limits: Limits): ValidationRule {
  const most: Shape = { ...limits, nesting: limits.depth * NESTING_PER_DEPTH, valueDepth: MAX_VALUE_DEPTH };
  return (context): ASTVisitor => ({
    OperationDefinition(operation) {
      const shape = shapeOf(operation, (name) => context.getFragment(name));
      for (const limit of ['valueDepth', 'nesting', 'depth', 'aliases', 'directives', 'rootFields'] as const) {
        if (shape[limit] > most[limit]) context.reportError(limitExceeded(limit, most[limit], shape[limit]));
      }
    },
  });
}

/** Walks an operation once; each fragment is measured once, and one that contains itself counts as flat (validation refuses it). */
export function shapeOf(operation: OperationDefinitionNode, fragment: (name: string) => FragmentDefinitionNode | null | undefined): Shape {
  let aliases = 0;
  let directives = 0;
  let valueDepth = 0;
  const measured = new Map<string, Measure>();

  function decorated(node: { directives?: readonly DirectiveNode[]; arguments?: readonly ArgumentNode[] }): void {
    for (const argument of node.arguments ?? []) valueDepth = Math.max(valueDepth, literalDepth(argument.value));
    for (const directive of node.directives ?? []) {
      directives += 1;
      decorated({ arguments: directive.arguments });
    }
  }

  function measure(set: SelectionSetNode): Measure {
    const whole = { depth: 0, nesting: 0, fields: 0 };
    for (const node of set.selections) {
      decorated(node);
      const part =
        node.kind === Kind.FIELD
          ? measureField(node)
          : node.kind === Kind.INLINE_FRAGMENT
            ? measure(node.selectionSet)
            : spread(node.name.value);
      whole.depth = Math.max(whole.depth, part.depth);
      whole.nesting = Math.max(whole.nesting, part.nesting);
      whole.fields += part.fields;
    }
    whole.nesting += 1;
    return whole;
  }

  function measureField(node: FieldNode): Measure {
    if (node.alias) aliases += 1;
    const inner = node.selectionSet ? measure(node.selectionSet) : NOTHING;
    return { depth: node.name.value.startsWith('__') ? 1 : inner.depth + 1, nesting: inner.nesting, fields: 1 };
  }

  function spread(name: string): Measure {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, NOTHING);
    const definition = fragment(name);
    if (!definition) return NOTHING;
    decorated(definition);
    const result = measure(definition.selectionSet);
    measured.set(name, result);
    return result;
  }

  decorated(operation);
  for (const variable of operation.variableDefinitions ?? []) {
    decorated(variable);
    if (variable.defaultValue) valueDepth = Math.max(valueDepth, literalDepth(variable.defaultValue));
  }
  const { depth, nesting, fields } = measure(operation.selectionSet);
  return { depth, nesting, valueDepth, aliases, directives, rootFields: fields };
}

interface Measure {
  depth: number;
  nesting: number;
  fields: number;
}
const NOTHING: Measure = { depth: 0, nesting: 0, fields: 0 };

function literalDepth(value: ValueNode): number {
  if (value.kind === Kind.LIST) return 1 + Math.max(0, ...value.values.map(literalDepth));
  if (value.kind === Kind.OBJECT) return 1 + Math.max(0, ...value.fields.map((field) => literalDepth(field.value)));
  return 0;
}

/** Throws LIMIT_EXCEEDED when the variables nest too deeply; looks no deeper than it must. */
export function checkVariables(variables: object): void {
  for (const value of Object.values(variables)) {
    if (deeperThan(MAX_VALUE_DEPTH, value)) throw limitExceeded('valueDepth', MAX_VALUE_DEPTH, MAX_VALUE_DEPTH + 1);
  }
}

function deeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (deeperThan(levels - 1, inner)) return true;
  return false;
}
