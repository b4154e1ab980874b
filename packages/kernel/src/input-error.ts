// graphql-js says what is wrong with a value by quoting it; a client needs the field and the reason instead, and a log must not hold the
// value. Used by the gateway and by every subgraph, so that a bad value reads the same wherever it was noticed, in the text or in a variable.
import { type ASTNode, GraphQLError, type GraphQLFormattedError, Kind, parse, visit } from 'graphql';

const OF_VARIABLE =
  /^Variable "\$(\w+)" got invalid value [\s\S]*?(?: at "([^"]+)")?; (?=Expected |Value |Field |Enum |expected |text must |\w+ cannot represent )([\s\S]+)$/;
const OF_VARIABLE_OTHERWISE = /^Variable "\$(\w+)" got invalid value [\s\S]*?(?: at "([^"]+)")?; ([\s\S]+)$/;
const VARIABLE_MISSING = /^Variable "\$(\w+)" of (required|non-null) type /;
const VALUES: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
]);

/** The error as BAD_USER_INPUT with `extensions.field` and without the value; undefined when it is not about an input value. */
export function inputError(shown: GraphQLFormattedError, error: unknown): GraphQLFormattedError | undefined {
  const given = OF_VARIABLE.exec(shown.message) ?? OF_VARIABLE_OTHERWISE.exec(shown.message);
  if (given) return refused(shown, (given[2] ?? given[1])?.replace(/\[(\d+)\]/g, '.$1'), reason(given[3] ?? ''));
  const missing = VARIABLE_MISSING.exec(shown.message);
  if (missing) return refused(shown, missing[1], missing[2] === 'required' ? 'is required' : 'must not be null');
  if (shown.extensions?.code !== 'GRAPHQL_VALIDATION_FAILED' || !(error instanceof GraphQLError)) return undefined;
  const node = error.nodes?.[0];
  if (!node?.loc || !VALUES.has(node.kind)) return undefined;
  const absent = /^Field "\w+\.(\w+)" of required type .* was not provided/.exec(shown.message)?.[1];
  const path = pathOf(node);
  return refused(shown, absent ? [path, absent].filter(Boolean).join('.') : path, absent ? 'is required' : reason(shown.message));
}

function refused({ message: _, ...shown }: GraphQLFormattedError, field: string | undefined, why: string): GraphQLFormattedError {
  return { ...shown, message: field ? `${field}: ${why}` : why, extensions: { code: 'BAD_USER_INPUT', ...(field && { field }) } };
}

const reason = (message: string): string =>
  message
    .replace(/^Value [\s\S]* does not exist in "(\w+)" enum\.[\s\S]*$/, 'is not a value of $1')
    .replace(/^Enum "(\w+)" cannot[\s\S]*$/, 'is not a value of $1')
    .replace(/^(\w+) cannot represent [\s\S]*$/, 'is not a valid $1')
    .replace(/^Field "(\w+)" is not defined by type "(\w+)"[\s\S]*$/, '$2 has no field $1')
    .replace(/^Field "?(\w+)"? of required type "([^"]+)" was not provided[\s\S]*$/, '$1 is required')
    .replace(/^Expected non-nullable type "([^"]+)" not to be null\.[\s\S]*$/, 'must not be null')
    .replace(/^Expected type "(\w+)" to be an object\.[\s\S]*$/, 'must be a $1 object')
    .replace(/^Expected value of type "([\w![\]]+)", found [\s\S]*?(?:; ([\s\S]+))?$/, (_, type, why) => why ?? `is not a valid ${type}`);

/** Where a value stands in its document: argument and input fields, as in `input.addresses.0.city`. */
function pathOf({ loc }: ASTNode): string | undefined {
  if (!loc) return undefined;
  let path: string | undefined;
  visit(parse(loc.source.body), {
    enter(node, _key, parent, _path, ancestors) {
      if (path !== undefined || node.loc?.start !== loc.start || node.loc.end !== loc.end || !VALUES.has(node.kind)) return undefined;
      const line = [...ancestors, parent, node].flatMap((one) => (one && 'kind' in one ? [one as ASTNode] : []));
      path = line.flatMap((one, index) => stepTo(one, line[index - 1])).join('.');
      return undefined;
    },
  });
  return path || undefined;
}

function stepTo(node: ASTNode, parent: ASTNode | undefined): string[] {
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) return [node.name.value];
  if (node.kind === Kind.VARIABLE_DEFINITION) return [node.variable.name.value];
  return parent?.kind === Kind.LIST ? [String((parent.values as readonly ASTNode[]).indexOf(node))] : [];
}
