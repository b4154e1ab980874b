// A request is refused, with a reason that the customer is told, for example a legal duty to keep the data [DeletionRequest].
import type { Context } from '../context.ts';
import { checkReason } from '../restriction/restriction.ts';
import { stepRequest } from './change-request.ts';
import { refuseStep } from './deletion-request.ts';

export interface RejectDeletion {
  id: string;
  expectedVersion: number;
  reason: string;
}

export async function rejectDeletion(ctx: Context, { id, expectedVersion, reason }: RejectDeletion) {
  checkReason(reason);
  return stepRequest(ctx, id, expectedVersion, async (tx, request) => {
    const refused = refuseStep(request, 'rejected', ['pending_verification', 'verified', 'blocked']);
    if (refused) return refused;
    return {
      changes: { status: 'rejected' as const, rejectionReason: reason, processedById: tx.actor.id },
      fact: { type: 'crm.compliance.deletion-rejected.v1', data: { deletionRequestId: request.id } },
      why: `from:${request.status}`,
    };
  });
}
