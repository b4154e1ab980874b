// [WF-LC-001] [CustomerLifecycle AC-1] Writes stage changes that were already judged: row, one history row a step, milestones, facts and state
// record, in the caller's transaction. Set-based, so that one person's change and 500 closed deals are the same code.
import { randomUUID } from 'node:crypto';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { insertHistory } from '../lifecycle-history/lifecycle-history.table.ts';
import type { LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';
import { recordFromFacts, type SystemMilestone } from '../milestone/record-from-facts.ts';
import { publishLifecycleState } from './customer-lifecycle.table.ts';
import { type LifecycleWithStages, milestoneOfStep, type Trigger } from './customer-lifecycle.ts';

export interface StageMove {
  readonly lifecycle: LifecycleWithStages;
  /** The stages to enter, one after the other; at least one. */
  readonly path: readonly LifecycleStage[];
  readonly trigger: Trigger;
  readonly reason: string | null;
  readonly override: boolean;
}

/** Moves these customers, each at most once a call. Locks are the caller's business. */
export async function moveStages(tx: Tx, moves: readonly StageMove[]): Promise<void> {
  if (moves.length === 0) return;
  const steps = moves.flatMap((move) =>
    move.path.map((to, i) => ({
      id: randomUUID(),
      move,
      from: i === 0 ? move.lifecycle.currentStage : move.path[i - 1]!,
      to,
      // Steps of one walk keep their order in every list that is sorted by time.
      at: new Date(tx.now.getTime() + i),
    })),
  );
  await insertHistory(
    tx,
    steps.map(({ id, move, from, to, at }) => ({
      id,
      customerId: move.lifecycle.customerId,
      fromStageId: from.id,
      toStageId: to.id,
      changedAt: at,
      reason: move.reason,
      trigger: move.trigger,
      override: move.override,
    })),
  );
  const last = moves.map((move) => steps.findLast((step) => step.move === move)!);
  await tx.query(
    'moveStages',
    sql`update customer_lifecycle l
        set previous_stage_id = step.from_id, current_stage_id = step.to_id, entered_stage_at = step.at, version = l.version + 1, updated_at = ${tx.now}
        from unnest(${moves.map((m) => m.lifecycle.customerId)}::uuid[], ${last.map((s) => s.from.id)}::uuid[], ${last.map((s) => s.to.id)}::uuid[],
          ${last.map((s) => s.at)}::timestamptz[]) as step(customer_id, from_id, to_id, at)
        where l.customer_id = step.customer_id`,
  );
  for (const { move, from, to, at } of steps) {
    tx.emit({
      type: 'crm.lifecycle.stage-changed.v1',
      key: move.lifecycle.customerId,
      data: {
        fromStageId: from.id,
        fromStage: from.name,
        toStageId: to.id,
        toStage: to.name,
        toCategory: to.category,
        trigger: move.trigger,
        changedAt: at.toISOString(),
      },
    });
  }
  await recordFromFacts(
    tx,
    steps.flatMap(({ id, move, from, to, at }): SystemMilestone[] => {
      const milestoneType = milestoneOfStep(from, to);
      return milestoneType
        ? [
            {
              customerId: move.lifecycle.customerId,
              milestoneType,
              occurredAt: at,
              sourceRef: `stage-change:${id}`,
              details: { fromStage: from.name, toStage: to.name },
            },
          ]
        : [];
    }),
  );
  await publishLifecycleState(
    tx,
    moves.map((move) => move.lifecycle.customerId),
  );
}
