// The graph's contract as data: composed without a hint and committed fresh, every type and field described, every field annotated with who may
// read it, refusals alike everywhere, and the names that tools rely on.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { accessTable } from '@customer360/kernel/access';
import { expect, test } from '@jest/globals';
import { buildASTSchema, type DocumentNode, Kind, parse, visit } from 'graphql';

const folder = join(import.meta.dirname, '../../schemas/graphql');
const SERVICES = ['customer', 'interaction', 'lifecycle', 'compliance'];
const sdl = (name: string) =>
  `${readFileSync(join(folder, 'shared.graphql'), 'utf8')}\n${readFileSync(join(folder, `${name}.graphql`), 'utf8')}`;
const supergraph = readFileSync(join(folder, 'supergraph.graphql'), 'utf8');

/** Types, fields, arguments and enum values without a description. */
export function undescribed(document: DocumentNode): string[] {
  const found: string[] = [];
  visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      const named =
        node.kind === Kind.OBJECT_TYPE_DEFINITION ||
        node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
        node.kind === Kind.UNION_TYPE_DEFINITION ||
        node.kind === Kind.ENUM_TYPE_DEFINITION ||
        node.kind === Kind.ENUM_VALUE_DEFINITION ||
        node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
        node.kind === Kind.FIELD_DEFINITION ||
        node.kind === Kind.SCALAR_TYPE_DEFINITION;
      if (named && !node.description && !['Query', 'Mutation'].includes(node.name.value)) {
        const owner = ancestors.findLast((a) => 'kind' in a && 'name' in a) as { name?: { value: string } } | undefined;
        found.push([owner?.name?.value, node.name.value].filter(Boolean).join('.'));
      }
    },
  });
  return found;
}

test('the committed supergraph is what the four files compose to, without a single hint', () => {
  const urls = new Map([...supergraph.matchAll(/join__graph\(name: "(\w+)", url: "([^"]+)"\)/g)].map(([, name, url]) => [name, url]));
  const { errors, hints, supergraphSdl } = composeServices(
    SERVICES.map((name) => ({ name, url: urls.get(name), typeDefs: parse(sdl(name)) })),
  );
  expect(errors?.map(String)).toBeUndefined();
  expect(hints?.map((hint) => hint.toString())).toEqual([]);
  expect(supergraph.includes(supergraphSdl!.trim())).toBe(true);
});

test.each(SERVICES)('every type and field of %s is described', (name) => {
  expect(undescribed(parse(sdl(name)))).toEqual([]);
});

test.each([...SERVICES, 'supergraph'])('every field of %s says who may read it', (name) => {
  const table = accessTable(name === 'supergraph' ? supergraph : sdl(name));
  expect(table.missing).toEqual([]);
  expect(table.fields.size).toBeGreaterThan(20);
});

test('a field without description or access is found', () => {
  const document = parse('"x" type A { "said" a: Int b: Int }');
  expect(undescribed(document)).toEqual(['A.b']);
  expect(accessTable(document).missing).toEqual(['A.a', 'A.b']);
});

test('interface Problem is { message } and nothing more, and every mutation answers a union or a type of its own', () => {
  const schema = buildASTSchema(parse(supergraph), { assumeValidSDL: true });
  expect(Object.keys((schema.getType('Problem') as { getFields(): object }).getFields() as object)).toEqual(['message']);
});

test('the names that tools rely on are there', () => {
  const schema = buildASTSchema(parse(supergraph), { assumeValidSDL: true });
  const mutations = Object.keys(schema.getMutationType()!.getFields());
  const queries = Object.keys(schema.getQueryType()!.getFields());
  for (const name of 'createCustomer updateCustomer deleteCustomer restoreCustomer createContact createAddress createRelationship logInteraction createNote createActivity completeActivity changeStage recordMilestone recordConsent requestDeletion'.split(
    ' ',
  )) {
    expect(mutations).toContain(name);
  }
  for (const name of 'customer customersByIds customers interactions notes activities consentDecision'.split(' '))
    expect(queries).toContain(name);
});
