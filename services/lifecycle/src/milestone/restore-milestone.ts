// [Journey] Takes the deletion of a milestone back, unless it happens once and another one was recorded meanwhile.
import type { RequestContext } from '@customer360/kernel/context';
import { isProblem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { findLiveOfType, MilestoneEntity, milestoneFact } from './milestone.table.ts';
import { type Milestone, ONCE_ONLY } from './milestone.ts';
import { customerOfMilestone, lockedMilestone } from './own-milestone.ts';
import { type AlreadyRecorded, alreadyRecorded } from './record-milestone.ts';

export async function restoreMilestone(ctx: RequestContext, id: string) {
  const customer = await customerOfMilestone(ctx, id);
  if (isProblem(customer)) return customer;
  return transact<Milestone, AlreadyRecorded>(ctx, { lock: [customer.id] }, async (tx) => {
    const milestone = await lockedMilestone(tx, id, 'deleted');
    if (ONCE_ONLY.includes(milestone.milestoneType)) {
      const recorded = await findLiveOfType(tx, customer.id, milestone.milestoneType);
      if (recorded) return alreadyRecorded(recorded);
    }
    const restored = await updateRow(tx, MilestoneEntity, milestone, { deletedAt: null });
    tx.emit(milestoneFact('restored', restored));
    return restored;
  });
}
