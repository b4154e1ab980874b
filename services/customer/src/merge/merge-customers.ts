// WF-CM-002: merge 1 to 9 customers into a survivor. A dry run answers the plan; the commit is one transaction under the locks of everybody whose row
// changes, in the kernel's one order, so that of two merges at once the second finds other versions: CONFLICT. Large ones need a second person.
import { newRow } from '@customer360/kernel/entity';
import { isProblem, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow, updateRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { settlePairs } from '../duplicate/duplicate-candidate.table.ts';
import type { Ctx } from '../loaders.ts';
import { HIERARCHY_LOCK } from '../relationship/set-parent.ts';
import { applyMerge } from './apply-merge.ts';
import { childrenOutside, findMerge, MergeTable, readCustomers, readRiders } from './merge.table.ts';
import type { Merge } from './merge.ts';
import { checkOrder, checkVersionsComplete, MAX_RELATIVES, type MergeOrder, type MergePlan, planMerge } from './plan-merge.ts';

export interface MergeCustomers extends MergeOrder {
  dryRun?: boolean | null;
  idempotencyKey?: string | null;
}

/** Merges, or answers the plan of it, or why not. */
export async function mergeCustomers(ctx: Ctx, input: MergeCustomers): Promise<Merge | MergePlan | Problem> {
  checkOrder(input);
  if (input.dryRun) return transact<MergePlan, Problem>(ctx, {}, (tx) => planMerge(tx, input, null));
  checkVersionsComplete(input);
  const lock = await mergeLocks(ctx, input);
  const { dryRun: _, ...once } = input;
  const replay = async (tx: Tx, id: string): Promise<Merge> => (await findMerge(tx, id))!;
  const merged = await transact<Merge, Problem>(
    ctx,
    { lock, once: { key: input.idempotencyKey, operation: 'mergeCustomers', input: once, replay } },
    async (tx) => {
      const plan = await planMerge(tx, input, new Set(lock));
      if (isProblem(plan)) return plan;
      const limit = ctx.env.MERGE_APPROVAL_ABOVE as number;
      if (plan.records > limit)
        return problem('MergeNeedsApproval', 'So large a merge needs a second person: ask for it with requestMerge.', {
          records: plan.records,
          limit,
        });
      const undecided = refuseUndecided(plan);
      if (undecided) return undecided;
      const merge = await insertRow<Merge>(tx, MergeTable, { ...newMerge(tx, input, plan), status: 'merged', mergedAt: tx.now });
      await applyMerge(tx, merge.id, plan);
      return merge;
    },
  );
  if (!isProblem(merged)) await settle(ctx, merged);
  return merged;
}

/** The row of a merge that is asked for. */
export const newMerge = (tx: Pick<Tx, 'actor' | 'now'>, order: MergeOrder, plan: MergePlan): Merge => ({
  ...newRow(tx.actor, tx.now),
  survivorId: order.survivorId,
  retiredIds: order.retiredIds,
  status: 'requested',
  choices: order.choices ?? [],
  expectedVersions: order.expectedVersions ?? [],
  records: plan.records,
  rejectionReason: null,
  decidedByKind: null,
  decidedById: null,
  mergedAt: null,
  unmergedAt: null,
  journalErasedAt: null,
});

/** A conflict that no rule may settle. */
export function refuseUndecided({ mustChoose }: MergePlan): Problem | undefined {
  if (mustChoose.length === 0) return undefined;
  return problem('MergeNeedsChoice', 'The records have different valid tax ids: say in choices which one is kept.', {
    undecided: mustChoose,
  });
}

/** Everybody whose row changes, and the hierarchy; looked at again under the locks. */
export async function mergeLocks(ctx: Ctx, { survivorId, retiredIds }: MergeOrder): Promise<string[]> {
  const ids = [survivorId, ...retiredIds];
  const known = new Set((await readCustomers(ctx.db, ids)).map(({ id }) => id));
  for (const id of ids) if (!known.has(id)) throw notFound('Customer', id, id === survivorId ? 'survivorId' : 'retiredIds');
  const riders = (await readRiders(ctx.db, retiredIds)).map(({ id }) => id);
  const children = await childrenOutside(ctx.db, retiredIds, ids, MAX_RELATIVES);
  return [...ids, ...riders.slice(0, MAX_RELATIVES - children.length), ...children, HIERARCHY_LOCK];
}

/** Runs the merge of a row that waited for approval. */
export async function commitRequested(tx: Tx, merge: Merge, plan: MergePlan): Promise<Merge> {
  const { kind, id } = tx.actor;
  const merged = await updateRow(tx, MergeTable, merge, { status: 'merged', mergedAt: tx.now, decidedByKind: kind, decidedById: id });
  await applyMerge(tx, merge.id, plan);
  return merged;
}

/**
 * The queue of duplicates learns of it after the commit: its upkeep locks pairs in another order, and would take them out by itself all the same.
 */
export const settle = (ctx: Ctx, { survivorId, retiredIds }: Merge): Promise<unknown> =>
  settlePairs(ctx.db, survivorId, retiredIds, new Date()).catch((err) =>
    ctx.log.warn({ err }, 'duplicate pairs of a merge are settled later'),
  );
