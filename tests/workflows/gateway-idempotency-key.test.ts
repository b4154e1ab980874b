// The header `Idempotency-Key` protects one create as its field would, in every service; where it could mean nothing or two things it is refused.
// [issue 5, section 4]
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { type Answer, gql, must } from '../support/stack.ts';

let customerId: string;
beforeAll(async () => {
  customerId = (await must('sales_manager', CUSTOMER, { input: { type: 'INDIVIDUAL', displayName: `Key ${randomUUID()}` } })).made.id;
});

const CUSTOMER =
  'mutation($input: CreateCustomerInput!) { made: createCustomer(input: $input) { __typename ... on Customer { id } ... on Problem { message } } }';
const customer = (extra: object = {}) => ({ input: { type: 'INDIVIDUAL', displayName: `Key ${randomUUID()}`, ...extra } });
const ask = (query: string, variables: object, key?: string, who: 'admin' | 'dpo' = 'admin'): Promise<Answer> =>
  gql(who, query, variables, key === undefined ? {} : { headers: { 'idempotency-key': key } });
const first = ({ errors }: Answer) => ({
  code: errors?.[0]?.extensions.code,
  field: errors?.[0]?.extensions.field,
  message: errors?.[0]?.message,
});

const CREATES: Array<[string, string, () => object]> = [
  ['customer', CUSTOMER, customer],
  [
    'customer, note as a literal',
    `mutation($id: ID!, $text: String!) { made: createNote(input: { customerId: $id, content: $text }) { __typename ... on Note { id } } }`,
    () => ({ id: customerId, text: randomUUID() }),
  ],
  [
    'interaction',
    'mutation($input: LogInteractionInput!) { made: logInteraction(input: $input) { __typename ... on Interaction { id } } }',
    () => ({ input: { customerId, interactionType: 'CALL', direction: 'OUTBOUND', subject: randomUUID() } }),
  ],
  [
    'lifecycle',
    'mutation($input: RecordMilestoneInput!) { made: recordMilestone(input: $input) { __typename ... on Milestone { id } } }',
    () => ({ input: { customerId, milestoneType: 'RENEWAL', details: { nth: randomUUID() } } }),
  ],
  [
    'compliance',
    'mutation($input: PlaceLegalHoldInput!) { made: placeLegalHold(input: $input) { __typename ... on LegalHold { id } } }',
    () => ({ input: { customerId, reference: 'Case', reason: randomUUID() } }),
  ],
];

test.each(CREATES)(
  '%s: the same key answers what the first call made, another input is refused, another key makes another',
  async (_, query, inputs) => {
    const [key, variables, other] = [randomUUID(), inputs(), inputs()];
    const made = await must('admin', query, variables, { headers: { 'idempotency-key': `"${key}"` } });
    expect(made.made.id).toMatch(/^[0-9a-f-]{36}$/);
    // Quoted and bare are the same key.
    expect(await must('admin', query, variables, { headers: { 'idempotency-key': key } })).toEqual(made);
    const reused = await ask(query, other, key);
    expect(first(reused).code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await ask(query, variables, randomUUID())).data.made.id).not.toBe(made.made.id);
  },
);

test('header and field are one key: the second call may use the other', async () => {
  const [key, variables] = [randomUUID(), customer()];
  const withField = { input: { ...variables.input, idempotencyKey: key } };
  const made = (await ask(CUSTOMER, variables, key)).data;
  expect((await ask(CUSTOMER, withField)).data).toEqual(made);
  expect((await ask(CUSTOMER, withField, key)).data).toEqual(made);
});

test('header and field that differ are refused, and nothing is made', async () => {
  const variables = customer({ idempotencyKey: randomUUID() });
  expect(first(await ask(CUSTOMER, variables, randomUUID()))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'Idempotency-Key' });
  const literal = `mutation { createCustomer(input: { type: INDIVIDUAL, displayName: "${randomUUID()}", idempotencyKey: "a" }) { __typename } }`;
  expect(first(await ask(literal, {}, 'b'))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'Idempotency-Key' });
  const { customers } = await must('admin', 'query($name: String!) { customers(filter: { displayName: { eq: $name } }) { totalCount } }', {
    name: variables.input.displayName,
  });
  expect(customers.totalCount).toBe(0);
});

test('two creates are refused, in one service or in two, in fragments too', async () => {
  const create = (alias: string) => `${alias}: createCustomer(input: { type: INDIVIDUAL, displayName: "${randomUUID()}" }) { __typename }`;
  const note = `createNote(input: { customerId: "${customerId}", content: "x" }) { __typename }`;
  for (const query of [
    `mutation { ${create('a')} ${create('b')} }`,
    `mutation { ${create('a')} ${note} }`,
    `mutation { ...F ${note} } fragment F on Mutation { ${create('a')} }`,
  ]) {
    expect(first(await ask(query, {}, randomUUID()))).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'Idempotency-Key',
      message: 'Idempotency-Key: names one create, this operation has 2: give each an idempotencyKey in its input',
    });
  }
});

test('a create beside a change is protected; a change alone is refused, since nothing would keep the promise', async () => {
  const key = randomUUID();
  const both = `mutation { made: createNote(input: { customerId: "${customerId}", content: "x" }) { ... on Note { id } } deleteNote(id: "${randomUUID()}") { __typename } }`;
  const [once, again] = [await ask(both, {}, key), await ask(both, {}, key)];
  expect([once, again].map((answer) => first(answer).code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  expect(again.data).toEqual(once.data);
  const change = `mutation { deleteNote(id: "${randomUUID()}") { __typename } }`;
  expect(first(await ask(change, {}, key))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'Idempotency-Key' });
});

test.each(['', '"a', 'a, b', 'a b', 'a'.repeat(101), `"${'a'.repeat(101)}"`])('%j is refused naming the header', async (key) => {
  const answer = await ask(CUSTOMER, customer(), key);
  expect([answer.status, first(answer)]).toEqual([200, expect.objectContaining({ code: 'BAD_USER_INPUT', field: 'Idempotency-Key' })]);
});

test('100 characters are enough, and a query may carry anything', async () => {
  expect((await ask(CUSTOMER, customer(), randomUUID().padEnd(100, 'x'))).data.made.__typename).toBe('Customer');
  expect((await ask('{ __typename }', {}, 'a b')).data).toEqual({ __typename: 'Query' });
});

test('keys belong to who sends them', async () => {
  const [key, variables] = [randomUUID(), { input: { customerId, reference: 'Case', reason: randomUUID() } }];
  const [, query] = CREATES.find(([name]) => name === 'compliance')!;
  const mine = await ask(query, variables, key, 'admin');
  expect((await ask(query, variables, key, 'dpo')).data.made.id).not.toBe(mine.data.made.id);
});
