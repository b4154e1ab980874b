// [LifecycleStage] An administrator adds a stage. Nobody can enter it before a transition rule leads there.
import type { RequestContext } from '@customer360/kernel/context';
import { newRow } from '@customer360/kernel/entity';
import { checkText, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { findStage, holdStages, LifecycleStageEntity, listStages } from './lifecycle-stage.table.ts';
import { type Category, checkStageFields, type LifecycleStage, MAX_STAGES, type StageFields } from './lifecycle-stage.ts';

export interface CreateLifecycleStageInput extends StageFields {
  name: string;
  category: Category;
  idempotencyKey?: string | null;
}

export async function createLifecycleStage(ctx: RequestContext, { displayOrder, isActive, ...input }: CreateLifecycleStageInput) {
  checkText('input.idempotencyKey', input.idempotencyKey, { max: 100 });
  checkStageFields(input);
  const id = crypto.randomUUID();
  const once = {
    key: input.idempotencyKey,
    operation: 'createLifecycleStage',
    input: { ...input, displayOrder, isActive },
    replay: async (tx: Parameters<typeof findStage>[0], made: string) => (await findStage(tx, made))!,
  };
  return transact<LifecycleStage, NameTaken | TooManyStages>(ctx, { lock: [id], once }, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stages = await listStages(tx);
    if (stages.length >= MAX_STAGES) return tooManyStages();
    const taken = nameTaken(stages, input.name);
    if (taken) return taken;
    const stage: LifecycleStage = {
      ...newRow(tx.actor, tx.now, id),
      name: input.name.trim(),
      displayOrder: displayOrder ?? Math.max(0, ...stages.map((other) => other.displayOrder)) + 1,
      category: input.category,
      color: input.color ?? null,
      description: input.description ?? null,
      isActive: isActive ?? true,
    };
    await insertRow(tx, LifecycleStageEntity, stage);
    const { name, category, displayOrder: place } = stage;
    tx.emit({
      type: 'crm.lifecycle.lifecycle-stage-created.v1',
      key: id,
      data: { stageId: id, name, category, displayOrder: place, isActive: stage.isActive },
    });
    return stage;
  });
}

export const tooManyStages = () =>
  problem('TooManyStages', `at most ${MAX_STAGES} stages may exist; delete one first`, { limit: MAX_STAGES });

export type TooManyStages = ReturnType<typeof tooManyStages>;
export type NameTaken = NonNullable<ReturnType<typeof nameTaken>>;

/** The Problem when another live stage has this name. */
export function nameTaken(stages: readonly LifecycleStage[], name: string, ownId?: string) {
  const other = stages.find((stage) => stage.id !== ownId && stage.name.toLowerCase() === name.trim().toLowerCase());
  return other && problem('StageNameTaken', 'another stage has this name', { stageId: other.id });
}
