// Ask for a merge that needs a second person [WF-CM-002]: the order is kept as it was read, with its versions; nothing is merged yet. Any merge may be
// asked for, a small one too.
import { isProblem, type Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact } from '../write.ts';
import { findMerge, MergeTable } from './merge.table.ts';
import type { Merge } from './merge.ts';
import { newMerge, refuseUndecided } from './merge-customers.ts';
import { checkOrder, checkVersionsComplete, type MergeOrder, planMerge } from './plan-merge.ts';

export interface RequestMerge extends MergeOrder {
  idempotencyKey?: string | null;
}

/** Records the request. */
export function requestMerge(ctx: Ctx, input: RequestMerge): Promise<Merge | Problem> {
  checkOrder(input);
  checkVersionsComplete(input);
  const replay = async (tx: Tx, id: string): Promise<Merge> => (await findMerge(tx, id))!;
  const once = { key: input.idempotencyKey, operation: 'requestMerge', input, replay };
  return transact<Merge, Problem>(ctx, { lock: [input.survivorId], once }, async (tx) => {
    const plan = await planMerge(tx, input, null);
    if (isProblem(plan)) return plan;
    const undecided = refuseUndecided(plan);
    if (undecided) return undecided;
    const merge = await insertRow<Merge>(tx, MergeTable, newMerge(tx, input, plan));
    const { id: mergeId, survivorId, retiredIds, records } = merge;
    tx.emit(fact('merge-requested', survivorId, { mergeId, survivorId, retiredIds, records }));
    return merge;
  });
}
