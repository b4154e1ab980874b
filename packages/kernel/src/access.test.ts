// The access table and the walk over an operation: default deny, groups, fragments, abstract types, entities, introspection.

import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { accessTable, denied, enforceAccess } from './access.ts';
import type { Role } from './actor.ts';

const SDL = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  directive @access(roles: [String!]!) on OBJECT | INTERFACE | FIELD_DEFINITION
  type Query {
    me: Person @access(roles: ["any"])
    search: [Found!]! @access(roles: ["staff"])
    things: [Thing!]! @access(roles: ["any"])
    open: String
  }
  type Mutation { rename(name: String!): Renamed! @access(roles: ["admin"]) }
  union Renamed = Person | TooLong | Audited
  union Found = Person | Firm
  interface Thing @access(roles: ["any"]) { label: String! }
  interface Refusal @access(roles: ["any"]) { message: String! }
  type TooLong implements Refusal @access(roles: ["any"]) { message: String! }
  type Audited implements Refusal @access(roles: ["auditor"]) { message: String! }
  type Person implements Thing @key(fields: "id") @access(roles: ["any"]) {
    id: ID!
    label: String!
    salary: Int @access(roles: ["admin"])
    boss: Person
  }
  type Firm implements Thing @key(fields: "id") @access(roles: ["any"]) {
    id: ID!
    label: String! @access(roles: ["staff"])
    taxId: String @access(roles: ["admin", "sales_manager"])
  }
`;
const table = accessTable(SDL);
const schema = buildSubgraphSchema([{ typeDefs: parse(SDL) }]);
const ask = (query: string, ...roles: Role[]) => denied(table, schema, parse(query), undefined, roles);

test('a field without an annotation of its own or of its type is listed, and refused', () => {
  expect(table.missing).toEqual(['Query.open']);
  expect(ask('{ open }', 'admin')).toEqual(['Query.open']);
});

test('groups stand for their roles, and a field overrides its type', () => {
  expect(ask('{ me { id label } }', 'customer')).toEqual([]);
  expect(ask('{ me { salary } }', 'customer')).toEqual(['Person.salary']);
  expect(ask('{ search { ... on Person { id } } }', 'customer')).toEqual(['Query.search']);
  expect(ask('{ search { ... on Person { id } } }', 'dpo')).toEqual([]);
  expect(ask('{ me { id } }')).toEqual(['Person.id', 'Query.me']);
});

test('fragments, nested and inline, hide nothing', () => {
  const query = '{ me { ...a } } fragment a on Person { boss { ... { ...b } } } fragment b on Person { boss { pay: salary } }';
  expect(ask(query, 'sales_rep')).toEqual(['Person.salary']);
  expect(ask('{ me { salary @include(if: false) } }', 'sales_rep')).toEqual(['Person.salary']);
});

test('a field read through an interface needs the right to every type that it may turn out to be', () => {
  expect(ask('{ things { label } }', 'customer')).toEqual(['Firm.label']);
  expect(ask('{ things { ... on Person { label } } }', 'customer')).toEqual([]);
  expect(ask('{ things { label } }', 'marketing')).toEqual([]);
});

test('a shared interface narrows to the members of the union that it is asked in', () => {
  expect(ask('mutation { rename(name: "x") { ... on Refusal { message } ... on TooLong { message } } }', 'admin')).toEqual([
    'Audited.message',
  ]);
});

test('entities are checked type by type, and the SDL of a subgraph is for nobody', () => {
  const query = 'query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Person { salary } ... on Firm { id } } }';
  expect(ask(query, 'sales_rep')).toEqual(['Person.salary']);
  expect(ask(query, 'admin')).toEqual([]);
  expect(ask('{ _service { sdl } }', 'admin')).toEqual(['Query._service', '_Service.sdl']);
});

test('introspection needs a role, __typename needs none', () => {
  expect(ask('{ __schema { types { name } } }', 'customer')).toEqual([]);
  expect(ask('{ __schema { types { name } } }')).toEqual(['Query.__schema']);
  expect(ask('{ __typename }')).toEqual([]);
});

test('a document without the operation is refused, and a cyclic one ends', () => {
  expect(denied(table, schema, parse('query A { me { id } }'), 'B', ['admin'])).toEqual(['(no such operation)']);
  expect(ask('{ me { ...a } } fragment a on Person { boss { ...a salary } }', 'admin')).toEqual([]);
});

test('many fragments that fan out are walked in linear time', () => {
  const depth = 60;
  const fragments = Array.from({ length: depth }, (_, i) => `fragment f${i} on Person { boss { ...f${i + 1} } o: boss { ...f${i + 1} } }`);
  expect(ask(`{ me { ...f0 } } ${fragments.join(' ')} fragment f${depth} on Person { salary }`, 'dpo')).toEqual(['Person.salary']);
});

test('an unknown role in an annotation is a mistake of the schema', () => {
  expect(() => accessTable('type Query { a: Int @access(roles: ["root"]) }')).toThrow('Query.a');
});

test('a refusal names the field and tells signed in from not signed in', () => {
  expect(() => enforceAccess(['Person.salary'], ['dpo'])).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('Person.salary'),
      extensions: expect.objectContaining({ code: 'FORBIDDEN' }),
    }),
  );
  expect(() => enforceAccess(['Query.me'], [])).toThrow(
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) }),
  );
  expect(() => enforceAccess([], [])).not.toThrow();
});
