// [WF-CM-002] A merge leaves one customer with one stage: the survivor's, unless the retired identity had come further. Its purchase metrics are
// computed anew from the rows of both. What the survivor had is remembered, so that an un-merge gives it back; a stage that somebody changed
// meanwhile is left alone. No history is written: the united history of both sides already tells how the stage was reached.
import { type Move, retires, returns } from '@customer360/customer-data/merge';
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { installation } from '../env.ts';
import { recomputePurchaseMetrics } from '../purchase/recompute-purchase-metrics.ts';
import { findLifecycles, publishLifecycleState } from './customer-lifecycle.table.ts';
import type { LifecycleWithStages } from './customer-lifecycle.ts';
import { comesFurther, laterOf, type Standing, sameStanding, standingOf } from './fold.ts';

/** After the rows moved: stages are folded or given back, metrics follow, and the states are published. The caller holds all locks. */
export async function foldLifecycles(tx: Tx, moves: readonly Move[], ctx: ServiceContext): Promise<void> {
  const ids = [...new Set(moves.flatMap(({ from, to }) => [from, to]))];
  const lifecycles = new Map((await findLifecycles(tx, ids)).map((lifecycle) => [lifecycle.customerId, lifecycle]));
  for (const move of moves) {
    const [survivor, retired] = [lifecycles.get(move.to), lifecycles.get(move.customerId)];
    if (retires(move) && survivor && retired) await fold(tx, survivor, retired);
  }
  await unfold(tx, moves.filter(returns));
  // A retired identity's own metrics stay as they were: recomputing them from no rows would take back its milestones. It may have been retired by news
  // that came before these: the directory says who stands.
  const standing = await tx.query<{ id: string }>(
    'findStandingCustomers',
    sql`select customer_id as id from directory_customer where customer_id = any(${ids}::uuid[]) and merged_into is null`,
  );
  const living = standing.map(({ id }) => id).filter((id) => lifecycles.has(id));
  await recomputePurchaseMetrics(tx, new Map(living.map((id) => [id, null])), installation(ctx));
  await publishLifecycleState(tx, living);
}

async function fold(tx: Tx, survivor: LifecycleWithStages, retired: LifecycleWithStages): Promise<void> {
  const before = standingOf(survivor);
  const stage = comesFurther(retired.currentStage, survivor.currentStage) ? standingOf(retired) : before;
  const after: Standing = { ...stage, metricsAsOf: laterOf(survivor.metricsAsOf, retired.metricsAsOf) };
  if (sameStanding(before, after)) return;
  await tx.query(
    'foldLifecycle',
    sql`insert into lifecycle_fold (retired_id, survivor_id, before, after, folded_at)
        values (${retired.customerId}, ${survivor.customerId}, ${JSON.stringify(before)}::jsonb, ${JSON.stringify(after)}::jsonb, ${tx.now})
        on conflict (retired_id) do update set (survivor_id, before, after, folded_at) =
          (excluded.survivor_id, excluded.before, excluded.after, excluded.folded_at)`,
  );
  await stand(tx, survivor.customerId, after);
  // The next one of the same merge is folded onto this.
  Object.assign(survivor, after, stage === before ? {} : { currentStage: retired.currentStage, previousStage: retired.previousStage });
}

interface Fold {
  survivorId: string;
  before: string;
  after: string;
}

async function unfold(tx: Tx, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  const folds = await tx.query<Fold>(
    'takeFolds',
    sql`delete from lifecycle_fold where retired_id = any(${moves.map((move) => move.customerId)}::uuid[])
        returning survivor_id as "survivorId", before::text, after::text`,
  );
  for (const { survivorId, before, after } of folds) {
    // A later fold began where this one ended: it now ends where this one began.
    const handedOn = await tx.query(
      'handFoldOn',
      sql`update lifecycle_fold set before = ${before}::jsonb where survivor_id = ${survivorId} and before = ${after}::jsonb returning 1`,
    );
    const [survivor] = handedOn.length > 0 ? [] : await findLifecycles(tx, [survivorId]);
    const [was, became]: Standing[] = [JSON.parse(before), JSON.parse(after)];
    if (survivor && sameStanding(standingOf(survivor), became!)) await stand(tx, survivorId, was!);
  }
}

const stand = (tx: Tx, customerId: string, { currentStageId, enteredStageAt, previousStageId, metricsAsOf }: Standing) =>
  tx.query(
    'standLifecycle',
    sql`update customer_lifecycle set current_stage_id = ${currentStageId}, entered_stage_at = ${enteredStageAt}, previous_stage_id = ${previousStageId},
          metrics_as_of = ${metricsAsOf}, version = version + 1, updated_at = ${tx.now}
        where customer_id = ${customerId}`,
  );
