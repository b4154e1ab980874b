// Restriction of processing and objection: set by those who may, in force at once for decisions, published for every other service.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type Caller, eventually, gql, must, readTopic } from '../support/stack.ts';

const newCustomer = async (): Promise<string> => {
  const input = { type: 'INDIVIDUAL', displayName: `Restricted ${randomUUID()}`, ownerId: null };
  return (
    await must('admin', 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }', { input })
  ).createCustomer.id;
};
const portal = (customerId: string): Caller => ({ kind: 'portal', sub: `portal-${customerId}`, customer_id: customerId });
const FIELDS =
  '__typename ... on CustomerRestrictions { customerId version processingRestricted processingRestrictedSince doNotProcess doNotProcessSince since updatedBy { kind id } } ... on Problem { message }';
const RESTRICT = `mutation ($customerId: ID!, $restricted: Boolean!, $reason: String!, $expectedVersion: Int) {
  setProcessingRestriction(customerId: $customerId, restricted: $restricted, reason: $reason, expectedVersion: $expectedVersion) { ${FIELDS} } }`;
const OBJECT = `mutation ($customerId: ID!, $doNotProcess: Boolean!, $reason: String!, $expectedVersion: Int) {
  setObjection(customerId: $customerId, doNotProcess: $doNotProcess, reason: $reason, expectedVersion: $expectedVersion) { ${FIELDS} } }`;
const RECORD =
  'mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { __typename ... on ProcessingRestricted { message customerId } } }';
const record = async (who: Caller, customerId: string, granted: boolean, consentType = 'MARKETING_EMAIL') =>
  (await must(who, RECORD, { input: { customerId, consentType, granted, source: 'PHONE' } })).recordConsent;
const reasonOf = async (customerId: string, purpose = 'MARKETING_EMAIL'): Promise<string> =>
  (await must('integration', `{ consentDecision(customerId: "${customerId}", purpose: ${purpose}) { reason } }`)).consentDecision.reason;

test('[Right to Restriction] a restriction denies every purpose at once, is told to all services, and lifting it gives back what was granted', async () => {
  const id = await newCustomer();
  await record('dpo', id, true);
  expect(await reasonOf(id)).toBe('CONSENT_GRANTED');
  const set = (await must('dpo', RESTRICT, { customerId: id, restricted: true, reason: 'accuracy is disputed', expectedVersion: 0 }))
    .setProcessingRestriction;
  expect(set).toMatchObject({ customerId: id, version: 1, processingRestricted: true, doNotProcess: false, updatedBy: { kind: 'STAFF' } });
  expect(set.since).toBe(set.processingRestrictedSince);
  expect(await reasonOf(id)).toBe('RESTRICTED');
  expect(await reasonOf(id, 'ESSENTIAL_COMMUNICATIONS')).toBe('RESTRICTED');
  const { customer } = await must(
    'dpo',
    `{ customer(id: "${id}") { restrictions { processingRestricted processingRestrictedReason doNotProcess version } } }`,
  );
  expect(customer.restrictions).toEqual({
    processingRestricted: true,
    processingRestrictedReason: 'accuracy is disputed',
    doNotProcess: false,
    version: 1,
  });
  const lifted = (await must('dpo', RESTRICT, { customerId: id, restricted: false, reason: 'settled', expectedVersion: 1 }))
    .setProcessingRestriction;
  expect(lifted).toMatchObject({ version: 2, processingRestricted: false, since: null });
  expect(await reasonOf(id)).toBe('CONSENT_GRANTED');
  // What was said yesterday about today does not change: the answer at the moment of the restriction stays a no.
  const { consentDecision } = await must(
    'dpo',
    `{ consentDecision(customerId: "${id}", purpose: MARKETING_EMAIL, at: "${set.since}") { reason } }`,
  );
  expect(consentDecision.reason).toBe('RESTRICTED');

  const facts = (await readTopic('crm.compliance.events.v1', { key: id, untilCount: 3 })).filter(({ headers }) =>
    headers.ce_type!.includes('restriction'),
  );
  expect(facts.map(({ data }) => data)).toEqual([
    { processingRestricted: true, doNotProcess: false },
    { processingRestricted: false, doNotProcess: false },
  ]);
  const { auditTrail } = await must(
    'auditor',
    `{ auditTrail(customerId: "${id}", filter: { action: { eq: "restriction-changed" } }, orderBy: [{ field: SEQUENCE }]) { nodes { why details } } }`,
  );
  expect(auditTrail.nodes.map(({ why }: any) => why)).toEqual(['processingRestricted:set', 'processingRestricted:lifted']);
  expect(JSON.stringify(auditTrail)).not.toContain('disputed');
});

test('[Right to Restriction] a grant for a restricted customer is refused to staff, a withdrawal is always taken, and other services refuse writes', async () => {
  const id = await newCustomer();
  await must('admin', RESTRICT, { customerId: id, restricted: true, reason: 'asked by letter' });
  expect(await record('support_rep', id, true)).toMatchObject({ __typename: 'ProcessingRestricted', customerId: id });
  expect(await record('integration', id, true)).toMatchObject({ __typename: 'ProcessingRestricted' });
  expect(await record('support_rep', id, false)).toEqual({ __typename: 'ConsentRecord' });
  expect(await record(portal(id), id, true)).toEqual({ __typename: 'ConsentRecord' });
  const NOTE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { __typename } }';
  await eventually(async () =>
    expect((await must('support_rep', NOTE, { input: { customerId: id, content: 'hello' } })).createNote.__typename).toBe(
      'ProcessingRestricted',
    ),
  );
});

test('[Right to Object] the customer objects in the portal; only essential communications stay allowed; support may record it and not end it', async () => {
  const id = await newCustomer();
  await record('dpo', id, true);
  const set = (await must(portal(id), OBJECT, { customerId: id, doNotProcess: true, reason: 'no more advertising' })).setObjection;
  expect(set).toMatchObject({ doNotProcess: true, processingRestricted: false, version: 1, updatedBy: { kind: 'CUSTOMER' } });
  expect(await reasonOf(id)).toBe('OBJECTION');
  expect(await reasonOf(id, 'PROFILING')).toBe('OBJECTION');
  expect(await reasonOf(id, 'ESSENTIAL_COMMUNICATIONS')).toBe('CONTRACT_BASIS');
  const refused = await gql('support_rep', OBJECT, { customerId: id, doNotProcess: false, reason: 'said so on the phone' });
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', field: 'doNotProcess' });
  expect(
    (await must('support_rep', OBJECT, { customerId: id, doNotProcess: true, reason: 'again on the phone' })).setObjection,
  ).toMatchObject({
    version: 2,
    doNotProcessSince: set.doNotProcessSince,
  });
  await must(portal(id), OBJECT, { customerId: id, doNotProcess: false, reason: 'changed my mind' });
  expect(await reasonOf(id)).toBe('CONSENT_GRANTED');
  const state = (await readTopic('crm.compliance.state.v1', { key: id })).at(-1)!;
  expect(state.data).toMatchObject({ customerId: id, processingRestricted: false, doNotProcess: false, legalHold: false });
});

test('a stale version is a conflict that says both; only a dpo or an admin restricts', async () => {
  const id = await newCustomer();
  await must('dpo', RESTRICT, { customerId: id, restricted: true, reason: 'first' });
  const stale = await gql('dpo', RESTRICT, { customerId: id, restricted: false, reason: 'second', expectedVersion: 0 });
  expect(stale.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', expectedVersion: 0, actualVersion: 1 });
  for (const role of ['sales_manager', 'marketing', 'auditor', 'integration'] as const) {
    const { errors } = await gql(role, RESTRICT, { customerId: id, restricted: false, reason: 'please' });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});
