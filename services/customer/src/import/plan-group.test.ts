// What lines about one customer change; pure. Every row that is planned would be written as it stands.

import type { Actor } from '@customer360/kernel/actor';
import { expect, test } from '@jest/globals';
import type { ImportOptions } from './import.ts';
import { type Existing, planGroup } from './plan-group.ts';
import type { RowInput } from './read-row.ts';

const actor: Actor = { kind: 'IMPORT', id: 'i', roles: [] };
const who = { actor, now: new Date('2026-01-02T03:04:05Z') };
const MANAGER: Actor = { kind: 'STAFF', id: 's', roles: ['sales_manager'] };
const OPTIONS: ImportOptions = { externalSystem: 'main', ownerId: null, defaultType: null, defaultCountry: null };
const line = (input: Partial<RowInput>): RowInput => ({ customer: {}, addresses: [], region: null, ...input });
const plan = (existing: Existing | null, ...inputs: Partial<RowInput>[]) =>
  planGroup(
    who,
    MANAGER,
    OPTIONS,
    existing,
    inputs.map((input, n) => ({ row: n + 1, input: line(input), ownerId: undefined })),
  );

const company = {
  customer: { type: 'organization', displayName: 'Nordwerk', externalId: '7' },
  account: { legalName: 'Nordwerk' },
} as const;
const ada = { firstName: 'Ada', lastName: 'Beispiel', email: 'ada@example.com' };
const berlin = { addressType: 'billing', streetLine1: 'Weg 1', city: 'Berlin', country: 'DE' } as const;

/** What stands there after a plan. */
function existingAfter(made: ReturnType<typeof plan>): Existing {
  return {
    customer: made.customer!.after,
    account: made.account?.after ?? null,
    contacts: made.contacts.map(({ after }) => after),
    addresses: made.addresses.map(({ after }) => after),
    externalIds: made.externalIds.map(({ externalId }) => externalId),
  };
}

test('lines of one external id make one customer with all their contacts and addresses, the first ones primary and default', () => {
  const made = plan(
    null,
    { ...company, contact: ada, addresses: [berlin] },
    { ...company, contact: { firstName: 'Bob', lastName: 'B' }, addresses: [{ ...berlin, city: 'Bonn' }] },
  );
  expect(made.outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'updated']);
  expect(made.customer).toMatchObject({ before: null, after: { version: 1, source: 'import', externalId: '7' } });
  expect(made.contacts.map(({ after }) => [after.firstName, after.isPrimary])).toEqual([
    ['Ada', true],
    ['Bob', false],
  ]);
  expect(made.addresses.map(({ after }) => [after.city, after.isDefault])).toEqual([
    ['Berlin', true],
    ['Bonn', false],
  ]);
  expect(made.externalIds).toEqual([{ row: 1, externalId: '7' }]);
});

test('the same lines again change nothing', () => {
  const before = existingAfter(plan(null, { ...company, contact: ada, addresses: [berlin] }));
  const again = plan(before, { ...company, contact: ada, addresses: [berlin] });
  expect(again).toMatchObject({
    customer: null,
    account: null,
    contacts: [],
    addresses: [],
    externalIds: [],
    outcomes: [{ outcome: 'unchanged' }],
  });
});

test('a line changes what differs, raises the version by one, and an empty cell changes nothing', () => {
  const before = existingAfter(plan(null, { ...company, contact: ada }));
  const made = plan(
    before,
    { customer: { externalId: '7', phone: '+49 30 1234567' }, contact: { ...ada, jobTitle: 'Chief' } },
    { customer: { externalId: '7', email: 'office@example.com' } },
  );
  expect(made.outcomes.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
  expect(made.customer).toMatchObject({
    row: 1,
    after: { version: 2, phone: '+49 30 1234567', phoneE164: '+49301234567', email: 'office@example.com', displayName: 'Nordwerk' },
  });
  expect(made.contacts).toMatchObject([{ after: { version: 2, jobTitle: 'Chief', firstName: 'Ada' } }]);
});

test('[Contact AC-1] a line that names another primary contact sends the present one back', () => {
  const before = existingAfter(plan(null, { ...company, contact: ada }));
  const made = plan(before, { customer: { externalId: '7' }, contact: { firstName: 'Bob', lastName: 'B', isPrimary: true } });
  expect(made.contacts.map(({ before: old, after }) => [after.firstName, after.isPrimary, old === null])).toEqual([
    ['Ada', false, false],
    ['Bob', true, true],
  ]);
});

test('an external id that came by a merge finds the customer and does not replace the one that it shows', () => {
  const before = { ...existingAfter(plan(null, company)), externalIds: ['7', 'retired'] };
  const made = plan(before, { customer: { externalId: 'retired', email: 'x@example.com' } });
  expect(made).toMatchObject({
    outcomes: [{ outcome: 'updated' }],
    customer: { after: { externalId: '7', email: 'x@example.com' } },
    externalIds: [],
  });
});

test('[International phone format] the country that a line brings lets earlier numbers be read', () => {
  const before = existingAfter(plan(null, { customer: { type: 'individual', displayName: 'Ada', phone: '030 1234567', externalId: '1' } }));
  expect(before.customer.phoneE164).toBeNull();
  const made = plan(before, { customer: { externalId: '1' }, addresses: [berlin] });
  expect(made.customer!.after.phoneE164).toBe('+49301234567');
});

test.each<[string, (before: Existing) => void, Partial<RowInput>, RegExp]>([
  [
    '[Right to Restriction] of a restricted customer',
    (before) => Object.assign(before.customer, { processingRestricted: true }),
    { customer: { email: 'x@example.com' } },
    /restricted/,
  ],
  ['[Account AC-1] that makes a person of an organisation', () => {}, { customer: { type: 'individual' } }, /organisation/],
  ['[Account AC-2] with a wrong tax id', () => {}, { account: { taxId: 'DE136695978', country: 'DE' } }, /tax id/],
  ['with a status that the stage does not give', () => {}, { customer: { status: 'churned' } }, /stage/],
  ['with another external id', () => {}, { customer: { externalId: '8' } }, /another id/],
])('a line %s fails as a whole, and the next one holds', (_, prepare, input, message) => {
  const before = existingAfter(plan(null, company));
  prepare(before);
  const restricted = before.customer.processingRestricted;
  const made = plan(before, { ...input, contact: ada }, { contact: { ...ada, firstName: 'Bob', email: 'bob@example.com' } });
  expect(made.outcomes[0]).toMatchObject({ outcome: 'failed', message: expect.stringMatching(message) });
  expect(made.outcomes[1]!.outcome).toBe(restricted ? 'failed' : 'updated');
  expect(made.contacts.map(({ after }) => after.firstName)).toEqual(restricted ? [] : ['Bob']);
  expect(made.customer).toBeNull();
});
