// The deadline moves by 60 days, once, with a reason that the customer is told (GDPR Art. 12(3)) [DeletionRequest AC-1]. A request that was
// escalated as overdue may be escalated again at the new deadline.
import { problem } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { checkReason } from '../restriction/restriction.ts';
import { stepRequest } from './change-request.ts';
import { extendedDeadline, OPEN_STATUSES, refuseStep } from './deletion-request.ts';

export interface ExtendDeletionDeadline {
  id: string;
  expectedVersion: number;
  reason: string;
}

export async function extendDeletionDeadline(ctx: Context, { id, expectedVersion, reason }: ExtendDeletionDeadline) {
  checkReason(reason);
  return stepRequest(ctx, id, expectedVersion, async (tx, request) => {
    const refused = refuseStep(request, 'extended', OPEN_STATUSES);
    if (refused) return refused;
    if (request.deadlineExtendedAt) {
      return problem('DeadlineAlreadyExtended', 'the deadline was extended before; there is one extension', { deadline: request.deadline });
    }
    const deadline = extendedDeadline(request.deadline);
    return {
      changes: { deadline, deadlineExtendedAt: tx.now, deadlineExtensionReason: reason, escalatedAt: null },
      fact: {
        type: 'crm.compliance.deletion-deadline-extended.v1',
        data: { deletionRequestId: request.id, deadline: deadline.toISOString() },
      },
      why: 'extension',
    };
  });
}
