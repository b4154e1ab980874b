// What a manifest lists: by id, by the hash of a text, by text whatever its spaces and comments; and which files are no manifest.
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readManifest } from './safelist.ts';

const BODY = 'query Name($id: ID!) { customer(id: $id) { displayName note(text: "a, b") } }';
const operation = (id: string, body = BODY) => ({ id, name: 'Name', type: 'query', body });
const manifest = (...operations: object[]) => JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });

test('an operation is found by its id and by the SHA-256 of its text', () => {
  const listed = readManifest(manifest(operation('name-1')), 4_000);
  expect([listed.size, listed.textOf('name-1'), listed.textOf(createHash('sha256').update(BODY).digest('hex'))]).toEqual([1, BODY, BODY]);
  expect(listed.textOf('constructor')).toBeUndefined();
});

test.each<[string, boolean]>([
  [BODY, true],
  ['query Name ( $id : ID! )\n{\n  customer(id: $id), { # who\n displayName, note(text: "a, b") } }\n', true],
  ['query Name($id: ID!) { customer(id: $id) { displayName note(text: "a,b") } }', false],
  ['query Name($id: ID!) { customer(id: $id) { displayName } }', false],
  ['query Other($id: ID!) { customer(id: $id) { displayName note(text: "a, b") } }', false],
  ['query Name($id: ID!) { customerid: $id) { displayName note(text: "a, b") } }', false],
  [`${BODY} ${BODY}`, false],
  [`${BODY} "`, false],
  ['', false],
])('%j is listed: %s', (text, expected) => {
  expect(readManifest(manifest(operation('1')), 4_000).has(text)).toBe(expected);
});

test('a name is not a string, and two names are not one', () => {
  const listed = readManifest(manifest(operation('1', '{ a b(c: "d e") }')), 4_000);
  expect(['{ a b(c: "d e") }', '{ ab(c: "d e") }', '{ a b(c: d e) }', '{ a b(c: "d\\u0020e") }'].map((text) => listed.has(text))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('a text of more tokens than allowed is not listed, however long', () => {
  const listed = readManifest(manifest(operation('1')), 30);
  expect([listed.has(BODY), listed.has('{ a '.repeat(250_000))]).toEqual([true, false]);
});

test.each<[string, string, RegExp]>([
  ['no JSON', '{', /JSON/],
  ['another format', '{"format":"x","version":1,"operations":[]}', /apollo-persisted-query-manifest/],
  ['another version', manifest().replace('"version":1', '"version":2'), /1/],
  ['an id twice', manifest(operation('1'), operation('1', '{ a }')), /the id 1 stands in it twice/],
  ['a body that is no GraphQL', manifest(operation('1', '{')), /the operation Name cannot be parsed: Syntax Error/],
])('%s is refused', (_, text, complaint) => {
  expect(() => readManifest(text, 4_000)).toThrow(complaint);
});
