// [Journey] Deletes a milestone, softly: one that was recorded by mistake. The system does not record it again from the same fact.
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, isProblem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { MilestoneEntity, milestoneFact } from './milestone.table.ts';
import type { Milestone } from './milestone.ts';
import { customerOfMilestone, lockedMilestone } from './own-milestone.ts';

export async function deleteMilestone(ctx: RequestContext, id: string, expectedVersion?: number | null) {
  const customer = await customerOfMilestone(ctx, id);
  if (isProblem(customer)) return customer;
  return transact<Milestone>(ctx, { lock: [customer.id] }, async (tx) => {
    const milestone = await lockedMilestone(tx, id, 'live');
    expectVersion('Milestone', milestone, expectedVersion);
    tx.emit(milestoneFact('deleted', milestone));
    return updateRow(tx, MilestoneEntity, milestone, { deletedAt: tx.now });
  });
}
