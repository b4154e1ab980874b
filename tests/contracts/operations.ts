// The operations that make the services run their statements: what clients do all day, and a write per service so that relays, consumers and
// projections run too. For explain.test.ts.
import { readFileSync } from 'node:fs';

type Ask = (query: string, variables: object) => Promise<any>;

export interface Operation {
  query: string;
  variables(customerId: string, ask: Ask, n: number): object | Promise<object>;
  /** The sales manager unless told. */
  role?: 'sales_rep' | 'dpo' | 'auditor';
}

const id = (customerId: string) => ({ id: customerId });
const none = () => ({});
const LIST =
  'nodes { id displayName owner { name } lifecycle { currentStage { name } } interactionSummary { lastInteractionAt } } pageInfo { endCursor }';
const made = (field: string, type: string) => `{ __typename ... on ${type} { ${field} } }`;

export const OPERATIONS: Record<string, Operation> = {
  customer360: { query: readFileSync(new URL('../../scripts/customer360.graphql', import.meta.url), 'utf8'), variables: id },
  sections: {
    query: `query($id: ID!) { customer(id: $id) { opportunities { __typename } support { __typename } fieldService { __typename }
      notes { nodes { id } } activities { nodes { id } } interactions { nodes { id } } relationships { nodes { id } } ancestors { id } } }`,
    variables: id,
  },
  timeline: {
    query: `query($id: ID!) { customer(id: $id) { timeline(first: 5, from: "2020-01-01T00:00:00Z") { nodes { id } totalCount pageInfo { endCursor } } } }`,
    variables: id,
  },
  nextOfTimeline: {
    query: `query($id: ID!, $after: String) { customer(id: $id) { timeline(first: 5, after: $after, from: "2020-01-01T00:00:00Z") { nodes { id } } } }`,
    async variables(customerId, ask) {
      const page = await ask(OPERATIONS.timeline!.query, { id: customerId });
      return { id: customerId, after: page.customer.timeline.pageInfo.endCursor };
    },
  },
  customers: { query: `{ customers { ${LIST} } }`, variables: none },
  customersOfARep: { query: `{ customers { ${LIST} } }`, variables: none, role: 'sales_rep' },
  nextCustomers: {
    query: `query($after: String) { customers(after: $after) { ${LIST} } }`,
    variables: async (_, ask) => ({ after: (await ask(`{ customers { ${LIST} } }`, {})).customers.pageInfo.endCursor }),
  },
  customersByName: { query: `{ customers(orderBy: [{ field: DISPLAY_NAME }]) { ${LIST} } }`, variables: none },
  searchCustomers: {
    query: `query($text: String!) { customers(search: $text) { ${LIST} } }`,
    variables: (_, __, n) => ({ text: `Keller ${n}` }),
  },
  contacts: { query: '{ contacts { nodes { id } } }', variables: none },
  accounts: { query: '{ accounts { nodes { id } } }', variables: none },
  addresses: { query: '{ addresses { nodes { id } } }', variables: none },
  interactions: { query: '{ interactions { nodes { id } } }', variables: none },
  interactionsOfARep: { query: '{ interactions { nodes { id } } }', variables: none, role: 'sales_rep' },
  searchInteractions: {
    query: 'query($text: String!) { interactions(search: $text) { nodes { id } } }',
    variables: (_, __, n) => ({ text: `customer ${n}` }),
  },
  notes: { query: '{ notes { nodes { id } } }', variables: none },
  activities: { query: '{ activities { nodes { id } } }', variables: none },
  lifecycles: { query: '{ customerLifecycles { nodes { id } } }', variables: none },
  milestones: { query: '{ milestones { nodes { id } } }', variables: none },
  consents: { query: '{ consentRecords { nodes { id } } }', variables: none, role: 'dpo' },
  auditTrail: {
    query: 'query($id: ID!) { auditTrail(customerId: $id) { nodes { id } } customer(id: $id) { consentHistory { nodes { id } } } }',
    variables: id,
    role: 'auditor',
  },
  createCustomer: {
    query: `mutation($name: String!, $email: EmailAddress!, $phone: String!, $external: String!) {
      createCustomer(input: { type: INDIVIDUAL, displayName: $name, email: $email, phone: $phone, externalId: $external }) ${made('id', 'Customer')} }`,
    variables: (_, __, n) => ({
      name: `Explained ${n}`,
      email: `explained${n}@example.com`,
      external: `explained-${n}`,
      phone: `+49 30 22222${n}`,
    }),
  },
  updateCustomer: {
    query: `mutation($id: ID!, $version: Int!, $phone: String!) { updateCustomer(id: $id, expectedVersion: $version, input: { phone: $phone }) ${made('id', 'Customer')} }`,
    async variables(customerId, ask, n) {
      const { customer } = await ask('query($id: ID!) { customer(id: $id) { version } }', { id: customerId });
      return { id: customerId, version: customer.version, phone: `+49 30 33333${n}` };
    },
  },
  createContact: {
    query: `mutation($id: ID!) { createContact(input: { customerId: $id, firstName: "Ex", lastName: "Plain" }) ${made('id', 'Contact')} }`,
    variables: id,
  },
  logInteraction: {
    query: `mutation($id: ID!) { logInteraction(input: { customerId: $id, interactionType: CALL, subject: "Explained" }) ${made('id', 'Interaction')} }`,
    variables: id,
  },
  createNote: {
    query: `mutation($id: ID!) { createNote(input: { customerId: $id, content: "Explained" }) ${made('id', 'Note')} }`,
    variables: id,
  },
  changeStage: {
    query: `mutation($id: ID!) { changeStage(input: { customerId: $id, toStage: "Opportunity", override: true, reason: "explained" }) { __typename } }`,
    variables: id,
  },
  recordMilestone: {
    query: `mutation($id: ID!) { recordMilestone(input: { customerId: $id, milestoneType: RENEWAL, occurredAt: "2026-01-01T00:00:00Z" }) ${made('id', 'Milestone')} }`,
    variables: id,
  },
  consentHistory: {
    query: 'query ($id: ID!) { customer(id: $id) { consentHistory { nodes { id } } } }',
    variables: (id) => ({ id }),
    role: 'dpo',
  },
  recordConsent: {
    query: `mutation($id: ID!) { recordConsent(input: { customerId: $id, consentType: ANALYTICS, granted: true, source: WEB_FORM }) ${made('id', 'ConsentRecord')} }`,
    variables: id,
  },
  setObjection: {
    query: `mutation($id: ID!, $on: Boolean!) { setObjection(customerId: $id, doNotProcess: $on, reason: "explained") { __typename } }`,
    variables: (customerId, _, n) => ({ id: customerId, on: n % 2 === 0 }),
    role: 'dpo',
  },
};
