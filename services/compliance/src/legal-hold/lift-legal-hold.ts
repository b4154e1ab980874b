// A hold is lifted; when it was the last one, blocked deletion requests are verified again: its release resumes [DeletionRequest AC-3].
import { customerReference } from '@customer360/customer-data/directory';
import { expectVersion, notFound, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { applyChange } from '../deletion-request/change-request.ts';
import { findOpenRequests } from '../deletion-request/deletion-request.table.ts';
import { checkReason } from '../restriction/restriction.ts';
import { publishState } from '../state/publish-state.ts';
import { findActiveHolds, findLegalHold, LegalHoldTable } from './legal-hold.table.ts';
import type { LegalHold, LegalHoldAlreadyLifted } from './legal-hold.ts';

export interface LiftLegalHold {
  id: string;
  expectedVersion: number;
  reason: string;
}

export async function liftLegalHold(ctx: Context, { id, expectedVersion, reason }: LiftLegalHold) {
  checkReason(reason);
  const found = await findLegalHold(ctx.db, id);
  const customer = found && (await customerReference(ctx, found.customerId));
  if (!found || !customer) throw notFound('LegalHold', id);
  return transact<LegalHold, LegalHoldAlreadyLifted>(ctx, { lock: [customer.id] }, async (tx) => {
    const hold = (await findLegalHold(tx, id))!;
    expectVersion('LegalHold', hold, expectedVersion);
    if (hold.liftedAt) return problem('LegalHoldAlreadyLifted', 'this hold was lifted before', { liftedAt: hold.liftedAt });
    const lifted = await updateRow(tx, LegalHoldTable, hold, { liftedAt: tx.now, liftedReason: reason });
    const deed = {
      customerId: customer.id,
      action: 'legal-hold-lifted',
      subjectType: 'legal_hold',
      subjectId: id,
      details: {},
      why: 'legal_hold',
    };
    await writeAudit(tx, ctx.requestId, [deed]);
    tx.emit({ type: 'crm.compliance.legal-hold-lifted.v1', key: customer.id, data: { legalHoldId: id } });
    const stillHeld = (await findActiveHolds(tx, [customer.id])).length > 0;
    for (const request of stillHeld ? [] : await findOpenRequests(tx, customer.id)) {
      if (request.status !== 'blocked') continue;
      await applyChange(tx, ctx.requestId, request, {
        changes: { status: 'verified' },
        fact: { type: 'crm.compliance.deletion-resumed.v1', data: { deletionRequestId: request.id, legalHoldId: id } },
        why: 'legal_hold',
      });
    }
    await publishState(tx, customer.id);
    return lifted;
  });
}
