// The two flags and their history, over one identity and over several [Right to Restriction] [Right to Object].
import { expect, test } from '@jest/globals';
import { combine, type RestrictionRecord, restrictedSince, withFlag } from './restriction.ts';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
const NEVER = combine('c', []);

const row = (flags: Partial<RestrictionRecord>, createdAt: Date, version = 1): RestrictionRecord => ({
  ...NEVER,
  id: 'r',
  originCustomerId: 'c',
  covers: ['c'],
  createdByKind: 'STAFF',
  createdById: 's',
  ...flags,
  createdAt,
  version,
});

test('[Right to Restriction] a customer that was never touched is not restricted, at version 0', () => {
  expect(NEVER).toMatchObject({ processingRestricted: false, doNotProcess: false, version: 0, updatedAt: null, updatedBy: null });
});

test('[Right to Restriction] [Right to Object] each flag keeps its own since and reason, and lifting one leaves the other', () => {
  const restricted = withFlag(NEVER, 'processingRestricted', true, 'disputed', at(1));
  const both = withFlag(restricted, 'doNotProcess', true, 'asked on the phone', at(2));
  expect(both).toMatchObject({
    processingRestricted: true,
    processingRestrictedSince: at(1),
    doNotProcess: true,
    doNotProcessSince: at(2),
  });
  expect(restrictedSince(both)).toEqual(at(1));
  const again = withFlag(both, 'processingRestricted', true, 'still disputed', at(3));
  expect(again).toMatchObject({ processingRestrictedSince: at(1), processingRestrictedReason: 'still disputed' });
  const lifted = withFlag(again, 'processingRestricted', false, 'settled', at(4));
  expect(lifted).toMatchObject({
    processingRestricted: false,
    processingRestrictedSince: null,
    doNotProcess: true,
    doNotProcessSince: at(2),
  });
  expect(restrictedSince(withFlag(lifted, 'doNotProcess', false, 'changed their mind', at(5)))).toBeNull();
});

test('[Right to Restriction] after a merge a flag that is set on one side is set', () => {
  const calm = row({}, at(9), 7);
  const restricted = row(
    { processingRestricted: true, processingRestrictedSince: at(1), processingRestrictedReason: 'disputed' },
    at(1),
    2,
  );
  expect(combine('c', [calm, restricted])).toMatchObject({
    processingRestricted: true,
    processingRestrictedSince: at(1),
    doNotProcess: false,
    version: 7,
    updatedAt: at(9),
  });
});
