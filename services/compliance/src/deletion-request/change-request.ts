// What every step of a deletion request has in common: found and in scope, locked, at the version the caller read, written with its audit
// entry. The step itself decides what changes and which fact tells of it.
import { customerReference } from '@customer360/customer-data/directory';
import { expectVersion, isProblem, notFound, type Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { type Fact, type Tx, transact } from '@customer360/kernel/transact';
import type { Deed } from '../audit/audit.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { publishState } from '../state/publish-state.ts';
import { DeletionRequestTable, findDeletionRequest } from './deletion-request.table.ts';
import type { DeletionRequest } from './deletion-request.ts';

export interface RequestChange {
  changes: Partial<DeletionRequest>;
  fact: Omit<Fact, 'key'>;
  why: string;
}

/** Runs a step in one transaction; the step answers what changes, or a problem that it refuses with. */
export async function stepRequest<Answer extends RequestChange | Problem>(
  ctx: Context,
  id: string,
  expectedVersion: number,
  step: (tx: Tx, request: DeletionRequest) => Promise<Answer>,
): Promise<DeletionRequest | Exclude<Answer, RequestChange>> {
  type Refusal = Exclude<Answer, RequestChange> & Problem;
  const found = await findDeletionRequest(ctx.db, id);
  const customer = found && (await customerReference(ctx, found.customerId));
  if (!found || !customer) throw notFound('DeletionRequest', id);
  return transact<DeletionRequest, Refusal>(ctx, { lock: [customer.id, found.customerId] }, async (tx) => {
    const request = (await findDeletionRequest(tx, id))!;
    expectVersion('DeletionRequest', request, expectedVersion);
    const answer = await step(tx, request);
    if (isProblem(answer)) return answer as Refusal;
    const changed = await applyChange(tx, ctx.requestId, request, answer as RequestChange);
    await publishState(tx, request.customerId);
    return changed;
  });
}

/** Writes a change with its audit entry and fact; the caller holds the customer's lock. */
export async function applyChange(
  tx: Tx,
  requestId: string,
  request: DeletionRequest,
  { changes, fact, why }: RequestChange,
): Promise<DeletionRequest> {
  const after = await updateRow(tx, DeletionRequestTable, request, changes);
  await writeAudit(tx, requestId, [deedOf(after, fact.type, why)]);
  tx.emit({ ...fact, key: request.customerId });
  return after;
}

/** The audit entry of a request as it stands after a step. */
export const deedOf = (request: DeletionRequest, factType: string, why: string): Deed => ({
  customerId: request.customerId,
  action: factType.replace(/^crm\.compliance\.|\.v1$/g, ''),
  subjectType: 'deletion_request',
  subjectId: request.id,
  details: {
    requestType: request.requestType,
    status: request.status,
    deadline: request.deadline.toISOString(),
    version: request.version,
  },
  why,
});
