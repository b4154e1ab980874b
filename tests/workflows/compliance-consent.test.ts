// WF-PRIV-001, as a customer in the portal, a clerk and a sender live it: choices are recorded for ever, what holds is derived, a withdrawal
// reaches Kafka, and every change is in the audit trail.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type Caller, database, eventually, gql, must, readTopic } from '../support/stack.ts';

const newCustomer = async (): Promise<string> => {
  const input = { type: 'INDIVIDUAL', displayName: `Consent ${randomUUID()}`, ownerId: null };
  const made = await must(
    'admin',
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename ... on Customer { id } } }',
    { input },
  );
  return made.createCustomer.id;
};
const portal = (customerId: string): Caller => ({ kind: 'portal', sub: `portal-${customerId}`, customer_id: customerId });

const RECORD = `mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { __typename
  ... on ConsentRecord { id consentType granted grantedAt revokedAt legalBasis source createdAt createdBy { kind id } missingEvidence }
  ... on Problem { message } } }`;
const record = async (who: Caller, customerId: string, consentType: string, granted: boolean, more: object = {}) =>
  (await must(who, RECORD, { input: { customerId, consentType, granted, source: 'WEB_FORM', ...more } })).recordConsent;

const decide = async (customerId: string, purpose: string, more: object = {}, who: Caller = 'marketing') =>
  (
    await must(
      who,
      `query ($customerId: ID!, $purpose: ConsentType!, $at: DateTime, $knownAt: DateTime, $contactId: ID) {
        consentDecision(customerId: $customerId, purpose: $purpose, at: $at, knownAt: $knownAt, contactId: $contactId) {
          customerId purpose allowed verdict reason legalBasis validUntil decidedAt evidence { id granted } } }`,
      { customerId, purpose, ...more },
    )
  ).consentDecision;

const consents = async (who: Caller, id: string) =>
  (await must(who, '{ customer(id: "ID") { consents { consentType granted status since legalBasis } } }'.replace('ID', id))).customer
    .consents;

test('[WF-PRIV-001] a customer sees the choices, toggles several at once in the portal, and each becomes a record and a fact', async () => {
  const id = await newCustomer();
  const me = portal(id);
  await eventually(async () => expect(await consents(me, id)).toEqual([]));
  const choices = [
    { consentType: 'MARKETING_EMAIL', granted: true },
    { consentType: 'MARKETING_SMS', granted: false },
    { consentType: 'THIRD_PARTY_SHARING', granted: false },
    { consentType: 'PROFILING', granted: true },
  ];
  const input = { customerId: id, choices, source: 'WEB_FORM', privacyPolicyVersion: '2026-01', idempotencyKey: randomUUID() };
  const RECORD_ALL =
    'mutation ($input: RecordConsentsInput!) { recordConsents(input: $input) { ... on RecordedConsents { records { id consentType granted noticeVersion createdBy { kind } } } } }';
  const first = (await must(me, RECORD_ALL, { input })).recordConsents.records;
  expect(first.map(({ consentType, granted }: any) => ({ consentType, granted }))).toEqual(choices);
  expect(first[0]).toMatchObject({ noticeVersion: '2026-01', createdBy: { kind: 'CUSTOMER' } });
  expect((await must(me, RECORD_ALL, { input })).recordConsents.records).toEqual(first); // the same call again answers the same records

  await record(me, id, 'MARKETING_EMAIL', false);
  expect((await consents(me, id)).map(({ consentType, granted }: any) => [consentType, granted])).toEqual([
    ['MARKETING_EMAIL', false],
    ['MARKETING_SMS', false],
    ['PROFILING', true],
    ['THIRD_PARTY_SHARING', false],
  ]);

  const facts = await readTopic('crm.compliance.events.v1', { key: id, untilCount: 5 });
  expect(facts.map(({ headers, data }) => [headers.ce_sequence, headers.ce_type, data.consentType])).toEqual([
    ['1', 'crm.compliance.consent-granted.v1', 'marketing_email'],
    ['2', 'crm.compliance.consent-revoked.v1', 'marketing_sms'],
    ['3', 'crm.compliance.consent-revoked.v1', 'third_party_sharing'],
    ['4', 'crm.compliance.consent-granted.v1', 'profiling'],
    ['5', 'crm.compliance.consent-revoked.v1', 'marketing_email'],
  ]);
  const state = (await readTopic('crm.compliance.state.v1', { key: id })).at(-1)!;
  expect(state.headers.ce_sequence).toBe('5');
  expect(state.data.consents.map(({ consentType, granted }: any) => [consentType, granted])).toEqual([
    ['marketing_email', false],
    ['marketing_sms', false],
    ['profiling', true],
    ['third_party_sharing', false],
  ]);
});

test('[ConsentRecord AC-1] a change is a new record; no role of the database changes, deletes or empties what was recorded', async () => {
  const id = await newCustomer();
  const yes = await record('support_rep', id, 'ANALYTICS', true, { source: 'PHONE' });
  const no = await record('support_rep', id, 'ANALYTICS', false, { source: 'PHONE' });
  expect(yes).toMatchObject({ granted: true, revokedAt: null });
  expect(no).toMatchObject({ granted: false, grantedAt: null });
  const history = await must(
    'dpo',
    `{ customer(id: "${id}") { consentHistory(orderBy: [{ field: CREATED_AT }]) { totalCount nodes { id granted } } } }`,
  );
  expect(history.customer.consentHistory).toEqual({
    totalCount: 2,
    nodes: [
      { id: yes.id, granted: true },
      { id: no.id, granted: false },
    ],
  });

  const owner = await database('compliance'); // even a superuser meets the trigger
  for (const statement of ['update consent_record set granted = true', 'delete from consent_record', 'truncate consent_record cascade']) {
    await expect(owner.query(statement)).rejects.toThrow('consent_record is append-only');
  }
  const grants = await owner.query<{ privilege_type: string }>(
    "select distinct privilege_type from information_schema.role_table_grants where table_name = any('{consent_record,audit_entry}') and grantee like '%compliance_app' order by 1",
  );
  expect(grants.rows.map((row) => row.privilege_type)).toEqual(['INSERT', 'SELECT']);
});

test('[ConsentRecord AC-2] marketing is blocked until consent is granted, allowed then, and blocked from the withdrawal on', async () => {
  const id = await newCustomer();
  expect(await decide(id, 'MARKETING_EMAIL')).toMatchObject({
    allowed: false,
    verdict: 'DENIED',
    reason: 'NO_CONSENT',
    legalBasis: null,
    evidence: [],
  });
  expect(await decide(id, 'ESSENTIAL_COMMUNICATIONS')).toMatchObject({ allowed: true, reason: 'CONTRACT_BASIS', legalBasis: 'CONTRACT' });
  const yes = await record('integration', id, 'MARKETING_EMAIL', true, { source: 'API' });
  const granted = await decide(id, 'MARKETING_EMAIL');
  expect(granted).toMatchObject({
    allowed: true,
    verdict: 'ALLOWED',
    reason: 'CONSENT_GRANTED',
    legalBasis: 'CONSENT',
    evidence: [{ id: yes.id, granted: true }],
  });
  expect((await decide(id, 'MARKETING_SMS')).reason).toBe('NO_CONSENT');
  const no = await record('integration', id, 'MARKETING_EMAIL', false, { source: 'EMAIL_LINK' });
  expect(await decide(id, 'MARKETING_EMAIL')).toMatchObject({
    allowed: false,
    reason: 'WITHDRAWN',
    evidence: [{ id: no.id, granted: false }],
  });
  // The answer of a moment ago can still be had: what was sent then was allowed then.
  expect(await decide(id, 'MARKETING_EMAIL', { at: granted.decidedAt })).toMatchObject({ allowed: true, reason: 'CONSENT_GRANTED' });
});

test('[ConsentRecord AC-2] a grant that is older than a withdrawal cannot be entered afterwards to undo it, and one that ended is expired', async () => {
  const id = await newCustomer();
  await record('dpo', id, 'PROFILING', false);
  await record('dpo', id, 'PROFILING', true, { occurredAt: '2020-05-01T10:00:00+02:00', source: 'IMPORT' });
  expect((await decide(id, 'PROFILING')).reason).toBe('WITHDRAWN');
  const past = { occurredAt: '2020-05-01T10:00:00Z', validUntil: '2021-05-01T10:00:00Z' };
  await record('dpo', id, 'ANALYTICS', true, past);
  expect((await decide(id, 'ANALYTICS')).reason).toBe('EXPIRED');
  // Nobody knew of it then; in hindsight it was in force.
  expect((await decide(id, 'ANALYTICS', { at: '2020-06-01T00:00:00Z' })).reason).toBe('NO_CONSENT');
  expect(await decide(id, 'ANALYTICS', { at: '2020-06-01T00:00:00Z', knownAt: new Date().toISOString() })).toMatchObject({
    reason: 'CONSENT_GRANTED',
    validUntil: '2021-05-01T10:00:00.000Z',
  });
});

test('[ConsentRecord AC-2] eight grants and withdrawals at the same time: what was granted and withdrawn in one instant is withdrawn', async () => {
  const id = await newCustomer();
  const occurredAt = '2026-01-01T00:00:00Z';
  await record('dpo', id, 'ANALYTICS', true);
  await Promise.all(Array.from({ length: 8 }, (_, i) => record('integration', id, 'MARKETING_SMS', i % 2 === 0, { occurredAt })));
  expect((await decide(id, 'MARKETING_SMS')).reason).toBe('WITHDRAWN');
  const { verifyAuditTrail } = await must('auditor', `{ verifyAuditTrail(customerId: "${id}") { intact entries } }`);
  expect(verifyAuditTrail).toEqual({ intact: true, entries: 9 });
});

test('[ConsentRecord AC-2] a sender asks for 200 customers at once; unknown ones are denied, 201 are refused', async () => {
  const id = await newCustomer();
  await record('integration', id, 'MARKETING_EMAIL', true);
  const stranger = randomUUID();
  const ASK = 'query ($ids: [ID!]!) { consentDecisions(customerIds: $ids, purpose: MARKETING_EMAIL) { customerId allowed reason } }';
  const { consentDecisions } = await must('integration', ASK, { ids: [stranger, id] });
  expect(consentDecisions).toEqual([
    { customerId: stranger, allowed: false, reason: 'UNKNOWN_CUSTOMER' },
    { customerId: id, allowed: true, reason: 'CONSENT_GRANTED' },
  ]);
  const { errors } = await gql('integration', ASK, { ids: Array.from({ length: 201 }, () => randomUUID()) });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'customerIds', max: 200, asked: 201 });
});

test('[Contact AC-3] a contact who does not want to be contacted gets no message, whatever the customer agreed to', async () => {
  const id = await newCustomer();
  await record('dpo', id, 'MARKETING_EMAIL', true);
  await record('dpo', id, 'PROFILING', true);
  const contact = async (doNotContact: boolean): Promise<string> => {
    const input = { customerId: id, firstName: 'Ada', lastName: 'Test', doNotContact };
    const made = await must('admin', 'mutation ($input: CreateContactInput!) { createContact(input: $input) { ... on Contact { id } } }', {
      input,
    });
    return made.createContact.id;
  };
  const [open, closed] = [await contact(false), await contact(true)];
  expect((await decide(id, 'MARKETING_EMAIL', { contactId: open })).reason).toBe('CONSENT_GRANTED');
  expect(await decide(id, 'MARKETING_EMAIL', { contactId: closed })).toMatchObject({ allowed: false, reason: 'DO_NOT_CONTACT' });
  expect((await decide(id, 'ESSENTIAL_COMMUNICATIONS', { contactId: closed })).reason).toBe('DO_NOT_CONTACT');
  expect((await decide(id, 'PROFILING', { contactId: closed })).reason).toBe('CONSENT_GRANTED');
  const other = await newCustomer();
  const { errors } = await gql(
    'marketing',
    `{ consentDecision(customerId: "${other}", purpose: MARKETING_EMAIL, contactId: "${open}") { allowed } }`,
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'contactId' });
});

test('[ConsentRecord AC-3] every consent change is in the trail: who, what, when, from where, why; no personal value; and a forged entry shows', async () => {
  const id = await newCustomer();
  const ipAddress = '203.0.113.77';
  await record('support_rep', id, 'MARKETING_EMAIL', true, { source: 'PHONE', ipAddress });
  await record(portal(id), id, 'MARKETING_EMAIL', false);
  const TRAIL = `{ auditTrail(customerId: "${id}", orderBy: [{ field: SEQUENCE }]) { totalCount nodes {
    sequence at action actor { kind id } actorRoles door requestId why details previousHash hash } }
    verifyAuditTrail(customerId: "${id}") { intact entries firstBrokenSequence lastHash } }`;
  const { auditTrail, verifyAuditTrail } = await must('auditor', TRAIL);
  expect(auditTrail.nodes).toMatchObject([
    {
      sequence: 1,
      action: 'consent-granted',
      actor: { kind: 'STAFF' },
      actorRoles: ['support_rep'],
      door: 'staff',
      why: 'phone:consent',
      details: { consentType: 'marketing_email', granted: true },
    },
    {
      sequence: 2,
      action: 'consent-revoked',
      actor: { kind: 'CUSTOMER' },
      actorRoles: ['customer'],
      door: 'portal',
      why: 'web_form:consent',
    },
  ]);
  expect(auditTrail.nodes[1].previousHash).toBe(auditTrail.nodes[0].hash);
  expect(JSON.stringify(auditTrail)).not.toContain(ipAddress);
  expect(verifyAuditTrail).toEqual({ intact: true, entries: 2, firstBrokenSequence: null, lastHash: auditTrail.nodes[1].hash });

  // Somebody with the powers of the database's owner switches the trigger off and rewrites history.
  const owner = await database('compliance');
  await owner.query('begin');
  await owner.query('set local session_replication_role = replica');
  await owner.query("update audit_entry set action = 'consent-revoked' where customer_id = $1 and sequence = 1", [id]);
  await owner.query('commit');
  expect((await must('auditor', TRAIL)).verifyAuditTrail).toMatchObject({ intact: false, firstBrokenSequence: 1 });
});

test('a portal customer records and reads its own consents only; a rep only those of visible customers; others are not found', async () => {
  const [mine, other] = [await newCustomer(), await newCustomer()];
  const me = portal(mine);
  await record(me, mine, 'ANALYTICS', true);
  const input = { customerId: other, consentType: 'ANALYTICS', granted: true, source: 'WEB_FORM' };
  const refused = await gql(me, RECORD, { input });
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.customerId' });
  const asked = await gql(me, `{ consentDecision(customerId: "${other}", purpose: ANALYTICS) { allowed } }`);
  expect(asked.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  const { consentRecords } = await must(me, '{ consentRecords { totalCount nodes { consentType } } }');
  expect(consentRecords).toEqual({ totalCount: 1, nodes: [{ consentType: 'ANALYTICS' }] });
  for (const role of ['sales_rep', 'support_rep', 'marketing', 'customer'] as const) {
    const who = role === 'customer' ? me : role;
    const { errors } = await gql(who, `{ auditTrail(customerId: "${mine}") { totalCount } }`);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});

test('a consent record carries the TS 27560 fields it was given and says which it lacks; the address it came from is for dpo, admin, auditor', async () => {
  const id = await newCustomer();
  const more = {
    privacyPolicyVersion: '7',
    noticeVersion: '7.1',
    noticeHash: 'AB'.repeat(32),
    language: 'de-AT',
    recipients: ['Mailer Ltd'],
    withdrawalMethod: 'Link in each mail',
    retention: 'P3Y',
    jurisdiction: 'AT',
    validUntil: '2090-01-01T00:00:00Z',
    ipAddress: '2001:db8::7',
  };
  const { id: recordId, missingEvidence } = await record('dpo', id, 'THIRD_PARTY_SHARING', true, more);
  expect(missingEvidence).toEqual([]);
  const READ = `{ consentRecord(id: "${recordId}") { privacyPolicyVersion noticeVersion noticeHash language recipients withdrawalMethod retention jurisdiction validUntil ipAddress customer { id } } }`;
  expect((await must('auditor', READ)).consentRecord).toEqual({
    ...more,
    noticeHash: 'ab'.repeat(32),
    validUntil: '2090-01-01T00:00:00.000Z',
    customer: { id },
  });
  expect((await gql('marketing', READ)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});
