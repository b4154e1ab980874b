// What a merge means for consent, before the merge itself exists: the customer service will publish a state record with `mergedInto`, and so
// does this test. The retired id is answered for the survivor, the most restrictive side wins, and what is said afterwards speaks for both.
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventually, must, publishInbound, readTopic } from '../support/stack.ts';

const newCustomer = async (): Promise<string> => {
  const input = { type: 'INDIVIDUAL', displayName: `Merged ${randomUUID()}`, ownerId: null };
  return (
    await must('admin', 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } } }', { input })
  ).createCustomer.id;
};
const record = async (customerId: string, granted: boolean) =>
  (
    await must('dpo', 'mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { ... on ConsentRecord { id } } }', {
      input: { customerId, consentType: 'MARKETING_EMAIL', granted, source: 'WEB_FORM' },
    })
  ).recordConsent.id as string;
const decide = async (customerId: string) =>
  (
    await must(
      'integration',
      `{ consentDecision(customerId: "${customerId}", purpose: MARKETING_EMAIL) { customerId reason evidence { id } } }`,
    )
  ).consentDecision;

/** Publishes what the customer service publishes when `retired` is merged into `survivor`, or when that is undone. */
async function tellMerge(retired: string, survivor: string | null): Promise<void> {
  const last = (await readTopic('crm.customer.state.v1', { key: retired, untilCount: 1 })).at(-1)!;
  const latest = (await readTopic('crm.customer.state.v1', { key: retired })).at(-1) ?? last;
  await publishInbound('crm.customer.state.v1', [
    {
      type: latest.headers.ce_type!,
      key: retired,
      data: { ...latest.data, mergedInto: survivor, redirectVersion: latest.data.redirectVersion + 1 },
      headers: { ce_sequence: String(Number(latest.headers.ce_sequence) + 1), ce_source: '/tests' },
    },
  ]);
}

test('a merge takes the most restrictive side, what is said afterwards speaks for both, and an un-merge gives each side back its own', async () => {
  const [retired, survivor] = [await newCustomer(), await newCustomer()];
  const no = await record(retired, false);
  await record(survivor, true);
  expect((await decide(survivor)).reason).toBe('CONSENT_GRANTED');

  await tellMerge(retired, survivor);
  await eventually(async () =>
    expect(await decide(retired)).toEqual({ customerId: survivor, reason: 'WITHDRAWN', evidence: [{ id: no }] }),
  );
  expect((await decide(survivor)).reason).toBe('WITHDRAWN');
  const { customer } = await must('dpo', `{ customer(id: "${survivor}") { consentHistory { totalCount } } }`);
  expect(customer.consentHistory.totalCount).toBe(2);

  const yes = await record(retired, true); // said to the old id, recorded for the survivor
  expect(await decide(survivor)).toEqual({ customerId: survivor, reason: 'CONSENT_GRANTED', evidence: [{ id: yes }] });
  const made = await must(
    'dpo',
    `mutation { requestDeletion(input: { customerId: "${retired}", requestType: ANONYMIZATION, requestedVia: EMAIL, verificationMethod: EMAIL_CONFIRMED }) { ... on DeletionRequest { customer { id } } } }`,
  );
  expect(made.requestDeletion.customer).toEqual({ id: survivor });
  const { auditTrail } = await must('auditor', `{ auditTrail(customerId: "${survivor}") { nodes { action customerId } } }`);
  expect(auditTrail.nodes.filter(({ customerId }: any) => customerId === retired)).toEqual([
    { action: 'consent-revoked', customerId: retired },
  ]);

  await record(survivor, false);
  await tellMerge(retired, null);
  // Both stand alone again, with their own records and with what was said while they were one.
  await eventually(async () => expect((await decide(retired)).customerId).toBe(retired));
  expect((await decide(retired)).reason).toBe('WITHDRAWN');
  await record(survivor, true);
  expect((await decide(survivor)).reason).toBe('CONSENT_GRANTED');
  expect((await decide(retired)).reason).toBe('WITHDRAWN');
}, 120_000);
