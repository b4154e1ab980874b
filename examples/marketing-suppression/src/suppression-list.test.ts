// The suppression list under every order in which two topics may deliver the same news [ConsentRecord AC-2].
import { expect, test } from '@jest/globals';
import { type ComplianceState, SuppressionList } from './suppression-list.ts';

const state = (granted: boolean, more: Partial<ComplianceState> = {}, validUntil: string | null = null): ComplianceState => ({
  customerId: 'c',
  processingRestricted: false,
  doNotProcess: false,
  consents: [{ consentType: 'marketing_email', granted, validUntil }],
  ...more,
});
const REVOKED = 'crm.compliance.consent-revoked.v1';
const email = { consentType: 'marketing_email' };

test('[ConsentRecord AC-2] whoever is unknown, or never answered, is suppressed', () => {
  const list = new SuppressionList();
  expect(list.isSuppressed('nobody')).toBe(true);
  list.applyState('c', 1, state(false, { consents: [] }));
  expect(list.isSuppressed('c')).toBe(true);
});

test('[ConsentRecord AC-2] a withdrawal suppresses, whichever topic is faster and however often it comes', () => {
  for (const steps of [
    ['grant', 'fact', 'state'],
    ['grant', 'state', 'fact'],
    ['fact', 'state', 'grant'],
    ['state', 'grant', 'fact'],
    ['fact', 'grant', 'state'],
  ]) {
    const list = new SuppressionList();
    for (const step of [...steps, ...steps]) {
      if (step === 'grant') list.applyState('c', 1, state(true));
      if (step === 'fact') list.applyFact('c', 2, REVOKED, email);
      if (step === 'state') list.applyState('c', 2, state(false));
    }
    expect(list.isSuppressed('c')).toBe(true);
  }
});

test('a fact alone suppresses at once; a grant counts when the state record says so', () => {
  const list = new SuppressionList();
  list.applyState('c', 1, state(true));
  expect(list.isSuppressed('c')).toBe(false);
  list.applyFact('c', 2, REVOKED, { consentType: 'analytics' });
  expect(list.isSuppressed('c')).toBe(false);
  list.applyFact('c', 3, REVOKED, email);
  expect(list.isSuppressed('c')).toBe(true);
  list.applyFact('c', 4, 'crm.compliance.consent-granted.v1', email);
  expect(list.isSuppressed('c')).toBe(true);
  list.applyState('c', 4, state(true));
  expect(list.isSuppressed('c')).toBe(false);
});

test('[Right to Restriction] [Right to Object] a restricted or objecting customer is suppressed, and so is one whose consent ran out', () => {
  const list = new SuppressionList();
  list.applyState('c', 1, state(true, { processingRestricted: true }));
  expect(list.isSuppressed('c')).toBe(true);
  list.applyState('c', 2, state(true));
  list.applyFact('c', 3, 'crm.compliance.restriction-changed.v1', { processingRestricted: false, doNotProcess: true });
  expect(list.isSuppressed('c')).toBe(true);
  list.applyState('c', 4, state(true, {}, '2026-03-01T00:00:00Z'));
  expect(list.isSuppressed('c', Date.parse('2026-02-28T23:59:59Z'))).toBe(false);
  expect(list.isSuppressed('c', Date.parse('2026-03-01T00:00:00Z'))).toBe(true);
});

test('a tombstone forgets the customer, which suppresses too', () => {
  const list = new SuppressionList();
  list.applyState('c', 1, state(true));
  list.applyState('c', 2, null);
  expect([list.isSuppressed('c'), list.known, [...list.suppressed()]]).toEqual([true, 0, []]);
});
