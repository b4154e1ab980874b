// [LifecycleStage] An administrator changes a stage, or deactivates it: its customers stay, nobody enters it any more.
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, notFound } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { type NameTaken, nameTaken } from './create-lifecycle-stage.ts';
import { type StageInUse, stageInUse } from './delete-lifecycle-stage.ts';
import { holdStages, LifecycleStageEntity, listStages, stageUse } from './lifecycle-stage.table.ts';
import { checkStageFields, type LifecycleStage, type StageFields } from './lifecycle-stage.ts';

export async function updateLifecycleStage(ctx: RequestContext, id: string, expectedVersion: number, input: StageFields) {
  checkStageFields(input);
  return transact<LifecycleStage, NameTaken | StageInUse>(ctx, { lock: [id] }, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stages = await listStages(tx);
    const before = stages.find((stage) => stage.id === id);
    if (!before) throw notFound('LifecycleStage', id);
    expectVersion('LifecycleStage', before, expectedVersion);
    const changes = changesOf(before, { ...input, name: input.name?.trim() } as Partial<LifecycleStage>);
    const changedFields = Object.keys(changes);
    if (changedFields.length === 0) return before;
    const taken = nameTaken(stages, changes.name ?? before.name, id);
    if (taken) return taken;
    if (changes.category) {
      // The category decides the customers' status: it cannot change under their feet.
      const use = await stageUse(tx, id);
      if (use.customerCount > 0) return stageInUse('customers are in the stage: its category cannot change', use);
    }
    tx.emit({ type: 'crm.lifecycle.lifecycle-stage-updated.v1', key: id, data: { stageId: id, changedFields } });
    return updateRow(tx, LifecycleStageEntity, before, changes);
  });
}
