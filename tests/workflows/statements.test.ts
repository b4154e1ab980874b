// The number of SQL statements behind an answer is a promise: Customer 360 takes at most 8 in customer and 5 in each other service whatever the
// page sizes, and a list of 200 customers takes as many as one of 20 (performance.md). Counted by the services, added up by the gateway.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually, gql, must, publishInbound } from '../support/stack.ts';

const CUSTOMER_360 = readFileSync(new URL('../../scripts/customer360.graphql', import.meta.url), 'utf8');
const LIMITS: Record<string, number> = { customer: 8, interaction: 5, lifecycle: 5, compliance: 5 };
const run = randomUUID().slice(0, 8);
const MANY = 200;
const RICH = 20;
/** Aliases of one operation; the gateway allows 15. */
const BATCH = 10;

let organisation: string;

/** The header `x-statements: customer=7,interaction=4,…` of an operation that must succeed. */
async function statements(query: string, variables: object): Promise<{ data: any; counts: Record<string, number> }> {
  const { data, errors, headers } = await gql('sales_manager', query, variables);
  expect(errors).toBeUndefined();
  const header = headers.get('x-statements');
  expect(header).toMatch(/^\w+=\d+(,\w+=\d+)*$/);
  const counts = header!.split(',').map((pair) => pair.split('='));
  return { data, counts: Object.fromEntries(counts.map(([service, count]) => [service, Number(count)])) };
}

/** Runs one mutation for many inputs, a batch of aliases an operation, and answers the ids; repeats what had no answer, as a client should. */
async function many(field: string, inputType: string, member: string, inputs: object[]): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < inputs.length; at += BATCH) {
    const batch = inputs.slice(at, at + BATCH).map((input, i) => ({ ...input, idempotencyKey: `${run}-${field}-${keys + at + i}` }));
    const parameters = batch.map((_, i) => `$i${i}: ${inputType}!`).join(', ');
    const fields = batch.map((_, i) => `m${i}: ${field}(input: $i${i}) { __typename ... on ${member} { id } }`).join('\n');
    const variables = Object.fromEntries(batch.map((input, i) => [`i${i}`, input]));
    const data = await eventually(
      async () => {
        const answer = await must('sales_manager', `mutation(${parameters}) { ${fields} }`, variables);
        for (const { __typename } of Object.values<any>(answer)) expect(__typename).toBe(member);
        return answer;
      },
      { withinMs: 20_000, everyMs: 200 },
    );
    ids.push(...batch.map((_, i) => data[`m${i}`].id));
  }
  keys += inputs.length;
  return ids;
}
let keys = 0;

const person = (n: number, more: object = {}) => ({
  type: 'INDIVIDUAL',
  displayName: `Statement ${run} ${String(n).padStart(3, '0')}`,
  externalId: `statement-${run}-${n}`,
  ...more,
});

async function fill(ids: string[], each: number): Promise<void> {
  const children = <T>(make: (customerId: string, n: number) => T): T[] =>
    ids.flatMap((customerId) => Array.from({ length: each }, (_, n) => make(customerId, n)));
  await many(
    'createContact',
    'CreateContactInput',
    'Contact',
    children((customerId, n) => ({ customerId, firstName: 'Kim', lastName: `Number ${n}`, isPrimary: n === 0 })),
  );
  await many(
    'logInteraction',
    'LogInteractionInput',
    'Interaction',
    children((customerId, n) => ({ customerId, interactionType: 'CALL', subject: `Call ${n}` })),
  );
  const consents = ['MARKETING_EMAIL', 'MARKETING_SMS'];
  await many(
    'recordConsent',
    'RecordConsentInput',
    'ConsentRecord',
    ids.flatMap((customerId) => consents.map((consentType) => ({ customerId, consentType, granted: true, source: 'WEB_FORM' }))),
  );
}

beforeAll(async () => {
  const account = { legalName: `Statement ${run} Ltd`, industry: 'Software', country: 'DE' };
  const [top] = await many('createCustomer', 'CreateCustomerInput', 'Customer', [person(998, { type: 'ORGANIZATION' })]);
  [organisation] = (await many('createCustomer', 'CreateCustomerInput', 'Customer', [
    person(999, { type: 'ORGANIZATION', parentId: top, account }),
  ])) as [string];
  const people = await many(
    'createCustomer',
    'CreateCustomerInput',
    'Customer',
    Array.from({ length: MANY }, (_, n) => person(n, n < 12 ? { parentId: organisation } : {})),
  );
  await fill([organisation], 12);
  await fill(people.slice(0, RICH), 1);
  await many(
    'createAddress',
    'CreateAddressInput',
    'Address',
    ['BILLING', 'SHIPPING', 'SERVICE'].map((addressType) => ({
      customerId: organisation,
      addressType,
      isDefault: true,
      streetLine1: '1 High Street',
      city: 'Berlin',
      country: 'DE',
    })),
  );
  await publishInbound(
    'financial.events.v1',
    Array.from({ length: 12 }, (_, n) => n).flatMap((n) => {
      const common = { invoiceId: `statement-${run}-${n}`, customerId: organisation, amount: '100.00', currency: 'EUR' };
      const at = new Date(Date.now() - n * 86_400_000).toISOString();
      return [
        { type: 'financial.invoice-issued.v1', data: { ...common, number: `S-${run}-${n}`, issuedAt: at, dueAt: null } },
        ...(n % 2
          ? [
              {
                type: 'financial.payment-received.v1',
                data: { ...common, paymentId: `statement-${run}-${n}`, convertedAmount: null, receivedAt: at },
              },
            ]
          : []),
      ];
    }),
  );
  await eventually(
    async () => {
      const { customer } = await must('sales_manager', CUSTOMER_360, { id: organisation });
      expect(customer.financialSummary.recentInvoices.length).toBeGreaterThan(0);
      expect(customer.lifecycle.purchaseCount).toBe(6);
      expect(customer.timeline.nodes.length).toBeGreaterThan(20);
    },
    { withinMs: 30_000, everyMs: 300 },
  );
}, 180_000);

test('the Customer 360 takes at most 8 statements in customer and 5 in each other service', async () => {
  const { data, counts } = await statements(CUSTOMER_360, { id: organisation });
  const { customer } = data;
  expect(customer.contacts.nodes).toHaveLength(10);
  expect(customer.children.nodes).toHaveLength(5);
  expect(customer.parent).not.toBeNull();
  expect(customer.interactionSummary.lastFive).toHaveLength(5);
  expect(customer.consents).toHaveLength(2);
  expect(Object.keys(counts).sort()).toEqual(Object.keys(LIMITS).sort());
  for (const [service, limit] of Object.entries(LIMITS))
    expect([service, counts[service]! <= limit, counts[service]]).toEqual([service, true, counts[service]]);
});

test('the number of statements of a Customer 360 does not grow with its pages', async () => {
  const sized = (first: number) => CUSTOMER_360.replace(/first: \d+/g, `first: ${first}`);
  const small = await statements(sized(5), { id: organisation });
  const large = await statements(sized(50), { id: organisation });
  expect(small.data.customer.contacts.nodes).toHaveLength(5);
  expect(large.data.customer.contacts.nodes).toHaveLength(12);
  expect(large.data.customer.timeline.nodes.length).toBeGreaterThan(20);
  expect(large.counts).toEqual(small.counts);
});

test('a list of 200 customers with stage, owner, last interaction, contacts and consents takes as many statements as one of 20', async () => {
  const list = `query List($first: Int!, $search: String!) { customers(first: $first, search: $search, orderBy: [{ field: DISPLAY_NAME }]) {
    nodes { id displayName owner { id name } contacts(first: 3) { nodes { id lastName } }
      lifecycle { currentStage { name } } interactionSummary { lastInteractionAt lastFive { id } } consents { consentType granted } }
    pageInfo { hasNextPage } } }`;
  const search = `Statement ${run}`;
  const twenty = await statements(list, { first: 20, search });
  const twoHundred = await statements(list, { first: MANY, search });
  expect(twenty.data.customers.nodes).toHaveLength(20);
  expect(twoHundred.data.customers.nodes).toHaveLength(MANY);
  const [first] = twoHundred.data.customers.nodes;
  expect(first).toMatchObject({ owner: { name: expect.any(String) }, contacts: { nodes: [{}] }, consents: [{}, {}] });
  expect(first.interactionSummary.lastFive).toHaveLength(1);
  expect(twoHundred.data.customers.nodes.every((node: any) => node.lifecycle.currentStage.name)).toBe(true);
  expect(twoHundred.counts).toEqual(twenty.counts);
  for (const [service, limit] of Object.entries(LIMITS)) expect(twenty.counts[service]).toBeLessThanOrEqual(limit);
});
