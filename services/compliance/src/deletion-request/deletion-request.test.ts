// Deadlines, overdue requests and allowed steps of deletion requests [DeletionRequest AC-1] [DeletionRequest AC-2] [DeletionRequest AC-3].
import { expect, test } from '@jest/globals';
import {
  checkRequest,
  DELETION_STATUSES,
  deadlineOf,
  extendedDeadline,
  isOverdue,
  refuseStep,
  statusAfterVerification,
} from './deletion-request.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

test('[DeletionRequest AC-1] the deadline is 30 days after the request was made, over month ends, leap days and clock changes', () => {
  for (const [requestedAt, deadline] of [
    ['2026-01-31T10:00:00Z', '2026-03-02T10:00:00Z'],
    ['2028-02-10T00:00:00Z', '2028-03-11T00:00:00Z'],
    ['2026-03-15T23:59:59Z', '2026-04-14T23:59:59Z'],
  ] as const) {
    expect(deadlineOf(new Date(requestedAt))).toEqual(new Date(deadline));
  }
  expect(extendedDeadline(new Date('2026-03-02T10:00:00Z'))).toEqual(new Date('2026-05-01T10:00:00Z'));
});

test('[DeletionRequest AC-2] a request is overdue when its deadline has passed and it is neither completed nor rejected', () => {
  const past = new Date(NOW.getTime() - 1);
  const overdue = DELETION_STATUSES.filter((status) => isOverdue({ status, deadline: past }, NOW));
  expect(overdue).toEqual(['pending_verification', 'verified', 'in_progress', 'blocked']);
  expect(isOverdue({ status: 'verified', deadline: NOW }, NOW)).toBe(false);
});

test('[DeletionRequest AC-3] verification leads to blocked while a hold is in force', () => {
  expect([statusAfterVerification(0), statusAfterVerification(1)]).toEqual(['verified', 'blocked']);
});

test('a step that the status does not allow is refused with the states that would allow it', () => {
  expect(refuseStep({ status: 'pending_verification' }, 'verified', ['pending_verification'])).toBeUndefined();
  expect(refuseStep({ status: 'rejected' }, 'verified', ['pending_verification'])).toMatchObject({
    __typename: 'DeletionStepRefused',
    message: 'a request that is rejected cannot be verified',
    status: 'rejected',
    allowedFrom: ['pending_verification'],
  });
});

test('a malformed request is refused by the name of its field', () => {
  const field = (request: Parameters<typeof checkRequest>[0]) => {
    try {
      checkRequest(request, NOW);
    } catch (error) {
      return (error as { extensions: { field: string } }).extensions.field;
    }
    return undefined;
  };
  const requestType = 'full_deletion';
  expect(field({ requestType, requestedAt: new Date('2026-03-02T00:00:00Z') })).toBe('input.requestedAt');
  expect(field({ requestType, requestedAt: new Date('2024-03-02T00:00:00Z') })).toBe('input.requestedAt');
  expect(field({ requestType, details: 'x'.repeat(2_001) })).toBe('input.details');
  expect(field({ requestType: 'partial_deletion' })).toBe('input.details');
  expect(field({ requestType: 'partial_deletion', details: 'old addresses' })).toBeUndefined();
});
