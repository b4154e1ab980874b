// The suppression table under every order in which two topics may deliver the same news [ConsentRecord AC-2], by the test kit: no broker.
import { randomUUID } from 'node:crypto';
import { record, recording, replayRecorded } from '@customer360/events/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EmptyDatabase, emptyDatabase } from '../../../tests/support/empty-database.ts';
import { isContactSuppressed, isCustomerSuppressed, suppression, TABLES } from './suppression.ts';

let database: EmptyDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
  await database.pool.query(TABLES);
});
afterAll(() => database.close());

const state = (id: string, version: number, granted: boolean, more: object = {}, validUntil: string | null = null) =>
  record('crm.compliance.compliance-state.v1', id, version, {
    customerId: id,
    processingRestricted: false,
    doNotProcess: false,
    consents: [{ consentType: 'marketing_email', granted, since: '2026-01-01T00:00:00Z', legalBasis: 'consent', validUntil }],
    ...more,
  });
const revoked = (id: string, version: number, consentType: 'marketing_email' | 'analytics' = 'marketing_email') =>
  record('crm.compliance.consent-revoked.v1', id, version, {
    consentRecordId: randomUUID(),
    consentType,
    legalBasis: 'consent',
    occurredAt: '2026-01-02T00:00:00Z',
  });
const contact = (id: string, customerId: string, version: number, doNotContact: boolean) =>
  record('crm.customer.contact-state.v1', id, version, {
    contactId: id,
    customerId,
    originCustomerId: customerId,
    firstName: 'Ada',
    lastName: 'Example',
    email: null,
    phone: null,
    jobTitle: null,
    roles: [],
    isPrimary: false,
    status: 'active',
    communicationPreference: 'any',
    doNotContact,
    deletedAt: null,
  });

/** Delivers news, as to a consumer that was there all the time; each call goes on where the last one ended. */
function feed() {
  const name = randomUUID();
  const past: ReturnType<typeof record>[] = [];
  return async (...news: ReturnType<typeof record>[]) => {
    past.push(...news);
    const { parked } = await replayRecorded({
      name,
      handlers: suppression(),
      database: database.pool,
      recording: recording(...past),
      as: 'follow',
    });
    expect(parked.filter(({ reason }) => reason !== 'GAP')).toEqual([]);
  };
}
const suppressed = (id: string, now?: Date) => isCustomerSuppressed(database.pool, id, now);

test('[ConsentRecord AC-2] whoever is unknown, or never answered, is suppressed', async () => {
  const id = randomUUID();
  expect(await suppressed(id)).toBe(true);
  await feed()(state(id, 1, false, { consents: [] }));
  expect(await suppressed(id)).toBe(true);
});

test('[ConsentRecord AC-2] a withdrawal suppresses, whichever topic is faster and however often it comes', async () => {
  for (const steps of [
    ['grant', 'fact', 'state'],
    ['grant', 'state', 'fact'],
    ['fact', 'grant', 'state'],
  ]) {
    const id = randomUUID();
    const deliver = feed();
    for (const step of [...steps, ...steps]) {
      if (step === 'grant') await deliver(state(id, 1, true));
      if (step === 'fact') await deliver(revoked(id, 2));
      if (step === 'state') await deliver(state(id, 2, false));
    }
    expect([steps, await suppressed(id)]).toEqual([steps, true]);
  }
}, 60_000);

test('a fact alone suppresses at once, a later grant counts when the state says so, and a fact that is late changes nothing', async () => {
  const id = randomUUID();
  const deliver = feed();
  await deliver(state(id, 1, true));
  expect(await suppressed(id)).toBe(false);
  await deliver(revoked(id, 2, 'analytics'));
  expect(await suppressed(id)).toBe(false);
  await deliver(revoked(id, 3));
  expect(await suppressed(id)).toBe(true);
  await deliver(state(id, 5, true)); // 4 was another withdrawal, still on its way
  expect(await suppressed(id)).toBe(false);
  await deliver(revoked(id, 4));
  expect(await suppressed(id)).toBe(false);
});

test('[Right to Restriction] [Right to Object] a restricted or objecting customer is suppressed, and so is one whose consent ran out', async () => {
  const [restricted, objecting, expiring] = [randomUUID(), randomUUID(), randomUUID()];
  await feed()(
    state(restricted, 1, true, { processingRestricted: true }),
    state(objecting, 1, true),
    state(expiring, 1, true, {}, '2026-03-01T00:00:00Z'),
  );
  await feed()(record('crm.compliance.restriction-changed.v1', objecting, 2, { processingRestricted: false, doNotProcess: true }));
  expect([await suppressed(restricted), await suppressed(objecting)]).toEqual([true, true]);
  expect(await suppressed(expiring, new Date('2026-02-28T23:59:59Z'))).toBe(false);
  expect(await suppressed(expiring, new Date('2026-03-01T00:00:00Z'))).toBe(true);
});

test('a contact follows its customer, then its own do-not-contact flag; a tombstone forgets', async () => {
  const [id, person] = [randomUUID(), randomUUID()];
  const deliver = feed();
  const contactSuppressed = () => isContactSuppressed(database.pool, person);
  await deliver(contact(person, id, 1, false));
  expect(await contactSuppressed()).toBe(true); // the customer agreed to nothing yet
  await deliver(state(id, 1, true));
  expect(await contactSuppressed()).toBe(false);
  await deliver(contact(person, id, 2, true));
  expect(await contactSuppressed()).toBe(true);
  await deliver(contact(person, id, 3, false), record('crm.compliance.compliance-state.v1', id, 2, null));
  expect([await contactSuppressed(), await suppressed(id)]).toEqual([true, true]);
  const { rows } = await database.pool.query('select 1 from customer_permission where customer_id = $1', [id]);
  expect(rows).toEqual([]);
});
