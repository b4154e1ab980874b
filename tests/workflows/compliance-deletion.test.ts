// Deletion requests up to `verified`: the deadline, one open request, verification, rejection, extension, escalation, legal holds.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type Caller, eventually, gql, must, readTopic, stack } from '../support/stack.ts';

const DAY_MS = 86_400_000;
const newCustomer = async (): Promise<string> => {
  const input = { type: 'INDIVIDUAL', displayName: `Deletion ${randomUUID()}`, ownerId: null };
  return (
    await must('admin', 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }', { input })
  ).createCustomer.id;
};
const portal = (customerId: string): Caller => ({ kind: 'portal', sub: `portal-${customerId}`, customer_id: customerId });
const REQUEST_FIELDS =
  '... on DeletionRequest { id version status requestedAt deadline overdue verifiedAt verifiedBy { id } verificationMethod escalatedAt deadlineExtendedAt createdBy { kind } customer { id } }';
const REQUEST = `mutation ($input: RequestDeletionInput!) { requestDeletion(input: $input) { __typename ${REQUEST_FIELDS} ... on DeletionAlreadyRequested { message deletionRequestId status } } }`;
const request = async (who: Caller, customerId: string, more: object = {}) =>
  (
    await must(who, REQUEST, {
      input: { customerId, requestType: 'FULL_DELETION', requestedVia: 'WEB_FORM', verificationMethod: 'EMAIL_CONFIRMED', ...more },
    })
  ).requestDeletion;
const REFUSED = '... on DeletionStepRefused { message status allowedFrom }';
const verify = async (id: string, expectedVersion: number, more: object = {}) =>
  (
    await must(
      'dpo',
      `mutation ($id: ID!, $expectedVersion: Int!, $verificationMethod: VerificationMethod) {
        verifyDeletion(id: $id, expectedVersion: $expectedVersion, verificationMethod: $verificationMethod) { __typename ${REQUEST_FIELDS} ${REFUSED} } }`,
      { id, expectedVersion, ...more },
    )
  ).verifyDeletion;
const withReason =
  (name: string, extra = '') =>
  async (id: string, expectedVersion: number, reason: string) =>
    (
      await must(
        'dpo',
        `mutation ($id: ID!, $expectedVersion: Int!, $reason: String!) { ${name}(id: $id, expectedVersion: $expectedVersion, reason: $reason) { __typename ${REQUEST_FIELDS} ${REFUSED} ${extra} } }`,
        { id, expectedVersion, reason },
      )
    )[name];
const reject = withReason('rejectDeletion');
const extend = withReason('extendDeletionDeadline', '... on DeadlineAlreadyExtended { message deadline }');
const read = async (id: string) =>
  (await must('dpo', `{ deletionRequest(id: "${id}") { version status overdue escalatedAt rejectionReason } }`)).deletionRequest;
const factsOf = async (customerId: string, untilCount: number) =>
  (await readTopic('crm.compliance.events.v1', { key: customerId, untilCount })).map(({ headers }) =>
    headers.ce_type!.replace(/^crm\.compliance\.|\.v1$/g, ''),
  );

test('[DeletionRequest AC-1] the deadline is 30 days after the request was made, also when it is typed in days later', async () => {
  const mine = await newCustomer();
  const own = await request(portal(mine), mine);
  expect(own).toMatchObject({
    status: 'PENDING_VERIFICATION',
    version: 1,
    overdue: false,
    createdBy: { kind: 'CUSTOMER' },
    customer: { id: mine },
  });
  expect(Date.parse(own.deadline) - Date.parse(own.requestedAt)).toBe(30 * DAY_MS);
  const requestedAt = new Date(Date.now() - 10 * DAY_MS).toISOString();
  const byLetter = await request('support_rep', await newCustomer(), { requestedVia: 'LEGAL', requestedAt });
  expect(byLetter.requestedAt).toBe(requestedAt);
  expect(Date.parse(byLetter.deadline)).toBe(Date.parse(requestedAt) + 30 * DAY_MS);
  expect(await factsOf(mine, 1)).toEqual(['deletion-requested']);
});

test('a customer has one open request: a second one is pointed to the first, also when both come at once', async () => {
  const id = await newCustomer();
  const answers = await Promise.all(Array.from({ length: 6 }, () => request('integration', id)));
  const made = answers.filter(({ __typename }) => __typename === 'DeletionRequest');
  expect(made).toHaveLength(1);
  for (const answer of answers.filter((one) => one !== made[0])) {
    expect(answer).toMatchObject({ __typename: 'DeletionAlreadyRequested', deletionRequestId: made[0].id, status: 'PENDING_VERIFICATION' });
  }
  expect((await reject(made[0].id, 1, 'not the person')).status).toBe('REJECTED');
  expect((await request('integration', id)).__typename).toBe('DeletionRequest');
});

test('the dpo verifies or rejects; a step that the status does not allow is refused with the states that do', async () => {
  const id = await newCustomer();
  const { id: requestId } = await request('dpo', id);
  const verified = await verify(requestId, 1, { verificationMethod: 'IDENTITY_VERIFIED' });
  expect(verified).toMatchObject({
    status: 'VERIFIED',
    version: 2,
    verificationMethod: 'IDENTITY_VERIFIED',
    verifiedBy: { id: stack().staff.dpo },
  });
  expect(verified.verifiedAt).not.toBeNull();
  expect(await verify(requestId, 2)).toMatchObject({
    __typename: 'DeletionStepRefused',
    status: 'VERIFIED',
    allowedFrom: ['PENDING_VERIFICATION'],
  });
  expect((await reject(requestId, 2, 'tax law wants it for ten years')).status).toBe('REJECTED');
  expect(await read(requestId)).toMatchObject({ status: 'REJECTED', rejectionReason: 'tax law wants it for ten years' });
  expect((await reject(requestId, 3, 'again')).__typename).toBe('DeletionStepRefused');
  expect(await factsOf(id, 3)).toEqual(['deletion-requested', 'deletion-verified', 'deletion-rejected']);
  const { auditTrail } = await must('auditor', `{ auditTrail(customerId: "${id}", orderBy: [{ field: SEQUENCE }]) { nodes { action } } }`);
  expect(auditTrail.nodes.map(({ action }: any) => action)).toEqual(['deletion-requested', 'deletion-verified', 'deletion-rejected']);
  expect(JSON.stringify(auditTrail)).not.toContain('tax law');
});

test('[DeletionRequest AC-1] the deadline is extended by 60 days, once', async () => {
  const made = await request('dpo', await newCustomer());
  const extended = await extend(made.id, 1, 'many systems');
  expect(Date.parse(extended.deadline) - Date.parse(made.deadline)).toBe(60 * DAY_MS);
  expect(await extend(made.id, 2, 'more systems')).toMatchObject({ __typename: 'DeadlineAlreadyExtended', deadline: extended.deadline });
});

test('[DeletionRequest AC-2] an overdue request is marked, listed, and escalated to the dpo by one fact', async () => {
  const id = await newCustomer();
  const requestedAt = new Date(Date.now() - 31 * DAY_MS).toISOString();
  const made = await request('dpo', id, { requestedVia: 'PHONE', requestedAt });
  expect(made.overdue).toBe(true);
  const list = `{ deletionRequests(filter: { customerId: { eq: "${id}" }, overdue: { eq: true }, status: { in: [PENDING_VERIFICATION, VERIFIED, BLOCKED] } }, orderBy: [{ field: DEADLINE }]) { totalCount nodes { id } } }`;
  expect((await must('dpo', list)).deletionRequests).toEqual({ totalCount: 1, nodes: [{ id: made.id }] });
  await eventually(async () => expect((await read(made.id)).escalatedAt).not.toBeNull(), { withinMs: 20_000, everyMs: 250 });
  const facts = await readTopic('crm.compliance.events.v1', { key: id, untilCount: 2 });
  expect(facts.at(-1)).toMatchObject({
    headers: { ce_type: 'crm.compliance.deletion-overdue.v1', actor: 'SYSTEM:system' },
    data: { deletionRequestId: made.id, deadline: made.deadline },
  });
  await new Promise((resolve) => setTimeout(resolve, 6_000)); // another round of the check
  expect(await factsOf(id, 2)).toEqual(['deletion-requested', 'deletion-overdue']);
}, 60_000);

test('[DeletionRequest AC-3] a legal hold blocks a verified request, before or after, and lifting the last one resumes it', async () => {
  const id = await newCustomer();
  const place = async () =>
    (
      await must('dpo', 'mutation ($input: PlaceLegalHoldInput!) { placeLegalHold(input: $input) { ... on LegalHold { id version } } }', {
        input: { customerId: id, reference: 'AZ 12/26', reason: 'tax audit' },
      })
    ).placeLegalHold;
  const lift = (holdId: string, expectedVersion: number) =>
    must('dpo', 'mutation ($id: ID!, $v: Int!) { liftLegalHold(id: $id, expectedVersion: $v, reason: "over") { __typename } }', {
      id: holdId,
      v: expectedVersion,
    });
  const first = await place();
  const made = await request('dpo', id);
  expect((await verify(made.id, 1)).status).toBe('BLOCKED');
  const second = await place();
  await lift(first.id, first.version);
  expect((await read(made.id)).status).toBe('BLOCKED');
  expect((await must('auditor', `{ customer(id: "${id}") { legalHolds { id reference } } }`)).customer.legalHolds).toEqual([
    { id: second.id, reference: 'AZ 12/26' },
  ]);
  await lift(second.id, second.version);
  expect((await read(made.id)).status).toBe('VERIFIED');
  await place();
  expect((await read(made.id)).status).toBe('BLOCKED');
  expect((await lift(second.id, 2)).liftLegalHold.__typename).toBe('LegalHoldAlreadyLifted');
  expect(await factsOf(id, 9)).toEqual([
    'legal-hold-placed',
    'deletion-requested',
    'deletion-blocked',
    'legal-hold-placed',
    'legal-hold-lifted',
    'legal-hold-lifted',
    'deletion-resumed',
    'legal-hold-placed',
    'deletion-blocked',
  ]);
});

test('a customer sees its own requests only, marketing none, and nobody but dpo and admin verifies', async () => {
  const [mine, other] = [await newCustomer(), await newCustomer()];
  const own = await request(portal(mine), mine);
  const theirs = await request('dpo', other);
  const { deletionRequests } = await must(portal(mine), '{ deletionRequests { totalCount nodes { id } } }');
  expect(deletionRequests).toEqual({ totalCount: 1, nodes: [{ id: own.id }] });
  expect((await must(portal(mine), `{ deletionRequest(id: "${theirs.id}") { id } }`)).deletionRequest).toBeNull();
  expect((await gql('marketing', '{ deletionRequests { totalCount } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  for (const who of ['support_rep', 'auditor', 'integration', portal(mine)] as Caller[]) {
    const { errors } = await gql(who, `mutation { verifyDeletion(id: "${own.id}", expectedVersion: 1) { __typename } }`);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});
