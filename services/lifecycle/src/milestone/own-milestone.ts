// Before a milestone is changed: it exists, its customer is in the caller's scope and may be processed. Shared by update, delete and restore.
import { requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { notFound } from '@customer360/kernel/problem';
import type { Tx } from '@customer360/kernel/transact';
import { findMilestone } from './milestone.table.ts';
import type { Milestone } from './milestone.ts';

/** The customer of a milestone, or the Problem to answer; throws NOT_FOUND for the milestone when its customer is out of scope or deleted. */
export async function customerOfMilestone(ctx: RequestContext, id: string) {
  const milestone = await findMilestone(ctx.db, id);
  if (!milestone) throw notFound('Milestone', id);
  try {
    return await requireUnrestricted(ctx, milestone.customerId, 'id');
  } catch (error) {
    if ((error as { extensions?: { code?: string } }).extensions?.code === 'NOT_FOUND') throw notFound('Milestone', id);
    throw error;
  }
}

/** The milestone as it is now, inside the transaction that holds its customer's lock. */
export async function lockedMilestone(tx: Tx, id: string, state: 'live' | 'deleted'): Promise<Milestone> {
  const milestone = await findMilestone(tx, id);
  if (!milestone || (milestone.deletedAt === null) !== (state === 'live')) throw notFound('Milestone', id);
  return milestone;
}
