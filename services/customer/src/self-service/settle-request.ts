// A request comes to its end: applied or rejected, told, logged, and its link void [WF-CM-003].

import { updateRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import { logChange } from './profile-change-log.table.ts';
import { ProfileChangeRequestTable, type StoredRequest } from './profile-change-request.table.ts';
import type { ProfileChangeRequest } from './self-service.ts';

/** Writes the end of a request. */
export async function settleRequest(
  tx: Tx,
  request: ProfileChangeRequest,
  state: 'applied' | 'rejected',
  reason: string | null = null,
): Promise<ProfileChangeRequest> {
  const { customerId, contactId, field, id: requestId } = request;
  const decided = { decidedAt: tx.now, decidedByKind: tx.actor.kind, decidedById: tx.actor.id };
  const { tokenHash: _, ...settled } = await updateRow<StoredRequest, StoredRequest>(
    tx,
    ProfileChangeRequestTable,
    request as StoredRequest,
    {
      state,
      reason,
      tokenHash: null,
      ...decided,
    },
  );
  tx.emit(fact('profile-change-settled', customerId, { requestId, customerId, contactId, field, state }));
  await logChange(tx, customerId, { action: state, fields: [field], contactId, requestId });
  return settled;
}
