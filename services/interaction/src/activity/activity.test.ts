// The rules of an activity: when it is overdue, when it may be worked on, what its completion logs.
import { expect, test } from '@jest/globals';
import { type ActivityType, interactionTypeOf, isOverdue, refuseClosed } from './activity.ts';

const now = new Date('2026-03-31T12:00:00Z');

test('[Activity AC-1] an open activity is overdue once its due date has passed, a closed one never', () => {
  const past = new Date('2026-03-31T11:59:59Z');
  for (const status of ['pending', 'in_progress'] as const) {
    expect(isOverdue({ status, dueDate: past }, now)).toBe(true);
    expect(isOverdue({ status, dueDate: now }, now)).toBe(false);
  }
  for (const status of ['completed', 'cancelled'] as const) expect(isOverdue({ status, dueDate: past }, now)).toBe(false);
});

test('[Activity AC-2] only an open activity can be worked on', () => {
  expect(refuseClosed({ id: 'a', status: 'pending' })).toBeUndefined();
  expect(refuseClosed({ id: 'a', status: 'in_progress' })).toBeUndefined();
  expect(refuseClosed({ id: 'a', status: 'completed' })).toMatchObject({
    __typename: 'ActivityNotOpen',
    activityId: 'a',
    status: 'completed',
  });
  expect(refuseClosed({ id: 'a', status: 'cancelled' })).toMatchObject({ __typename: 'ActivityNotOpen', status: 'cancelled' });
});

test('[Activity AC-2] every activity type has the interaction type that its completion logs', () => {
  const expected: Record<ActivityType, string> = {
    call: 'call',
    email: 'email',
    meeting: 'meeting',
    demo: 'meeting',
    task: 'other',
    follow_up: 'other',
  };
  for (const [type, result] of Object.entries(expected)) expect(interactionTypeOf(type as ActivityType)).toBe(result);
});
