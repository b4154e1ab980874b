// A second person approves a requested merge, and it is done at once [WF-CM-002]. Who asked does not approve (api.md); the records have to be what they
// were when it was asked for, or it is a CONFLICT and has to be asked for anew.
import { expectVersion, isProblem, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { findMerge } from './merge.table.ts';
import type { Merge } from './merge.ts';
import { commitRequested, mergeLocks, settle } from './merge-customers.ts';
import { planMerge } from './plan-merge.ts';

/** Approves and merges. */
export async function approveMerge(ctx: Ctx, id: string, expectedVersion: number): Promise<Merge | Problem> {
  const seen = await findMerge(ctx.db, id);
  if (!seen) throw notFound('Merge', id);
  const lock = await mergeLocks(ctx, seen);
  const merged = await transact<Merge, Problem>(ctx, { lock }, async (tx) => {
    const merge = (await findMerge(tx, id))!;
    expectVersion('Merge', merge, expectedVersion);
    const refused = refuseDecision(merge) ?? refuseRequester(merge, tx.actor);
    if (refused) return refused;
    const plan = await planMerge(tx, merge, new Set(lock));
    return isProblem(plan) ? plan : commitRequested(tx, merge, plan);
  });
  if (!isProblem(merged)) await settle(ctx, merged);
  return merged;
}

/** Only a request that waits is decided. */
export const refuseDecision = ({ status }: Merge): Problem | undefined =>
  status === 'requested' ? undefined : problem('MergeNotRequested', 'This merge does not wait for an approval.', { status });

const refuseRequester = (merge: Merge, actor: { kind: string; id: string }): Problem | undefined =>
  merge.createdByKind === actor.kind && merge.createdById === actor.id
    ? problem('ApproverIsRequester', 'Somebody else has to approve what you asked for.')
    : undefined;
