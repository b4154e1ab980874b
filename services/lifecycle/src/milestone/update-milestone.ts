// [Journey] Corrects when a milestone happened, or what else is known about it.
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, expectVersion, isProblem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { MilestoneEntity, milestoneUpdatedFact } from './milestone.table.ts';
import { checkOccurredAt, type Milestone } from './milestone.ts';
import { customerOfMilestone, lockedMilestone } from './own-milestone.ts';

export interface UpdateMilestoneInput {
  occurredAt?: Date | null;
  details?: object | null;
}

export async function updateMilestone(ctx: RequestContext, id: string, expectedVersion: number, input: UpdateMilestoneInput) {
  if (input.occurredAt === null) throw badInput('input.occurredAt', 'cannot be cleared');
  checkOccurredAt('input.occurredAt', input.occurredAt, new Date());
  const customer = await customerOfMilestone(ctx, id);
  if (isProblem(customer)) return customer;

  return transact<Milestone>(ctx, { lock: [customer.id] }, async (tx) => {
    const before = await lockedMilestone(tx, id, 'live');
    expectVersion('Milestone', before, expectedVersion);
    const changes = changesOf(before, input as Partial<Milestone>);
    const changed = Object.keys(changes);
    if (changed.length === 0) return before;
    const after = await updateRow(tx, MilestoneEntity, before, changes);
    tx.emit(milestoneUpdatedFact(after, changed));
    return after;
  });
}
