// Lists of interactions: full-text search, filters, orders, pages, and what they cost.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { logInteraction, newCustomer } from '../support/interactions.ts';
import { gql, must, subgraph } from '../support/stack.ts';

const LIST = `query($search: String, $filter: InteractionFilter, $orderBy: [InteractionOrder!], $first: Int, $after: String) {
  interactions(search: $search, filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount nodes { id subject } pageInfo { hasNextPage endCursor } } }`;

let customerId: string;
const mine = (filter: object = {}) => ({ filter: { all: [{ customerId: { eq: customerId } }, filter] } });
const subjects = async (args: object) => (await must('sales_manager', LIST, args)).interactions.nodes.map((node: any) => node.subject);

beforeAll(async () => {
  customerId = await newCustomer();
  const rows = [
    {
      subject: 'Renewal of the Überlingen contract',
      description: 'She asked about the price list',
      occurredAt: '2026-01-03T00:00:00Z',
      durationMinutes: 5,
    },
    {
      subject: 'Complaint',
      description: 'Straße closed, delivery late; wants a RENEWAL discount',
      occurredAt: '2026-01-02T00:00:00Z',
      interactionType: 'EMAIL',
      sentiment: 'NEGATIVE',
    },
    {
      subject: null,
      description: 'invoice 2026-17 e-mail zoe@example.org',
      occurredAt: '2026-01-01T00:00:00Z',
      interactionType: 'CHAT',
      durationMinutes: 50,
      outcome: 'COMPLETED',
    },
  ];
  for (const row of rows) await logInteraction('sales_manager', { customerId, ...row });
});

test('[Interaction AC-3] search finds words of subject and description, whatever their case, accents and punctuation', async () => {
  const found = async (search: string) => (await must('sales_manager', LIST, { search, ...mine() })).interactions.totalCount;
  expect(await found('renewal')).toBe(2);
  expect(await found('RENEWAL ueberlingen')).toBe(0);
  expect(await found('uberlingen RENEWAL')).toBe(1);
  expect(await found('strasse')).toBe(1);
  expect(await found('Straße discount')).toBe(1);
  expect(await found('renew')).toBe(2);
  expect(await found('enewal')).toBe(0);
  expect(await found('zoe@example.org')).toBe(1);
  expect(await found('2026-17')).toBe(1);
  expect(await found('renewal nothing')).toBe(0);
  expect(await found('& | ! ( renewal :*')).toBe(2);
  for (const odd of [`'; drop table interaction; --`, 'renewal & | nothing', '***', '\\']) expect(await found(odd)).toBe(0);
  expect(await found('   ')).toBe(3);
});

test('[Interaction AC-3] a search that is too long is refused and names the argument', async () => {
  const { errors } = await gql('sales_manager', LIST, { search: 'x'.repeat(201) });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search', max: 200 });
});

test('filters combine with all, any and not; a missing value satisfies none but isNull', async () => {
  const count = async (filter: object) => (await must('sales_manager', LIST, mine(filter))).interactions.totalCount;
  expect(await count({ interactionType: { eq: 'CALL' } })).toBe(1);
  expect(await count({ interactionType: { notIn: ['CALL', 'CHAT'] } })).toBe(1);
  expect(await count({ sentiment: { ne: 'POSITIVE' } })).toBe(1);
  expect(await count({ not: { sentiment: { eq: 'NEGATIVE' } } })).toBe(2);
  expect(await count({ sentiment: { isNull: true } })).toBe(2);
  expect(await count({ any: [{ durationMinutes: { gte: 50 } }, { subject: { contains: 'complain' } }] })).toBe(2);
  expect(await count({ occurredAt: { gt: '2026-01-01T00:00:00Z', lt: '2026-01-03T00:00:00Z' } })).toBe(1);
});

test('orders put missing values where they are told', async () => {
  expect(await subjects({ ...mine(), orderBy: [{ field: 'DURATION_MINUTES', direction: 'DESC' }] })).toEqual([
    null,
    'Renewal of the Überlingen contract',
    'Complaint',
  ]);
  expect(await subjects({ ...mine(), orderBy: [{ field: 'SUBJECT', nulls: 'FIRST' }] })).toEqual([
    null,
    'Complaint',
    'Renewal of the Überlingen contract',
  ]);
  expect(await subjects(mine())).toEqual(['Renewal of the Überlingen contract', 'Complaint', null]);
});

test('a page that is too large or too small is an error that says the limit, and a cursor of another order is INVALID_CURSOR', async () => {
  for (const first of [0, -1, 201]) {
    const { errors } = await gql('sales_manager', LIST, { first });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first', max: 200, asked: first });
  }
  const { interactions } = await must('sales_manager', LIST, { ...mine(), first: 1 });
  const other = await gql('sales_manager', LIST, {
    ...mine(),
    first: 1,
    after: interactions.pageInfo.endCursor,
    orderBy: [{ field: 'CREATED_AT' }],
  });
  expect(other.errors?.[0]?.extensions.code).toBe('INVALID_CURSOR');
  const garbage = await gql('sales_manager', LIST, { after: 'bm9uc2Vuc2U' });
  expect(garbage.errors?.[0]?.extensions.code).toBe('INVALID_CURSOR');
});

test('a list costs the same number of statements for 20 and for 200 rows, with contacts and customers', async () => {
  const many = await newCustomer();
  await Promise.all(Array.from({ length: 30 }, () => logInteraction('sales_manager', { customerId: many, subject: randomUUID() })));
  const text = `query($first: Int) { interactions(first: $first) { nodes { id customer { id } contact { id } author { id } } } }`;
  const cost = async (first: number) =>
    Number((await subgraph('interaction', 'sales_manager', text, { first })).headers.get('x-statements'));
  expect(await cost(2)).toBe(1);
  expect(await cost(200)).toBe(1);
});
