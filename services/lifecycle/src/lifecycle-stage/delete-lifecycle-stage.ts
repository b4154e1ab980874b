// [LifecycleStage AC-2] An administrator deletes a stage, softly, so that history keeps its name. Refused while a customer is in it or a
// transition rule refers to it.
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, notFound, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { findStage, holdStages, LifecycleStageEntity, stageUse } from './lifecycle-stage.table.ts';
import type { LifecycleStage } from './lifecycle-stage.ts';

export async function deleteLifecycleStage(ctx: RequestContext, id: string, expectedVersion?: number | null) {
  return transact<LifecycleStage, StageInUse>(ctx, { lock: [id] }, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stage = await findStage(tx, id);
    if (!stage || stage.deletedAt !== null) throw notFound('LifecycleStage', id);
    expectVersion('LifecycleStage', stage, expectedVersion);
    const use = await stageUse(tx, id);
    if (use.customerCount + use.ruleCount > 0) {
      return stageInUse(
        `${use.customerCount} customers are in the stage and ${use.ruleCount} rules refer to it: move and remove them, or deactivate it`,
        use,
      );
    }
    tx.emit({ type: 'crm.lifecycle.lifecycle-stage-deleted.v1', key: id, data: { stageId: id } });
    return updateRow(tx, LifecycleStageEntity, stage, { deletedAt: tx.now });
  });
}

export const stageInUse = (message: string, use: { customerCount: number; ruleCount: number }) => problem('StageInUse', message, use);

export type StageInUse = ReturnType<typeof stageInUse>;
