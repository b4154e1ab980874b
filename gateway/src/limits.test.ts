// Shape and cost of operations, counted without executing them.
import { expect, test } from '@jest/globals';
import { buildSchema, type FragmentDefinitionNode, getOperationAST, parse } from 'graphql';
import { costOf } from './cost.ts';
import { checkVariables, shapeOf } from './limits.ts';

const schema = buildSchema(`
  type Query { person(id: ID): Person people(first: Int = 20, ids: [ID!]): Page! byIds(ids: [ID!]!): [Person]! }
  type Mutation { make: Person }
  interface Named { name: String }
  type Page { nodes: [Person!]! edges: [Edge!]! totalCount: Int }
  type Edge { node: Person! }
  type Person implements Named { name: String tags: [Tag!] friends(first: Int!): Page! best: Person }
  type Tag { text: String }
`);

function shape(query: string) {
  const document = parse(query);
  const fragments = new Map(
    document.definitions.filter((one) => one.kind === 'FragmentDefinition').map((one) => [(one as FragmentDefinitionNode).name.value, one]),
  );
  return shapeOf(getOperationAST(document)!, (name) => fragments.get(name) as FragmentDefinitionNode);
}
const cost = (query: string, variables: object = {}) => {
  const document = parse(query);
  return costOf(schema, document, getOperationAST(document)!, variables as Record<string, unknown>);
};

test('depth counts fields, through fragments; introspection has its own rule', () => {
  expect(shape('{ a { b { c } } }').depth).toBe(3);
  expect(shape('{ a { ... { ... on X { ...f } } } } fragment f on X { b { c { d } } }').depth).toBe(4);
  expect(shape('{ __schema { types { fields { name } } } }').depth).toBe(1);
});

test('aliases, directives and root fields are counted wherever they stand', () => {
  expect(shape('query @a { x: a @b ...f @c } fragment f on Query @d { y: b z: c @e @f }')).toMatchObject({
    depth: 1,
    aliases: 3,
    directives: 6,
    rootFields: 3,
  });
});

test('nesting counts what depth does not: fragments within fragments', () => {
  expect(shape(`{ ${'... { '.repeat(50)} a ${'} '.repeat(50)} }`)).toMatchObject({ depth: 1, nesting: 51 });
});

test('values are as deep as their lists and objects, in arguments, directives, defaults and variables', () => {
  expect(shape('{ a(x: 1, y: [[{ z: [] }]]) }').valueDepth).toBe(4);
  expect(shape('query($v: [X] = [{ a: 1 }]) { a @b(c: [[[1]]]) }').valueDepth).toBe(3);
  expect(shape('{ ...f } fragment f on Query { a(x: [1]) }').valueDepth).toBe(1);
  const nest = (levels: number): unknown => (levels === 0 ? 1 : { a: [nest(levels - 1)] });
  const limit = expect.objectContaining({ extensions: expect.objectContaining({ code: 'LIMIT_EXCEEDED', limit: 'valueDepth' }) });
  expect(() => checkVariables({ x: nest(12), y: null })).not.toThrow();
  expect(() => checkVariables({ x: nest(13) })).toThrow(limit);
  expect(() => checkVariables(JSON.parse(`{"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`))).toThrow(limit);
});

test('circular and widely spread fragments end quickly', () => {
  expect(shape('{ a { ...f } } fragment f on X { b { ...g } } fragment g on X { c { ...f } }').depth).toBeLessThan(10);
  const wide = Array.from({ length: 100 }, (_, i) => `fragment f${i} on X { a { ...f${i + 1} } b { ...f${i + 1} } }`).join(' ');
  expect(shape(`{ ...f0 } ${wide} fragment f100 on X { z }`).depth).toBe(101);
});

test('scalars are free, an object costs 1, a list its size', () => {
  expect(cost('{ person { name } }')).toBe(1);
  expect(cost('{ person { tags { text } } }')).toBe(1 + 10);
  expect(cost('{ people(first: 3) { nodes { name } totalCount } }')).toBe(3 * 2);
  expect(cost('{ people { nodes { name } } }')).toBe(20 * 2);
  expect(cost('{ people(first: 3) { edges { node { tags { text } } } } }')).toBe(3 * (1 + 1 + 1 + 10));
  expect(cost('{ byIds(ids: ["a", "b"]) { friends(first: 5) { nodes { name } } } }')).toBe(2 * (1 + 5 * 2));
  expect(cost('mutation { make { name } }')).toBe(10 + 1);
});

test('variables and their defaults count; senseless sizes neither lower nor explode it', () => {
  const query = 'query($n: Int = 7, $ids: [ID!]!) { people(first: $n) { nodes { name } } byIds(ids: $ids) { name } }';
  expect(cost(query, { ids: ['a', 'b', 'c'] })).toBe(7 * 2 + 3);
  expect(cost(query, { ids: [], n: 50 })).toBe(50 * 2 + 1);
  expect(cost(query, { n: -5, ids: 'x' })).toBe(2 + 1);
  expect(cost(query, { n: 1e12, ids: [] })).toBe(200 * 2 + 1);
  expect(cost(query, { n: null, ids: [] })).toBe(20 * 2 + 1);
});

test('fragments cost wherever they are spread, and exponential ones are computed in no time', () => {
  expect(cost('{ a: person { ...f } b: person { ...f } } fragment f on Person { best { name } ... on Named { name } }')).toBe(4);
  const wide = Array.from({ length: 60 }, (_, i) => `fragment f${i} on Person { x: best { ...f${i + 1} } y: best { ...f${i + 1} } }`).join(
    ' ',
  );
  expect(cost(`{ person { ...f0 } } ${wide} fragment f60 on Person { name }`)).toBeGreaterThan(1e18);
});
