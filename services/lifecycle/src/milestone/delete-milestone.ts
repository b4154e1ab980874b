// [Journey] Deletes a milestone, softly: one that was recorded by mistake. The system does not record it again from the same fact.
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, isProblem } from '@customer360/kernel/problem';
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
    const change = { deletedAt: tx.now, updatedAt: tx.now, version: milestone.version + 1 };
    await tx.manager.getRepository(MilestoneEntity).update({ id }, change);
    tx.emit(milestoneFact('deleted', milestone));
    return { ...milestone, ...change };
  });
}
