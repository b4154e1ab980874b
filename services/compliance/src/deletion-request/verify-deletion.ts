// The requester's identity was verified: the request waits for execution, or is blocked while a legal hold is in force
// [DeletionRequest AC-3]. `verification_method` named the intention; `verified_at` says that it happened.
import type { Context } from '../context.ts';
import { findActiveHolds } from '../legal-hold/legal-hold.table.ts';
import { stepRequest } from './change-request.ts';
import { type DeletionRequest, refuseStep, statusAfterVerification } from './deletion-request.ts';

export interface VerifyDeletion {
  id: string;
  expectedVersion: number;
  verificationMethod?: DeletionRequest['verificationMethod'] | null;
}

export const verifyDeletion = (ctx: Context, { id, expectedVersion, verificationMethod }: VerifyDeletion) =>
  stepRequest(ctx, id, expectedVersion, async (tx, request) => {
    const refused = refuseStep(request, 'verified', ['pending_verification']);
    if (refused) return refused;
    const [hold] = await findActiveHolds(tx, [request.customerId]);
    const method = verificationMethod ?? request.verificationMethod;
    const { id: deletionRequestId } = request;
    return {
      changes: { status: statusAfterVerification(hold ? 1 : 0), verificationMethod: method, verifiedAt: tx.now, verifiedById: tx.actor.id },
      fact: hold
        ? { type: 'crm.compliance.deletion-blocked.v1', data: { deletionRequestId, legalHoldId: hold.id } }
        : {
            type: 'crm.compliance.deletion-verified.v1',
            data: { deletionRequestId, verificationMethod: method, verifiedAt: tx.now.toISOString() },
          },
      why: hold ? 'legal_hold' : method,
    };
  });
