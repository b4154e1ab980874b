// The hash chain of the audit trail: whole when untouched, and broken at the very entry that was touched [ConsentRecord AC-3].
import { expect, test } from '@jest/globals';
import { type AuditEntry, chain, firstBroken, GENESIS } from './audit.ts';

function trail(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let i = 0; i < length; i++) {
    entries.push(
      chain(entries.at(-1), {
        id: `00000000-0000-4000-8000-00000000000${i}`,
        customerId: 'c',
        at: new Date(Date.UTC(2026, 0, 1, i)),
        actorKind: 'STAFF',
        actorId: 's',
        actorRoles: ['dpo'],
        action: 'consent-revoked',
        subjectType: 'consent_record',
        subjectId: `r${i}`,
        details: { consentType: 'marketing_email', granted: false },
        door: 'staff',
        requestId: `q${i}`,
        why: 'phone:consent',
      }),
    );
  }
  return entries;
}

test('[ConsentRecord AC-3] a whole trail verifies, numbered from one and linked from zeros', () => {
  const entries = trail(4);
  expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  expect(entries[0]!.previousHash).toBe(GENESIS);
  expect(firstBroken(entries)).toBeUndefined();
  expect(firstBroken([])).toBeUndefined();
});

test('[ConsentRecord AC-3] every changed field, removed, swapped or inserted entry is found where it stands', () => {
  const changes: Array<Partial<AuditEntry>> = [
    { action: 'consent-granted' },
    { actorId: 'somebody else' },
    { actorRoles: ['admin'] },
    { at: new Date(0) },
    { details: { consentType: 'marketing_email', granted: true } },
    { subjectId: 'r9' },
    { why: 'x' },
    { requestId: 'x' },
    { door: 'portal' },
    { hash: GENESIS },
  ];
  for (const change of changes) {
    const entries = trail(4);
    entries[1] = { ...entries[1]!, ...change };
    expect([Object.keys(change)[0], firstBroken(entries)]).toEqual([Object.keys(change)[0], 2]);
  }
  const removed = trail(4);
  removed.splice(1, 1);
  expect(firstBroken(removed)).toBe(2);
  const swapped = trail(4);
  [swapped[1], swapped[2]] = [swapped[2]!, swapped[1]!];
  expect(firstBroken(swapped)).toBe(2);
  const doubled = trail(4);
  doubled.splice(2, 0, doubled[1]!);
  expect(firstBroken(doubled)).toBe(3);
});

test('[ConsentRecord AC-3] the order of details does not matter: a database may keep them in another one', () => {
  const entries = trail(2);
  entries[1] = { ...entries[1]!, details: { granted: false, consentType: 'marketing_email' } };
  expect(firstBroken(entries)).toBeUndefined();
});
