// The rules of logging an interaction: what is late, what is the future, how long a call was, how much may be said.
import { expect, test } from '@jest/globals';
import { checkContent, checkPast, durationOf, isBackdated, MAX_MINUTES } from './interaction.ts';

const now = new Date('2026-03-31T12:00:00Z');
const ago = (days: number, extraMs = 0) => new Date(now.getTime() - days * 86_400_000 - extraMs);
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    const { code, field } = (error as { extensions: { code: string; field: string } }).extensions;
    return [code, field];
  }
  return undefined;
};

test('[Retroactive logging] an interaction of two weeks ago is not flagged, one of more than 30 days is', () => {
  expect(isBackdated(ago(14), now)).toBe(false);
  expect(isBackdated(ago(30), now)).toBe(false);
  expect(isBackdated(ago(30, 1), now)).toBe(true);
});

test('[WF-IT-001] a clock that is five minutes ahead is forgiven, the future is not', () => {
  expect(refusal(() => checkPast('input.occurredAt', new Date('2026-03-31T12:05:00Z'), now))).toBeUndefined();
  expect(refusal(() => checkPast('input.occurredAt', new Date('2026-03-31T12:05:00.001Z'), now))).toEqual([
    'BAD_USER_INPUT',
    'input.occurredAt',
  ]);
  expect(refusal(() => checkPast('input.occurredAt', new Date('1899-12-31T23:59:59Z'), now))).toEqual([
    'BAD_USER_INPUT',
    'input.occurredAt',
  ]);
});

test("[WF-IT-001] a call's duration comes from its begin and end unless it is given", () => {
  const startedAt = new Date('2026-03-31T11:00:00Z');
  expect(durationOf({})).toBeNull();
  expect(durationOf({ startedAt })).toBeNull();
  expect(durationOf({ startedAt, endedAt: new Date('2026-03-31T11:12:01Z') })).toBe(13);
  expect(durationOf({ startedAt, endedAt: startedAt })).toBe(0);
  expect(durationOf({ startedAt, endedAt: new Date('2026-03-31T11:12:01Z'), durationMinutes: 7 })).toBe(7);
});

test('[WF-IT-001] an impossible duration is refused and names the field', () => {
  const startedAt = new Date('2026-03-31T11:00:00Z');
  expect(refusal(() => durationOf({ durationMinutes: -1 }))).toEqual(['BAD_USER_INPUT', 'input.durationMinutes']);
  expect(refusal(() => durationOf({ durationMinutes: MAX_MINUTES + 1 }))).toEqual(['BAD_USER_INPUT', 'input.durationMinutes']);
  expect(refusal(() => durationOf({ endedAt: startedAt }))).toEqual(['BAD_USER_INPUT', 'input.startedAt']);
  expect(refusal(() => durationOf({ startedAt, endedAt: ago(2) }))).toEqual(['BAD_USER_INPUT', 'input.endedAt']);
});

test('[WF-IT-001] texts and related records have limits, counted in characters', () => {
  expect(refusal(() => checkContent({ subject: '😀'.repeat(500) }))).toBeUndefined();
  expect(refusal(() => checkContent({ subject: '😀'.repeat(501) }))).toEqual(['BAD_USER_INPUT', 'input.subject']);
  expect(refusal(() => checkContent({ description: 'x'.repeat(20_001) }))).toEqual(['BAD_USER_INPUT', 'input.description']);
  const records = (count: number) => Array.from({ length: count }, (_, i) => ({ type: 'case' as const, id: String(i) }));
  expect(refusal(() => checkContent({ relatedRecords: records(20) }))).toBeUndefined();
  expect(refusal(() => checkContent({ relatedRecords: records(21) }))).toEqual(['BAD_USER_INPUT', 'input.relatedRecords']);
  expect(refusal(() => checkContent({ relatedRecords: [...records(1), ...records(1)] }))).toEqual([
    'BAD_USER_INPUT',
    'input.relatedRecords',
  ]);
  expect(refusal(() => checkContent({ relatedRecords: [{ type: 'case', id: 'x'.repeat(101) }] }))).toEqual([
    'BAD_USER_INPUT',
    'input.relatedRecords.0.id',
  ]);
});
