// [LifecycleStage AC-1] An administrator puts the stages in a new order: all of them at once, so that the result never depends on what
// another one did meanwhile. The order decides which steps go backward.
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, notFound } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { holdStages, listStages } from './lifecycle-stage.table.ts';
import { type LifecycleStage, MAX_STAGES } from './lifecycle-stage.ts';

export async function reorderLifecycleStages(ctx: RequestContext, ids: readonly string[]) {
  if (ids.length > MAX_STAGES)
    throw badInput('ids', `has more than ${MAX_STAGES} stages`, { limit: 'stages', max: MAX_STAGES, asked: ids.length });
  if (new Set(ids).size < ids.length) throw badInput('ids', 'names a stage twice');
  return transact<{ __typename: 'LifecycleStagesReordered'; stages: LifecycleStage[] }>(ctx, { lock: ids }, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stages = await listStages(tx);
    const unknown = ids.find((id) => !stages.some((stage) => stage.id === id));
    if (unknown) throw notFound('LifecycleStage', unknown, 'ids');
    if (ids.length < stages.length) throw badInput('ids', `names ${ids.length} of ${stages.length} stages; all are needed`);
    const moved = stages.filter((stage) => stage.displayOrder !== ids.indexOf(stage.id) + 1);
    if (moved.length > 0) {
      await tx.query(
        'reorderStages',
        sql`update lifecycle_stage s set display_order = place.n, version = s.version + 1, updated_at = ${tx.now}
            from unnest(${moved.map((s) => s.id)}::uuid[], ${moved.map((s) => ids.indexOf(s.id) + 1)}::int[]) as place(id, n) where s.id = place.id`,
      );
      tx.emit(
        ...moved.map(({ id }) => ({
          type: 'crm.lifecycle.lifecycle-stage-updated.v1',
          key: id,
          data: { stageId: id, changedFields: ['displayOrder'] },
        })),
      );
    }
    return { __typename: 'LifecycleStagesReordered' as const, stages: await listStages(tx) };
  });
}
