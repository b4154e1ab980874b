// Reading a supergraph: services, URLs and the refusal of what must not be served. And the sentences of a wrong environment.
import { expect, test } from '@jest/globals';
import { gatewayEnv } from './env.ts';
import { loadSupergraph, readSupergraph } from './supergraph.ts';

const sdl = (fields: string) => `
  directive @access(roles: [String!]!) on OBJECT | FIELD_DEFINITION
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  enum join__Graph { A @join__graph(name: "a", url: "http://a/graphql") B @join__graph(name: "b", url: "") }
  type Query { ${fields} }
`;

test('URLs are those of the composition unless they are overridden', () => {
  const { services, access } = readSupergraph(sdl('x: Int @access(roles: ["any"])'), { b: 'http://b:1/graphql' });
  expect([...services]).toEqual([
    ['a', 'http://a/graphql'],
    ['b', 'http://b:1/graphql'],
  ]);
  expect(access.fields.get('Query.x')?.size).toBe(9);
});

test('a missing file, URL or annotation, an unknown service and a plain schema are each refused with a sentence', () => {
  expect(() => loadSupergraph('no/such.graphql', {})).toThrow('npm run compose');
  expect(() => readSupergraph(sdl('x: Int @access(roles: ["any"])'), {})).toThrow('"b" has no URL');
  expect(() => readSupergraph(sdl('x: Int'), { b: 'http://b/graphql' })).toThrow('Query.x');
  expect(() => readSupergraph(sdl('x: Int @access(roles: ["any"])'), { c: 'http://c/graphql' })).toThrow('"c"');
  expect(() => readSupergraph('type Query { x: Int }', {})).toThrow('not composed');
});

test('a wrong environment names the variable', () => {
  const issues =
    gatewayEnv.safeParse({ SUPERGRAPH_FILE: 'x', INNER_KEY: '{"kty":"RSA"}', AUTH_ISSUERS: 'nonsense', MAX_DEPTH: '0' }).error?.issues ??
    [];
  expect(new Set(issues.map((issue) => issue.path[0]))).toEqual(new Set(['INNER_KEY', 'AUTH_ISSUERS', 'MAX_DEPTH']));
});
