// The one way a flag changes: new row, audit entry, fact and state record in one transaction [Right to Restriction] [Right to Object].
// Both verbs end here, because a half-told restriction would be honoured by some services and not by others.
import { requireCustomer, requireStillLeads } from '@customer360/customer-data/directory';
import { findSides } from '@customer360/customer-data/sides';
import { conflict, isProblem } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { publishState } from '../state/publish-state.ts';
import { findRestrictions, RestrictionRecordTable } from './restriction.table.ts';
import { checkReason, combine, type Flag, type Restrictions, withFlag } from './restriction.ts';

export interface RestrictionChange {
  customerId: string;
  flag: Flag;
  on: boolean;
  reason: string;
  expectedVersion?: number | null;
}

export async function changeRestriction(ctx: Context, change: RestrictionChange) {
  const { flag, on, reason, expectedVersion } = change;
  checkReason(reason);
  const customer = await requireCustomer(ctx, change.customerId);
  if (isProblem(customer)) return customer;
  return transact<Restrictions>(ctx, { lock: [customer.id] }, async (tx) => {
    await requireStillLeads(tx, customer.id, customer.id);
    const before = combine(customer.id, await findRestrictions(tx, [customer.id]));
    if (expectedVersion != null && expectedVersion !== before.version)
      throw conflict('CustomerRestrictions', customer.id, expectedVersion, before.version);
    // Never before the row it follows, even if this request waited for the other one's lock.
    const createdAt = before.updatedAt && before.updatedAt >= tx.now ? new Date(before.updatedAt.getTime() + 1) : tx.now;
    const flags = withFlag(before, flag, on, reason, createdAt);
    const id = crypto.randomUUID();
    const version = before.version + 1;
    const actor = { createdByKind: tx.actor.kind, createdById: tx.actor.id };
    await tx.manager.getRepository(RestrictionRecordTable).insert({
      id,
      customerId: customer.id,
      originCustomerId: customer.id,
      covers: await findSides(tx, customer.id),
      version,
      ...flags,
      createdAt,
      ...actor,
    });
    const { processingRestricted, doNotProcess } = flags;
    await writeAudit(tx, ctx.requestId, [
      {
        customerId: customer.id,
        action: 'restriction-changed',
        subjectType: 'restriction_record',
        subjectId: id,
        details: { flag, processingRestricted, doNotProcess, version },
        why: on ? `${flag}:set` : `${flag}:lifted`,
      },
    ]);
    tx.emit({ type: 'crm.compliance.restriction-changed.v1', key: customer.id, data: { processingRestricted, doNotProcess } });
    await publishState(tx, customer.id);
    const after: Restrictions = {
      customerId: customer.id,
      version,
      ...flags,
      updatedAt: createdAt,
      updatedBy: { kind: tx.actor.kind, id: tx.actor.id },
    };
    return after;
  });
}
