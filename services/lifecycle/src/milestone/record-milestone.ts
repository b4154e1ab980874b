// [Journey] Somebody records a milestone by hand. One that happens once and is recorded already is refused.
import { requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { newRow } from '@customer360/kernel/entity';
import { checkText, isProblem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { findLiveOfType, findMilestone, MilestoneEntity, milestoneFact } from './milestone.table.ts';
import { checkOccurredAt, type Milestone, type MilestoneType, ONCE_ONLY } from './milestone.ts';

export interface RecordMilestoneInput {
  customerId: string;
  milestoneType: MilestoneType;
  occurredAt?: Date | null;
  details?: object | null;
  idempotencyKey?: string | null;
}

export async function recordMilestone(ctx: RequestContext, input: RecordMilestoneInput) {
  checkText('input.idempotencyKey', input.idempotencyKey, { max: 100 });
  checkOccurredAt('input.occurredAt', input.occurredAt, new Date());
  const customer = await requireUnrestricted(ctx, input.customerId, 'input.customerId');
  if (isProblem(customer)) return customer;

  const once = {
    key: input.idempotencyKey,
    operation: 'recordMilestone',
    input,
    replay: async (tx: Parameters<typeof findMilestone>[0], id: string) => (await findMilestone(tx, id))!,
  };
  return transact<Milestone, AlreadyRecorded>(ctx, { lock: [customer.id], once }, async (tx) => {
    if (ONCE_ONLY.includes(input.milestoneType)) {
      const recorded = await findLiveOfType(tx, customer.id, input.milestoneType);
      if (recorded) return alreadyRecorded(recorded);
    }
    const milestone: Milestone = {
      ...newRow(tx.actor, tx.now),
      customerId: customer.id,
      originCustomerId: customer.id,
      milestoneType: input.milestoneType,
      occurredAt: input.occurredAt ?? tx.now,
      details: input.details ?? null,
      sourceRef: null,
    };
    await insertRow(tx, MilestoneEntity, milestone);
    tx.emit(milestoneFact('recorded', milestone));
    return milestone;
  });
}

export const alreadyRecorded = (recorded: Milestone) =>
  problem('MilestoneAlreadyRecorded', `${recorded.milestoneType} happens once and is recorded already; update or delete that one`, {
    milestoneId: recorded.id,
  });

export type AlreadyRecorded = ReturnType<typeof alreadyRecorded>;
