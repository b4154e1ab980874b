// Which fields an Idempotency-Key could name, and what keys their inputs have: in literals, variables, defaults and fragments.
import { expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { keysOfCreates } from './idempotency.ts';

const schema = buildSchema(`
  type Query { a: Int }
  input Create { name: String idempotencyKey: String }
  input Update { name: String }
  type Mutation { create(input: Create!): Int update(id: ID!, input: Update!): Int }
`);

function keys(text: string, variables: Record<string, unknown> = {}): unknown[] {
  const document = parse(text);
  return keysOfCreates(schema, document, getOperationAST(document)!, variables);
}

test.each<[string, Record<string, unknown>, unknown[]]>([
  ['mutation { update(id: 1, input: {}) }', {}, []],
  ['mutation { create(input: { name: "a" }) }', {}, [undefined]],
  ['mutation { create(input: { idempotencyKey: "k" }) update(id: 1, input: {}) }', {}, ['k']],
  ['mutation ($key: String) { create(input: { idempotencyKey: $key }) }', { key: 'k' }, ['k']],
  ['mutation ($key: String = "k") { create(input: { idempotencyKey: $key }) }', {}, ['k']],
  ['mutation ($input: Create!) { create(input: $input) }', { input: { idempotencyKey: 'k' } }, ['k']],
  ['mutation ($input: Create! = { idempotencyKey: "k" }) { create(input: $input) }', {}, ['k']],
  ['mutation ($input: Create!) { create(input: $input) }', { input: { idempotencyKey: null } }, [null]],
  ['mutation { a: create(input: {}) b: create(input: {}) }', {}, [undefined, undefined]],
  ['mutation { a: create(input: {}) b: create(input: {}) @skip(if: true) }', {}, [undefined, undefined]],
  [
    'mutation { create(input: {}) create(input: {}) ...F } fragment F on Mutation { create(input: {}) ... { create(input: {}) } }',
    {},
    [undefined],
  ],
])('%s with %j', (text, variables, expected) => {
  expect(keys(text, variables)).toEqual(expected);
});

test('fragments that spread each other twice are walked once', () => {
  const fragments = Array.from({ length: 34 }, (_, i) => `fragment F${i} on Mutation { ...F${i + 1} ...F${i + 1} }`).join(' ');
  expect(keys(`mutation { ...F0 } ${fragments} fragment F34 on Mutation { create(input: {}) }`)).toEqual([undefined]);
});
