// A hold is placed: verified deletion requests of the customer become blocked, in the same transaction [DeletionRequest AC-3].
import { requireCustomer, requireStillLeads } from '@customer360/customer-data/directory';
import { newRow } from '@customer360/kernel/entity';
import { isProblem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { applyChange } from '../deletion-request/change-request.ts';
import { findOpenRequests } from '../deletion-request/deletion-request.table.ts';
import { publishState } from '../state/publish-state.ts';
import { findLegalHold, LegalHoldTable } from './legal-hold.table.ts';
import { checkHold, type LegalHold } from './legal-hold.ts';

export interface PlaceLegalHold extends Pick<LegalHold, 'customerId' | 'reference' | 'reason'> {
  idempotencyKey?: string | null;
}

export async function placeLegalHold(ctx: Context, input: PlaceLegalHold) {
  const { reference, reason } = input;
  checkHold(input);
  const customer = await requireCustomer(ctx, input.customerId, 'input.customerId');
  if (isProblem(customer)) return customer;
  const replay = async (tx: Tx, id: string): Promise<LegalHold> => (await findLegalHold(tx, id))!;
  const once = { key: input.idempotencyKey, operation: 'placeLegalHold', input, replay };
  return transact<LegalHold>(ctx, { lock: [customer.id], once }, async (tx) => {
    await requireStillLeads(tx, customer.id, customer.id);
    const hold: LegalHold = {
      ...newRow(tx.actor, tx.now),
      customerId: customer.id,
      originCustomerId: customer.id,
      reference,
      reason,
      placedAt: tx.now,
      liftedAt: null,
      liftedReason: null,
    };
    await insertRow(tx, LegalHoldTable, hold);
    const deed = {
      customerId: customer.id,
      action: 'legal-hold-placed',
      subjectType: 'legal_hold',
      subjectId: hold.id,
      details: {},
      why: 'legal_hold',
    };
    await writeAudit(tx, ctx.requestId, [deed]);
    tx.emit({ type: 'crm.compliance.legal-hold-placed.v1', key: customer.id, data: { legalHoldId: hold.id } });
    for (const request of await findOpenRequests(tx, customer.id)) {
      if (request.status !== 'verified') continue;
      await applyChange(tx, ctx.requestId, request, {
        changes: { status: 'blocked' },
        fact: { type: 'crm.compliance.deletion-blocked.v1', data: { deletionRequestId: request.id, legalHoldId: hold.id } },
        why: 'legal_hold',
      });
    }
    await publishState(tx, customer.id);
    return hold;
  });
}
