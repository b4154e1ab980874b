// Bad values, in the text and in variables, become the field and a reason, never the value.
import { expect, test } from '@jest/globals';
import { buildSchema, GraphQLError, type GraphQLFormattedError, graphqlSync, parse, validate } from 'graphql';
import { inputError } from './input-error.ts';

const schema = buildSchema(`
  type Query { q(id: ID, n: Int, input: In, list: [In!]): Int }
  enum Color { RED }
  input In { name: String! color: Color n: Int inner: In many: [In!] }
`);

function inText(query: string): GraphQLFormattedError | undefined {
  const error = validate(schema, parse(query))[0]!;
  return inputError({ ...error.toJSON(), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, error);
}
function inVariable(input: unknown): GraphQLFormattedError | undefined {
  const { errors } = graphqlSync({
    schema,
    source: 'query($input: In!) { q(input: $input) }',
    variableValues: input === undefined ? {} : { input },
  });
  return inputError({ ...errors![0]!.toJSON(), extensions: { code: 'BAD_USER_INPUT' } }, errors![0]);
}

test.each([
  ['{ q(n: "secret") }', 'n', 'is not a valid Int'],
  ['{ q(input: { name: "a", color: secret }) }', 'input.color', 'is not a value of Color'],
  ['{ q(input: { name: "a", color: "secret" }) }', 'input.color', 'is not a value of Color'],
  ['{ q(input: { name: "a", inner: { name: 5 } }) }', 'input.inner.name', 'is not a valid String'],
  ['{ q(list: [{ name: "a" }, { name: "a", many: [{ name: "b", n: "secret" }] }]) }', 'list.1.many.0.n', 'is not a valid Int'],
  ['{ q(input: { color: RED }) }', 'input.name', 'is required'],
  ['{ q(input: { name: "a", nope: 1 }) }', 'input.nope', 'In has no field nope'],
  ['query($x: In = { name: "a", n: "secret" }) { q(input: $x) }', 'x.n', 'is not a valid Int'],
])('in the text: %s', (query, field, why) => {
  expect(inText(query)).toMatchObject({ message: `${field}: ${why}`, extensions: { code: 'BAD_USER_INPUT', field } });
});

test.each([
  [{ name: 'a', color: 'secret' }, 'input.color', 'is not a value of Color'],
  [{ name: 'a', many: [{ name: 'a', n: 'secret; x' }] }, 'input.many.0.n', 'is not a valid Int'],
  [{ name: null }, 'input.name', 'must not be null'],
  [{}, 'input', 'name is required'],
  [7, 'input', 'must be a In object'],
  [undefined, 'input', 'is required'],
  [null, 'input', 'must not be null'],
  [{ name: 'a', nope: 'secret' }, 'input', 'In has no field nope'],
])('in a variable: %j', (input, field, why) => {
  const error = inVariable(input);
  expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  expect(error?.message).toBe(`${field}: ${why}`);
});

test('other errors are left alone', () => {
  expect(inText('{ nope }')).toBeUndefined();
  const thrown = new GraphQLError('anything');
  expect(inputError({ ...thrown.toJSON(), extensions: { code: 'NOT_FOUND' } }, thrown)).toBeUndefined();
});
