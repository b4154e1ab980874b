// `Idempotency-Key: <key>` instead of `idempotencyKey` in the input: for clients and proxies that repeat a request without knowing its fields.
// A key names one create, so the operation must have exactly one; anything that would leave open what the key protects is refused. The key
// itself travels on as the same header, and the service's `transact` takes it. [issue 5, section 4]
import type { ApolloServerPlugin } from '@apollo/server';
import { badIdempotencyKey, readIdempotencyKey } from '@customer360/kernel/idempotency-key';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { GatewayContext } from './context.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Checks the header of a mutation and keeps it for the services; a query may carry one, which means nothing. */
export function idempotencyPlugin(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart({ contextValue }) {
      return {
        async didResolveOperation({ schema, document, operation, request }) {
          if (operation?.operation !== 'mutation') return;
          const header = request.http?.headers.get('idempotency-key');
          const key = readIdempotencyKey(header);
          if (key === undefined) return;
          checkOneCreate(key, keysOfCreates(schema, document, operation, request.variables ?? {}));
          contextValue.idempotencyKey = header;
        },
      };
    },
  };
}

/** Refuses a key that does not name exactly one create, or another key than its input has. */
function checkOneCreate(key: string, creates: readonly unknown[]): void {
  if (creates.length === 0) {
    throw badIdempotencyKey('no field of this mutation takes a key; updates are safe to repeat by their expectedVersion');
  }
  if (creates.length > 1) {
    throw badIdempotencyKey(`names one create, this operation has ${creates.length}: give each an idempotencyKey in its input`);
  }
  if (creates[0] && creates[0] !== key) throw badIdempotencyKey('is not the idempotencyKey of the input: send one of them');
}

/** The `idempotencyKey` (if any) of each root field that takes one. Fields count as written: `@skip` and `@include` are not looked at. */
export function keysOfCreates(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): unknown[] {
  const mutation = schema.getMutationType();
  const given = { ...variables };
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    if (defaultValue && given[variable.name.value] === undefined) given[variable.name.value] = valueFromASTUntyped(defaultValue);
  const keys: unknown[] = [];
  for (const node of rootFields(document, operation.selectionSet).values()) {
    const taker = mutation?.getFields()[node.name.value]?.args.find(({ type }) => {
      const named = getNamedType(type);
      return isInputObjectType(named) && named.getFields().idempotencyKey;
    });
    if (taker) keys.push(keyIn(node.arguments?.find(({ name }) => name.value === taker.name)?.value, given));
  }
  return keys;
}

const keyIn = (value: ValueNode | undefined, variables: Variables): unknown =>
  value && (valueFromASTUntyped(value, variables) as { idempotencyKey?: unknown } | null | undefined)?.idempotencyKey;

/** By response key: what is written twice under one is executed once. */
function rootFields(document: DocumentNode, root: SelectionSetNode): Map<string, FieldNode> {
  const found = new Map<string, FieldNode>();
  const seen = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        if (!found.has(key)) found.set(key, node);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        visit(node.selectionSet);
      } else if (!seen.has(node.name.value)) {
        seen.add(node.name.value);
        for (const one of document.definitions)
          if (one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === node.name.value) visit(one.selectionSet);
      }
    }
  };
  visit(root);
  return found;
}
