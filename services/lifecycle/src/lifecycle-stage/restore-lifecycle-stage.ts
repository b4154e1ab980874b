// [LifecycleStage] Takes the deletion of a stage back, unless its name was given away meanwhile.
import type { RequestContext } from '@customer360/kernel/context';
import { notFound } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { type NameTaken, nameTaken, type TooManyStages, tooManyStages } from './create-lifecycle-stage.ts';
import { findStage, holdStages, LifecycleStageEntity, listStages } from './lifecycle-stage.table.ts';
import { type LifecycleStage, MAX_STAGES } from './lifecycle-stage.ts';

export async function restoreLifecycleStage(ctx: RequestContext, id: string) {
  return transact<LifecycleStage, NameTaken | TooManyStages>(ctx, { lock: [id] }, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stage = await findStage(tx, id);
    if (!stage || stage.deletedAt === null) throw notFound('LifecycleStage', id);
    const stages = await listStages(tx);
    if (stages.length >= MAX_STAGES) return tooManyStages();
    const taken = nameTaken(stages, stage.name);
    if (taken) return taken;
    tx.emit({ type: 'crm.lifecycle.lifecycle-stage-restored.v1', key: id, data: { stageId: id } });
    return updateRow(tx, LifecycleStageEntity, stage, { deletedAt: null });
  });
}
