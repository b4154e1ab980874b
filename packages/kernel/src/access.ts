// Default deny: the one access table, read from @access in the SDL (api.md "Who may do what"), and the check of an operation against it.
// The gateway asks it before planning with the supergraph's text, every subgraph asks it again with its own, `_entities` included, because
// a guard that stands in one place only is one misconfiguration away from none.
import type { ApolloServerPlugin } from '@apollo/server';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { ROLE_GROUPS, ROLES, type Role } from './actor.ts';
import { forbidden, unauthenticated } from './problem.ts';

/** Who may use what: `fields` by 'Type.field'; `missing` are fields without an annotation (refused at run time, a failure in CI). */
export interface AccessTable {
  readonly fields: ReadonlyMap<string, ReadonlySet<Role>>;
  readonly missing: readonly string[];
}

/** Composition's own machinery in a supergraph; no client reaches it. */
const MACHINERY = /^(join|link|core|federation)__|^_(Any|Entity|Service|FieldSet)$|^FieldSet$/;
const ROLE_NAMES: ReadonlySet<string> = new Set(ROLES);

/** Reads the table from the SDL of a subgraph or of the supergraph. Throws when an annotation names a role that does not exist. */
export function accessTable(sdl: string | DocumentNode): AccessTable {
  const document = typeof sdl === 'string' ? parse(sdl, { noLocation: true }) : sdl;
  const fields = new Map<string, ReadonlySet<Role>>();
  const ofType = new Map<string, ReadonlySet<Role>>();
  const unannotated = new Set<string>();
  for (const definition of document.definitions) {
    if (!isFieldsOwner(definition.kind) || !('fields' in definition) || MACHINERY.test(definition.name.value)) continue;
    const type = definition.name.value;
    const roles = rolesIn(definition.directives, type);
    if (roles) ofType.set(type, roles);
    for (const field of definition.fields ?? []) {
      const name = `${type}.${field.name.value}`;
      const own = rolesIn(field.directives, name);
      if (own) fields.set(name, own);
      else unannotated.add(name);
    }
  }
  const missing: string[] = [];
  for (const name of unannotated) {
    const roles = ofType.get(name.slice(0, name.indexOf('.')));
    if (roles) fields.set(name, roles);
    else missing.push(name);
  }
  return { fields, missing };
}

function isFieldsOwner(kind: Kind): boolean {
  return (
    kind === Kind.OBJECT_TYPE_DEFINITION ||
    kind === Kind.OBJECT_TYPE_EXTENSION ||
    kind === Kind.INTERFACE_TYPE_DEFINITION ||
    kind === Kind.INTERFACE_TYPE_EXTENSION
  );
}

function rolesIn(directives: readonly ConstDirectiveNode[] | undefined, where: string): Set<Role> | undefined {
  const annotation = directives?.find((directive) => directive.name.value === 'access');
  if (!annotation) return undefined;
  const value = annotation.arguments?.find((argument) => argument.name.value === 'roles')?.value;
  const names = value?.kind === Kind.LIST ? value.values : [];
  const roles = new Set<Role>();
  for (const name of names) {
    const text = name.kind === Kind.STRING ? name.value : '';
    const group = ROLE_GROUPS[text];
    if (!group && !ROLE_NAMES.has(text)) throw new Error(`@access on ${where} names the unknown role "${text}"`);
    for (const role of group ?? [text as Role]) roles.add(role);
  }
  return roles;
}

type Answers = Map<string, readonly string[]>;
// Per parsed document, so that the memory goes when Apollo's bounded document store drops the document.
const answered = new WeakMap<DocumentNode, Map<AccessTable, Answers>>();
const MAX_ANSWERS = 64;

/**
 * The fields of the operation that these roles may not use, as sorted 'Type.field' names; empty when all are allowed.
 * A field read through an interface needs the interface's field and that of every type it may turn out to be.
 * `@skip` and `@include` are ignored: what is written counts.
 */
export function denied(
  table: AccessTable,
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  roles: readonly Role[],
): readonly string[] {
  const tables = answered.get(document) ?? new Map<AccessTable, Answers>();
  answered.set(document, tables);
  if (!tables.has(table)) tables.clear(); // a reloaded table replaces the last one
  const answers: Answers = tables.get(table) ?? new Map();
  tables.set(table, answers);
  const key = `${operationName ?? ''} ${[...roles].sort().join()}`;
  const known = answers.get(key);
  if (known) return known;
  if (answers.size >= MAX_ANSWERS) answers.clear();
  const answer = walk(table, schema, document, operationName, new Set(roles));
  answers.set(key, answer);
  return answer;
}

/** May these roles run this operation? */
export const allowed = (...question: Parameters<typeof denied>): boolean => denied(...question).length === 0;

function walk(
  table: AccessTable,
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  roles: ReadonlySet<Role>,
): readonly string[] {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return ['(no such operation)'];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const refused = new Set<string>();
  const seen = new Set<string>(); // fragment × possible types: linear work, and no trust in an acyclic document

  const may = (name: string): boolean => {
    for (const role of table.fields.get(name) ?? []) if (roles.has(role)) return true;
    return false;
  };
  const possibleOf = (type: GraphQLCompositeType): readonly string[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type).map((possible) => possible.name) : [type.name];

  function narrow(condition: string | undefined, type: GraphQLCompositeType, possible: readonly string[]) {
    const target = condition ? schema.getType(condition) : type;
    if (!isCompositeType(target)) return undefined;
    const within = new Set(possibleOf(target));
    return { type: target, possible: possible.filter((name) => within.has(name)) };
  }

  function visitField(node: FieldNode, type: GraphQLCompositeType, possible: readonly string[]): void {
    const name = node.name.value;
    if (name === '__typename') return;
    if (name === '__schema' || name === '__type') {
      if (roles.size === 0) refused.add(`${type.name}.${name}`);
      return;
    }
    if (name === '_entities' && type === root) {
      // Its selections are checked type by type below; who may read no field of a type gets nothing of it.
      if (roles.size === 0) refused.add(`${type.name}.${name}`);
    } else {
      if (!may(`${type.name}.${name}`)) refused.add(`${type.name}.${name}`);
      if (isInterfaceType(type)) for (const one of possible) if (!may(`${one}.${name}`)) refused.add(`${one}.${name}`);
    }
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const answer = field && getNamedType(field.type);
    const entities = name === '_entities' && !field ? schema.getType('_Entity') : answer;
    if (node.selectionSet && isCompositeType(entities)) visitSet(node.selectionSet, entities, possibleOf(entities));
  }

  function visitSet(set: SelectionSetNode, type: GraphQLCompositeType, possible: readonly string[]): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        visitField(node, type, possible);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        const inner = narrow(node.typeCondition?.name.value, type, possible);
        if (inner) visitSet(node.selectionSet, inner.type, inner.possible);
      } else {
        const fragment = fragments.get(node.name.value);
        const inner = fragment && narrow(fragment.typeCondition.name.value, type, possible);
        const key = `${node.name.value} ${inner?.possible.join()}`;
        if (!fragment || !inner || seen.has(key)) continue;
        seen.add(key);
        visitSet(fragment.selectionSet, inner.type, inner.possible);
      }
    }
  }

  visitSet(operation.selectionSet, root, [root.name]);
  return [...refused].sort();
}

/** Throws FORBIDDEN (signed in) or UNAUTHENTICATED (nobody) naming the first refused fields; returns when all are allowed. */
export function enforceAccess(fields: readonly string[], roles: readonly Role[]): void {
  if (fields.length === 0) return;
  const named = fields.slice(0, 5).join(', ') + (fields.length > 5 ? ` and ${fields.length - 5} more` : '');
  if (roles.length === 0) throw unauthenticated(`sign in to use ${named}`);
  throw forbidden(`your roles may not use ${named}`, { field: fields[0], fields: fields.slice(0, 20), http: { status: 403 } });
}

/** The Apollo plugin of both gateway and subgraphs; `rolesOf` answers an empty list for callers who are not signed in. */
export function accessPlugin<C extends object>(options: {
  table: AccessTable | (() => AccessTable);
  rolesOf: (contextValue: C) => readonly Role[];
  refused?: (contextValue: C) => void;
}): ApolloServerPlugin<any> {
  const table = typeof options.table === 'function' ? options.table : () => options.table as AccessTable;
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue, schema, document, request, operation }) {
          if (!operation) return; // Apollo answers "unknown operation name" itself
          const roles = options.rolesOf(contextValue as C);
          const fields = denied(table(), schema, document, request.operationName, roles);
          if (fields.length > 0) options.refused?.(contextValue as C);
          enforceAccess(fields, roles);
        },
      };
    },
  };
}
