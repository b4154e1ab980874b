// What a consent record is made of, and how malformed evidence is refused [ConsentRecord AC-1].
import { expect, test } from '@jest/globals';
import { type ConsentEvidence, checkChoices, checkEvidence, consentFields, missingEvidence, recordedAt } from './consent.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const evidence = (more: Partial<ConsentEvidence> = {}): ConsentEvidence => ({ source: 'web_form', ...more });
const fieldOf = (check: () => void): unknown => {
  try {
    check();
  } catch (error) {
    return (error as { extensions: { field: string } }).extensions.field;
  }
  return undefined;
};

test('[ConsentRecord AC-1] a grant carries grantedAt, a withdrawal revokedAt, and never both', () => {
  const yes = consentFields({ consentType: 'analytics', granted: true }, evidence({ validUntil: new Date('2027-01-01') }), NOW);
  expect(yes).toMatchObject({
    granted: true,
    grantedAt: NOW,
    revokedAt: null,
    validUntil: new Date('2027-01-01'),
    legalBasis: 'consent',
    retention: 'P7Y',
  });
  const no = consentFields({ consentType: 'analytics', granted: false }, evidence({ validUntil: new Date('2027-01-01') }), NOW);
  expect(no).toMatchObject({ granted: false, grantedAt: null, revokedAt: NOW, validUntil: null });
});

test('what was said earlier keeps its moment, and never moves into the future', () => {
  const earlier = new Date('2026-02-01T00:00:00Z');
  expect(consentFields({ consentType: 'analytics', granted: true }, evidence({ occurredAt: earlier }), NOW).grantedAt).toEqual(earlier);
  const skewed = new Date(NOW.getTime() + 5_000);
  expect(consentFields({ consentType: 'analytics', granted: true }, evidence({ occurredAt: skewed }), NOW).grantedAt).toEqual(NOW);
});

test('malformed evidence is refused by the name of its field', () => {
  const cases: Array<[string, Partial<ConsentEvidence>]> = [
    ['input.occurredAt', { occurredAt: new Date('2026-03-01T12:02:00Z') }],
    ['input.occurredAt', { occurredAt: new Date('1989-12-31T00:00:00Z') }],
    ['input.validUntil', { validUntil: NOW }],
    ['input.privacyPolicyVersion', { privacyPolicyVersion: 'x'.repeat(51) }],
    ['input.noticeVersion', { noticeVersion: 'x'.repeat(51) }],
    ['input.noticeHash', { noticeHash: 'abc' }],
    ['input.language', { language: 'not a language' }],
    ['input.recipients', { recipients: Array.from({ length: 51 }, () => 'x') }],
    ['input.recipients.1', { recipients: ['x', ' '] }],
    ['input.withdrawalMethod', { withdrawalMethod: 'x'.repeat(501) }],
    ['input.retention', { retention: 'seven years' }],
    ['input.retention', { retention: 'P' }],
    ['input.ipAddress', { ipAddress: '999.1.1.1' }],
  ];
  for (const [field, wrong] of cases) expect(fieldOf(() => checkEvidence(evidence(wrong), NOW, false))).toBe(field);
  expect(fieldOf(() => checkEvidence(evidence({ ipAddress: '192.0.2.1' }), NOW, true))).toBe('input.ipAddress');
  expect(
    fieldOf(() =>
      checkEvidence(evidence({ ipAddress: '2001:db8::1', language: 'de-AT', retention: 'P7Y6M', noticeHash: 'A'.repeat(64) }), NOW, false),
    ),
  ).toBeUndefined();
});

test('a call names at least one purpose, each at most once, and a validity belongs to grants', () => {
  const yes = { consentType: 'analytics', granted: true } as const;
  expect(fieldOf(() => checkChoices([], evidence()))).toBe('input.choices');
  expect(fieldOf(() => checkChoices([yes, { ...yes, granted: false }], evidence()))).toBe('input.choices.1.consentType');
  expect(fieldOf(() => checkChoices([{ ...yes, granted: false }], evidence({ validUntil: new Date('2027-01-01') })))).toBe(
    'input.validUntil',
  );
});

test('in a race the withdrawal is recorded last, whichever came first', () => {
  const later = new Date(NOW.getTime() + 3);
  expect(recordedAt(false, NOW, later)).toEqual(new Date(NOW.getTime() + 4));
  expect(recordedAt(true, NOW, later)).toEqual(NOW);
  expect(recordedAt(false, later, NOW)).toEqual(later);
});

test('a record says which TS 27560 fields it lacks', () => {
  expect(missingEvidence({ granted: true, noticeVersion: null, noticeHash: null, jurisdiction: null })).toEqual([
    'noticeVersion',
    'noticeHash',
    'jurisdiction',
  ]);
  expect(missingEvidence({ granted: false, noticeVersion: null, noticeHash: null, jurisdiction: 'DE' })).toEqual([]);
  expect(missingEvidence({ granted: true, noticeVersion: '3', noticeHash: 'a'.repeat(64), jurisdiction: 'DE' })).toEqual([]);
});
