// Bad input for every mutation of compliance: malformed, too long, unknown enum, foreign id, stale version, deleted customer. Each is a typed
// error that names the field; nothing is written and no event leaves.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { database, eventually, gql, must } from '../support/stack.ts';

const newCustomer = async (): Promise<string> => {
  const input = { type: 'INDIVIDUAL', displayName: `Bad input ${randomUUID()}`, ownerId: null };
  return (
    await must('admin', 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }', { input })
  ).createCustomer.id;
};

const RECORD = 'mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { __typename } }';
const RECORD_ALL = 'mutation ($input: RecordConsentsInput!) { recordConsents(input: $input) { __typename } }';
const RESTRICT =
  'mutation ($customerId: ID!, $restricted: Boolean!, $reason: String!, $expectedVersion: Int) { setProcessingRestriction(customerId: $customerId, restricted: $restricted, reason: $reason, expectedVersion: $expectedVersion) { __typename } }';
const OBJECT =
  'mutation ($customerId: ID!, $doNotProcess: Boolean!, $reason: String!, $expectedVersion: Int) { setObjection(customerId: $customerId, doNotProcess: $doNotProcess, reason: $reason, expectedVersion: $expectedVersion) { __typename } }';
const REQUEST = 'mutation ($input: RequestDeletionInput!) { requestDeletion(input: $input) { __typename ... on DeletionRequest { id } } }';
const VERIFY =
  'mutation ($id: ID!, $expectedVersion: Int!, $verificationMethod: VerificationMethod) { verifyDeletion(id: $id, expectedVersion: $expectedVersion, verificationMethod: $verificationMethod) { __typename } }';
const REJECT =
  'mutation ($id: ID!, $expectedVersion: Int!, $reason: String!) { rejectDeletion(id: $id, expectedVersion: $expectedVersion, reason: $reason) { __typename } }';
const EXTEND =
  'mutation ($id: ID!, $expectedVersion: Int!, $reason: String!) { extendDeletionDeadline(id: $id, expectedVersion: $expectedVersion, reason: $reason) { __typename } }';
const PLACE = 'mutation ($input: PlaceLegalHoldInput!) { placeLegalHold(input: $input) { __typename ... on LegalHold { id } } }';
const LIFT =
  'mutation ($id: ID!, $expectedVersion: Int!, $reason: String!) { liftLegalHold(id: $id, expectedVersion: $expectedVersion, reason: $reason) { __typename } }';

let customerId: string;
let deletedId: string;
let requestId: string;
let holdId: string;

beforeAll(async () => {
  [customerId, deletedId] = await Promise.all([newCustomer(), newCustomer()]);
  const request = { customerId, requestType: 'FULL_DELETION', requestedVia: 'EMAIL', verificationMethod: 'LEGAL_ORDER' };
  requestId = (await must('dpo', REQUEST, { input: request })).requestDeletion.id;
  holdId = (await must('dpo', PLACE, { input: { customerId, reference: 'x', reason: 'x' } })).placeLegalHold.id;
  await must('admin', 'mutation ($id: ID!) { deleteCustomer(id: $id) { __typename } }', { id: deletedId });
  await eventually(async () => {
    const { rows } = await (await database('compliance')).query(
      'select 1 from directory_customer where customer_id = $1 and deleted_at is not null',
      [deletedId],
    );
    expect(rows).toHaveLength(1);
  });
}, 60_000);

type Case = [what: string, query: string, variables: () => object, code: string, field: string];
const long = (length: number) => 'x'.repeat(length);
const consent =
  (more: object = {}) =>
  () => ({ input: { customerId, consentType: 'ANALYTICS', granted: true, source: 'API', ...more } });
const several =
  (more: object = {}) =>
  () => ({ input: { customerId, source: 'API', choices: [{ consentType: 'ANALYTICS', granted: true }], ...more } });
const deletion =
  (more: object = {}) =>
  () => ({
    input: { customerId, requestType: 'FULL_DELETION', requestedVia: 'EMAIL', verificationMethod: 'LEGAL_ORDER', ...more },
  });
const hold =
  (more: object = {}) =>
  () => ({ input: { customerId, reference: 'x', reason: 'x', ...more } });
const deleted = (more: (m: object) => () => object) => () => more({ customerId: deletedId })();

const BAD = 'BAD_USER_INPUT';
const steps: Case[] = [
  ['verifyDeletion', VERIFY],
  ['rejectDeletion', REJECT],
  ['extendDeletionDeadline', EXTEND],
].flatMap(([name, query]): Case[] => [
  [`${name}: malformed id`, query!, () => ({ id: 'x', expectedVersion: 1, reason: 'x' }), BAD, 'id'],
  [`${name}: foreign id`, query!, () => ({ id: customerId, expectedVersion: 1, reason: 'x' }), 'NOT_FOUND', 'id'],
  [`${name}: stale version`, query!, () => ({ id: requestId, expectedVersion: 7, reason: 'x' }), 'CONFLICT', 'expectedVersion'],
]);

const cases: Case[] = [
  ['recordConsent: malformed id', RECORD, consent({ customerId: 'nobody' }), BAD, 'input.customerId'],
  ['recordConsent: unknown purpose', RECORD, consent({ consentType: 'SPAM' }), BAD, 'input.consentType'],
  ['recordConsent: unknown source', RECORD, consent({ source: 'TELEPATHY' }), BAD, 'input.source'],
  ['recordConsent: granted is no text', RECORD, consent({ granted: 'yes' }), BAD, 'input.granted'],
  ['recordConsent: malformed instant', RECORD, consent({ occurredAt: 'yesterday' }), BAD, 'input.occurredAt'],
  ['recordConsent: in the future', RECORD, consent({ occurredAt: '2999-01-01T00:00:00Z' }), BAD, 'input.occurredAt'],
  ['recordConsent: validity before the grant', RECORD, consent({ validUntil: '2000-01-01T00:00:00Z' }), BAD, 'input.validUntil'],
  [
    'recordConsent: validity of a withdrawal',
    RECORD,
    consent({ granted: false, validUntil: '2999-01-01T00:00:00Z' }),
    BAD,
    'input.validUntil',
  ],
  ['recordConsent: version too long', RECORD, consent({ privacyPolicyVersion: long(51) }), BAD, 'input.privacyPolicyVersion'],
  ['recordConsent: malformed hash', RECORD, consent({ noticeHash: 'zz' }), BAD, 'input.noticeHash'],
  ['recordConsent: malformed language', RECORD, consent({ language: '?' }), BAD, 'input.language'],
  ['recordConsent: malformed address', RECORD, consent({ ipAddress: '1.2.3' }), BAD, 'input.ipAddress'],
  ['recordConsent: malformed country', RECORD, consent({ jurisdiction: 'Austria' }), BAD, 'input.jurisdiction'],
  ['recordConsent: malformed retention', RECORD, consent({ retention: 'for ever' }), BAD, 'input.retention'],
  ['recordConsent: key too long', RECORD, consent({ idempotencyKey: long(101) }), BAD, 'idempotencyKey'],
  ['recordConsent: NUL in a text', RECORD, consent({ withdrawalMethod: 'a\0b' }), BAD, 'input.withdrawalMethod'],
  ['recordConsent: deleted customer', RECORD, deleted(consent), 'NOT_FOUND', 'input.customerId'],
  ['recordConsents: no choice', RECORD_ALL, several({ choices: [] }), BAD, 'input.choices'],
  [
    'recordConsents: a purpose twice',
    RECORD_ALL,
    several({ choices: [1, 2].map(() => ({ consentType: 'ANALYTICS', granted: true })) }),
    BAD,
    'input.choices.1.consentType',
  ],
  ['recordConsents: unknown legal basis', RECORD_ALL, several({ legalBasis: 'BECAUSE' }), BAD, 'input.legalBasis'],
  ['recordConsents: deleted customer', RECORD_ALL, deleted(several), 'NOT_FOUND', 'input.customerId'],
  ['setProcessingRestriction: malformed id', RESTRICT, () => ({ customerId: '1', restricted: true, reason: 'x' }), BAD, 'customerId'],
  ['setProcessingRestriction: blank reason', RESTRICT, () => ({ customerId, restricted: true, reason: '  ' }), BAD, 'reason'],
  ['setProcessingRestriction: reason too long', RESTRICT, () => ({ customerId, restricted: true, reason: long(2_001) }), BAD, 'reason'],
  [
    'setProcessingRestriction: stale version',
    RESTRICT,
    () => ({ customerId, restricted: true, reason: 'x', expectedVersion: 5 }),
    'CONFLICT',
    'expectedVersion',
  ],
  [
    'setProcessingRestriction: deleted customer',
    RESTRICT,
    () => ({ customerId: deletedId, restricted: true, reason: 'x' }),
    'NOT_FOUND',
    'customerId',
  ],
  ['setObjection: malformed flag', OBJECT, () => ({ customerId, doNotProcess: 'maybe', reason: 'x' }), BAD, 'doNotProcess'],
  ['setObjection: reason too long', OBJECT, () => ({ customerId, doNotProcess: true, reason: long(2_001) }), BAD, 'reason'],
  [
    'setObjection: stale version',
    OBJECT,
    () => ({ customerId, doNotProcess: true, reason: 'x', expectedVersion: 5 }),
    'CONFLICT',
    'expectedVersion',
  ],
  ['setObjection: deleted customer', OBJECT, () => ({ customerId: deletedId, doNotProcess: true, reason: 'x' }), 'NOT_FOUND', 'customerId'],
  ['requestDeletion: unknown type', REQUEST, deletion({ requestType: 'SHRED' }), BAD, 'input.requestType'],
  ['requestDeletion: in the future', REQUEST, deletion({ requestedAt: '2999-01-01T00:00:00Z' }), BAD, 'input.requestedAt'],
  ['requestDeletion: too long ago', REQUEST, deletion({ requestedAt: '1999-01-01T00:00:00Z' }), BAD, 'input.requestedAt'],
  ['requestDeletion: details too long', REQUEST, deletion({ details: long(2_001) }), BAD, 'input.details'],
  ['requestDeletion: a part without saying which', REQUEST, deletion({ requestType: 'PARTIAL_DELETION' }), BAD, 'input.details'],
  ['requestDeletion: deleted customer', REQUEST, deleted(deletion), 'NOT_FOUND', 'input.customerId'],
  ...steps,
  [
    'verifyDeletion: unknown method',
    VERIFY,
    () => ({ id: requestId, expectedVersion: 1, verificationMethod: 'GUESS' }),
    BAD,
    'verificationMethod',
  ],
  ['rejectDeletion: blank reason', REJECT, () => ({ id: requestId, expectedVersion: 1, reason: '' }), BAD, 'reason'],
  ['extendDeletionDeadline: reason too long', EXTEND, () => ({ id: requestId, expectedVersion: 1, reason: long(2_001) }), BAD, 'reason'],
  ['placeLegalHold: blank reference', PLACE, hold({ reference: ' ' }), BAD, 'input.reference'],
  ['placeLegalHold: reference too long', PLACE, hold({ reference: long(201) }), BAD, 'input.reference'],
  ['placeLegalHold: reason too long', PLACE, hold({ reason: long(2_001) }), BAD, 'input.reason'],
  ['placeLegalHold: deleted customer', PLACE, deleted(hold), 'NOT_FOUND', 'input.customerId'],
  ['liftLegalHold: foreign id', LIFT, () => ({ id: requestId, expectedVersion: 1, reason: 'x' }), 'NOT_FOUND', 'id'],
  ['liftLegalHold: stale version', LIFT, () => ({ id: holdId, expectedVersion: 9, reason: 'x' }), 'CONFLICT', 'expectedVersion'],
  ['liftLegalHold: blank reason', LIFT, () => ({ id: holdId, expectedVersion: 1, reason: ' ' }), BAD, 'reason'],
];

/** All rows of these customers, and how many events were ever made for them. */
async function written(): Promise<unknown> {
  const tables = ['consent_record', 'consent_origin', 'restriction_record', 'deletion_request', 'legal_hold', 'audit_entry'];
  const counts = tables.map((table) => `(select count(*)::int from ${table} where customer_id = any($1)) as ${table}`).join(', ');
  const { rows } = await (await database('compliance')).query(
    `select ${counts}, (select sum(version)::int from aggregate where key = any($1::text[])) as events,
       (select max(version) from deletion_request where id = $2) as request_version`,
    [[customerId, deletedId], requestId],
  );
  return rows[0];
}

test.each(cases)('%s', async (_what, query, variables, code, field) => {
  const before = await written();
  const { data, errors } = await gql('dpo', query, variables());
  expect(errors?.map(({ extensions }) => [extensions.code, extensions.field])).toEqual([[code, field]]);
  expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
  expect(await written()).toEqual(before);
});

test('a customer that nobody has heard of is refused as retryable after two seconds, and nothing is written', async () => {
  const stranger = randomUUID();
  const input = { customerId: stranger, consentType: 'ANALYTICS', granted: true, source: 'API' };
  const QUERY =
    'mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { __typename ... on UnknownCustomer { customerId retryable message } } }';
  const started = Date.now();
  expect((await must('integration', QUERY, { input })).recordConsent).toMatchObject({
    __typename: 'UnknownCustomer',
    customerId: stranger,
    retryable: true,
  });
  expect(Date.now() - started).toBeLessThan(6_000);
});

test('an idempotency key that was used with other input is refused', async () => {
  const idempotencyKey = randomUUID();
  const id = await newCustomer();
  const input = { customerId: id, consentType: 'ANALYTICS', granted: true, source: 'API', idempotencyKey };
  await must('dpo', RECORD, { input });
  const { errors } = await gql('dpo', RECORD, { input: { ...input, granted: false } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', field: 'idempotencyKey' });
});
