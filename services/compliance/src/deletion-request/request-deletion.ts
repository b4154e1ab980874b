// Somebody asks for a customer's data to be deleted: the deadline starts when the request was made, not when it was typed in
// [DeletionRequest AC-1]. One open request per customer; a request for a merged id is one for the survivor.
import { requireCustomer, requireStillLeads } from '@customer360/customer-data/directory';
import { newRow } from '@customer360/kernel/entity';
import { isProblem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { publishState } from '../state/publish-state.ts';
import { deedOf } from './change-request.ts';
import { DeletionRequestTable, findDeletionRequest, findOpenRequests } from './deletion-request.table.ts';
import { checkRequest, type DeletionAlreadyRequested, type DeletionRequest, deadlineOf } from './deletion-request.ts';

export interface RequestDeletion extends Pick<DeletionRequest, 'customerId' | 'requestType' | 'requestedVia' | 'verificationMethod'> {
  requestedAt?: Date | null;
  details?: string | null;
  idempotencyKey?: string | null;
}

export async function requestDeletion(ctx: Context, input: RequestDeletion) {
  const { requestType, requestedVia, verificationMethod, details } = input;
  checkRequest({ requestType, details, requestedAt: input.requestedAt ?? undefined }, new Date());
  const customer = await requireCustomer(ctx, input.customerId, 'input.customerId');
  if (isProblem(customer)) return customer;
  const replay = async (tx: Tx, id: string): Promise<DeletionRequest> => (await findDeletionRequest(tx, id))!;
  const once = { key: input.idempotencyKey, operation: 'requestDeletion', input, replay };
  return transact<DeletionRequest, DeletionAlreadyRequested>(ctx, { lock: [customer.id], once }, async (tx) => {
    await requireStillLeads(tx, customer.id, customer.id);
    const [open] = await findOpenRequests(tx, customer.id);
    if (open) {
      return problem('DeletionAlreadyRequested', 'this customer has an open deletion request; follow that one', {
        deletionRequestId: open.id,
        status: open.status,
      });
    }
    const requestedAt = input.requestedAt && input.requestedAt < tx.now ? input.requestedAt : tx.now;
    const request: DeletionRequest = {
      ...newRow(tx.actor, tx.now),
      customerId: customer.id,
      originCustomerId: customer.id,
      requestType,
      details: details ?? null,
      requestedAt,
      requestedVia,
      verificationMethod,
      verifiedAt: null,
      verifiedById: null,
      status: 'pending_verification',
      rejectionReason: null,
      deadline: deadlineOf(requestedAt),
      deadlineExtendedAt: null,
      deadlineExtensionReason: null,
      escalatedAt: null,
      completedAt: null,
      affectedRecords: null,
      processedById: null,
    };
    await insertRow(tx, DeletionRequestTable, request);
    const type = 'crm.compliance.deletion-requested.v1';
    await writeAudit(tx, ctx.requestId, [deedOf(request, type, `${requestedVia}:${verificationMethod}`)]);
    tx.emit({
      type,
      key: customer.id,
      data: {
        deletionRequestId: request.id,
        requestType,
        requestedVia,
        requestedAt: requestedAt.toISOString(),
        deadline: request.deadline.toISOString(),
      },
    });
    await publishState(tx, customer.id);
    return request;
  });
}
