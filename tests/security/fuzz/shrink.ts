// Makes a failing operation small: cuts selections, arguments, variables and parts of their values, as long as it still fails in the same way.
import { type ASTNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql';
import type { Operation } from './operations.ts';

const MAX_TRIES = 200;

/** The smallest operation found that `stillFails`. */
export async function shrink(failing: Operation, stillFails: (candidate: Operation) => Promise<boolean>): Promise<Operation> {
  let best = failing;
  let tries = 0;
  for (let improved = true; improved && tries < MAX_TRIES; ) {
    improved = false;
    for (const candidate of smaller(best)) {
      if (++tries > MAX_TRIES) break;
      if (!(await stillFails(candidate))) continue;
      best = candidate;
      improved = true;
      break;
    }
  }
  return best;
}

function* smaller({ query, variables }: Operation): Generator<Operation> {
  for (const less of smallerDocuments(query)) yield { query: less, variables: usedIn(less, variables) };
  for (const [name, value] of Object.entries(variables)) {
    for (const less of smallerValues(value)) yield { query, variables: { ...variables, [name]: less } };
  }
}

/** Each document with one selection or argument less, the largest cuts first. */
function* smallerDocuments(query: string): Generator<string> {
  let document: ASTNode;
  try {
    document = parse(query, { noLocation: true });
  } catch {
    const half = Math.floor(query.length / 2);
    if (half > 0) yield* [query.slice(0, half), query.slice(half)];
    return;
  }
  const cuts: ASTNode[] = [];
  visit(document, {
    enter(node, _key, parent) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.DIRECTIVE || node.kind === Kind.OBJECT_FIELD) cuts.push(node);
      const list = Array.isArray(parent) ? parent : undefined;
      if ((node.kind === Kind.FIELD || node.kind === Kind.INLINE_FRAGMENT) && list && list.length > 1) cuts.push(node);
    },
  });
  for (const cut of cuts) {
    const less = print(visit(document, { enter: (node) => (node === cut ? null : undefined) }));
    yield dropUnused(less);
  }
}

function dropUnused(query: string): string {
  const document = parse(query, { noLocation: true });
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: (node) => void used.add(node.name.value),
  });
  return print(
    visit(document, {
      VariableDefinition: (node) => (used.has(node.variable.name.value) ? false : null),
      SelectionSet: (node: SelectionSetNode) => node,
    }),
  );
}

const usedIn = (query: string, variables: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => new RegExp(`\\$${name}\\b`).test(query)));

function* smallerValues(value: unknown): Generator<unknown> {
  if (typeof value === 'string' && value.length > 20) yield value.slice(0, Math.floor(value.length / 2));
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < Math.min(value.length, 10); i++) yield value.filter((_, at) => at !== i);
    for (let i = 0; i < Math.min(value.length, 10); i++) for (const less of smallerValues(value[i])) yield value.with(i, less);
    return;
  }
  for (const key of Object.keys(value)) yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  for (const [key, inner] of Object.entries(value)) for (const less of smallerValues(inner)) yield { ...value, [key]: less };
}
