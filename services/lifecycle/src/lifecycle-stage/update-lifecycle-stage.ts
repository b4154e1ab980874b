// [LifecycleStage] An administrator changes a stage, or deactivates it: its customers stay, nobody enters it any more.
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, notFound } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import { type NameTaken, nameTaken } from './create-lifecycle-stage.ts';
import { type StageInUse, stageInUse } from './delete-lifecycle-stage.ts';
import { holdStages, LifecycleStageEntity, listStages, stageUse } from './lifecycle-stage.table.ts';
import { checkStageFields, type LifecycleStage, type StageFields } from './lifecycle-stage.ts';

const FIELDS = ['name', 'displayOrder', 'category', 'color', 'description', 'isActive'] as const;

export async function updateLifecycleStage(ctx: RequestContext, id: string, expectedVersion: number, input: StageFields) {
  checkStageFields(input);
  return transact<LifecycleStage, NameTaken | StageInUse>(ctx, { lock: [id] }, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stages = await listStages(tx);
    const before = stages.find((stage) => stage.id === id);
    if (!before) throw notFound('LifecycleStage', id);
    expectVersion('LifecycleStage', before, expectedVersion);
    const asked = Object.fromEntries(FIELDS.filter((field) => input[field] !== undefined).map((field) => [field, input[field]]));
    if (typeof asked.name === 'string') asked.name = asked.name.trim();
    const after = { ...before, ...asked } as LifecycleStage;
    const changedFields = FIELDS.filter((field) => after[field] !== before[field]);
    if (changedFields.length === 0) return before;
    const taken = nameTaken(stages, after.name, id);
    if (taken) return taken;
    if (changedFields.includes('category')) {
      // The category decides the customers' status: it cannot change under their feet.
      const use = await stageUse(tx, id);
      if (use.customerCount > 0) return stageInUse('customers are in the stage: its category cannot change', use);
    }
    const change = { ...asked, version: before.version + 1, updatedAt: tx.now };
    await tx.manager.getRepository(LifecycleStageEntity).update({ id }, change);
    tx.emit({ type: 'crm.lifecycle.lifecycle-stage-updated.v1', key: id, data: { stageId: id, changedFields } });
    return { ...after, ...change } as LifecycleStage;
  });
}
