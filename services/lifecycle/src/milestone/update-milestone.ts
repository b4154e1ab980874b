// [Journey] Corrects when a milestone happened, or what else is known about it.
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, expectVersion, isProblem } from '@customer360/kernel/problem';
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
    const after: Milestone = {
      ...before,
      occurredAt: input.occurredAt ?? before.occurredAt,
      details: input.details === undefined ? before.details : input.details,
    };
    const changed: string[] = [];
    if (after.occurredAt.getTime() !== before.occurredAt.getTime()) changed.push('occurredAt');
    if (JSON.stringify(after.details) !== JSON.stringify(before.details)) changed.push('details');
    if (changed.length === 0) return before;
    after.version++;
    after.updatedAt = tx.now;
    const { occurredAt, details, version, updatedAt } = after;
    await tx.manager.getRepository(MilestoneEntity).update({ id }, { occurredAt, details: details as never, version, updatedAt });
    tx.emit(milestoneUpdatedFact(after, changed));
    return after;
  });
}
