// A second person rejects a requested merge, or whoever asked withdraws it: nothing happens to the records [WF-CM-002].
import { checkText, expectVersion, notFound, type Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact } from '../write.ts';
import { refuseDecision } from './approve-merge.ts';
import { findMerge, MergeTable } from './merge.table.ts';
import type { Merge } from './merge.ts';

/** Rejects, and says why. */
export async function rejectMerge(ctx: Ctx, id: string, expectedVersion: number, reason: string): Promise<Merge | Problem> {
  checkText('reason', reason, { max: 500, required: true });
  const seen = await findMerge(ctx.db, id);
  if (!seen) throw notFound('Merge', id);
  return transact<Merge, Problem>(ctx, { lock: [seen.survivorId] }, async (tx) => {
    const merge = (await findMerge(tx, id))!;
    expectVersion('Merge', merge, expectedVersion);
    const refused = refuseDecision(merge);
    if (refused) return refused;
    const { kind, id: deciderId } = tx.actor;
    const rejected = await updateRow(tx, MergeTable, merge, {
      status: 'rejected',
      rejectionReason: reason,
      decidedByKind: kind,
      decidedById: deciderId,
    });
    const { survivorId, retiredIds } = merge;
    tx.emit(fact('merge-rejected', survivorId, { mergeId: id, survivorId, retiredIds }));
    return rejected;
  });
}
