// What an operation may ask for, counted from its text before anything is executed: depth, aliases, directives and root fields as a
// validation rule (one walk per document, the result is cached with it), the cost with its variables per request (cost.ts).
// Every refusal is LIMIT_EXCEEDED with the limit, its maximum and what was asked.
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

export interface Limits {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly cost: number;
}

/** The shape of one operation; fragments count once for aliases and directives, and as deep as they are spread for depth. */
export interface Shape {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
}

export function limitExceeded(limit: string, max: number, asked: number): GraphQLError {
  return new GraphQLError(`the operation asks for ${asked} ${limit}, at most ${max} are allowed`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit, max, asked, http: { status: 400 } },
  });
}

/** The rule for Apollo's `validationRules`. Fields below `__schema` and `__type` have graphql-js's own depth rule. */
export function shapeRule(limits: Limits): ValidationRule {
  return (context): ASTVisitor => ({
    OperationDefinition(operation) {
      const shape = shapeOf(operation, (name) => context.getFragment(name));
      for (const limit of ['depth', 'aliases', 'directives', 'rootFields'] as const) {
        if (shape[limit] > limits[limit]) context.reportError(limitExceeded(limit, limits[limit], shape[limit]));
      }
    },
  });
}

/** Walks an operation once; each fragment is measured once, and one that contains itself counts as flat (validation refuses it). */
export function shapeOf(operation: OperationDefinitionNode, fragment: (name: string) => FragmentDefinitionNode | null | undefined): Shape {
  let aliases = 0;
  let directives = operation.directives?.length ?? 0;
  const measured = new Map<string, { depth: number; fields: number }>();

  function measure(set: SelectionSetNode): { depth: number; fields: number } {
    let depth = 0;
    let fields = 0;
    for (const node of set.selections) {
      directives += node.directives?.length ?? 0;
      let inner = { depth: 0, fields: 0 };
      if (node.kind === Kind.FIELD) {
        if (node.alias) aliases += 1;
        const introspection = node.name.value.startsWith('__');
        if (node.selectionSet) inner = { depth: introspection ? 0 : measure(node.selectionSet).depth, fields: 0 };
        inner = { depth: inner.depth + 1, fields: 1 };
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        inner = measure(node.selectionSet);
      } else {
        inner = measureFragment(node.name.value);
      }
      depth = Math.max(depth, inner.depth);
      fields += inner.fields;
    }
    return { depth, fields };
  }

  function measureFragment(name: string): { depth: number; fields: number } {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, { depth: 0, fields: 0 });
    const definition = fragment(name);
    if (!definition) return { depth: 0, fields: 0 };
    directives += definition.directives?.length ?? 0;
    const result = measure(definition.selectionSet);
    measured.set(name, result);
    return result;
  }

  const { depth, fields } = measure(operation.selectionSet);
  return { depth, aliases, directives, rootFields: fields };
}
