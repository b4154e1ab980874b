// [Sales to CRM: Deal closed] A won opportunity moves its customer to the stage Customer by the shortest allowed path, one history row a step,
// trigger `system`. Where no path leads there it is recorded as refused, for a manager to see; while processing is restricted it waits.
import type { Tx } from '@customer360/kernel/transact';
import { holdStages, listStages } from '../lifecycle-stage/lifecycle-stage.table.ts';
import { closedDealStage } from '../lifecycle-stage/lifecycle-stage.ts';
import { markDealsMoved, type PendingDeal, pendingDeals } from '../opportunity/opportunity.table.ts';
import { type NewRefusal, recordRefusals, resolveRestrictedRefusals } from '../stage-refusal/stage-refusal.table.ts';
import { listRules } from '../transition-rule/transition-rule.table.ts';
import { shortestPath } from '../transition-rule/transition-rule.ts';
import { findLifecycles } from './customer-lifecycle.table.ts';
import { moveStages, type StageMove } from './move-stages.ts';

/** Works off the won deals of these customers that have not moved a stage yet. Repeatable; the caller holds the customers' locks. */
export async function closeDeals(tx: Tx, customerIds: readonly string[]): Promise<void> {
  const deals = await pendingDeals(tx, customerIds);
  if (deals.length === 0) return;
  await holdStages(tx, 'shared');
  const stages = await listStages(tx);
  const rules = await listRules(tx);
  const target = closedDealStage(stages);
  if (!target) throw new Error('no active stage of category customer: a closed deal leads nowhere');
  const lifecycles = new Map((await findLifecycles(tx, [...new Set(deals.map((deal) => deal.customerId))])).map((l) => [l.customerId, l]));

  const moves = new Map<string, StageMove>();
  const refusals: NewRefusal[] = [];
  const done: PendingDeal[] = [];
  for (const deal of deals) {
    const lifecycle = lifecycles.get(deal.customerId);
    if (!lifecycle) continue;
    const refuse = (reason: NewRefusal['reason']) =>
      refusals.push({
        customerId: deal.customerId,
        opportunityId: deal.opportunityId,
        fromStageId: lifecycle.currentStageId,
        toStageId: target.id,
        reason,
      });
    if (deal.paused) {
      refuse('processing_restricted');
      continue;
    }
    done.push(deal);
    // One walk a customer, however many deals were won: after it, the customer is there.
    if (moves.has(deal.customerId)) continue;
    const path = shortestPath(lifecycle.currentStageId, target.id, stages, rules);
    if (!path) refuse('no_path');
    else if (path.length > 0) moves.set(deal.customerId, { lifecycle, path, trigger: 'system', reason: 'deal closed', override: false });
  }
  await moveStages(tx, [...moves.values()]);
  await resolveRestrictedRefusals(
    tx,
    done.map((deal) => deal.opportunityId),
  );
  await recordRefusals(tx, refusals);
  await markDealsMoved(
    tx,
    done.map((deal) => deal.opportunityId),
  );
}
