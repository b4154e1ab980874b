// Requests past their deadline are escalated to the data protection officer, once per deadline, by a fact and a mark on the request
// [DeletionRequest AC-2]. Runs on a schedule in bounded batches; each under its customer's lock, so that several instances do no harm.
import { SYSTEM } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { transact } from '@customer360/kernel/transact';
import { applyChange } from './change-request.ts';
import { findDeletionRequest, findOverdue } from './deletion-request.table.ts';
import { isOverdue } from './deletion-request.ts';

const BATCH = 100;

/** Escalates at most 100 requests; answers how many. */
export async function escalateOverdueDeletions(ctx: ServiceContext): Promise<number> {
  let escalated = 0;
  for (const { id, customerId } of await findOverdue(ctx.db, new Date(), BATCH)) {
    const wasEscalated = await transact({ ...ctx, actor: SYSTEM }, { lock: [customerId] }, async (tx) => {
      const request = (await findDeletionRequest(tx, id))!;
      if (request.escalatedAt || !isOverdue(request, tx.now)) return false;
      await applyChange(tx, 'escalate-overdue-deletions', request, {
        changes: { escalatedAt: tx.now },
        fact: { type: 'crm.compliance.deletion-overdue.v1', data: { deletionRequestId: id, deadline: request.deadline.toISOString() } },
        why: 'deadline',
      });
      return true;
    });
    if (wasEscalated) escalated++;
  }
  return escalated;
}
