// [LifecycleStage] Translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import { checkText } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { type CreateLifecycleStageInput, createLifecycleStage } from './create-lifecycle-stage.ts';
import { deleteLifecycleStage } from './delete-lifecycle-stage.ts';
import { CATEGORIES, type LifecycleStage, type StageFields } from './lifecycle-stage.ts';
import { listLifecycleStages } from './list-lifecycle-stages.ts';
import { reorderLifecycleStages } from './reorder-lifecycle-stages.ts';
import { restoreLifecycleStage } from './restore-lifecycle-stage.ts';
import { updateLifecycleStage } from './update-lifecycle-stage.ts';

interface Update {
  id: string;
  expectedVersion: number;
  input: StageFields;
}

export const lifecycleStageResolvers = {
  Query: {
    lifecycleStages: (_: unknown, args: ListArgs, ctx: Context) => {
      checkText('search', args.search, { max: 100 });
      return listLifecycleStages(ctx.db, args);
    },
    lifecycleStage: async (_: unknown, { id }: { id: string }, ctx: Context) => {
      const stage = await ctx.loaders.stage.load(id);
      return stage?.deletedAt === null ? stage : null;
    },
  },
  Mutation: {
    createLifecycleStage: (_: unknown, { input }: { input: CreateLifecycleStageInput }, ctx: Context) => createLifecycleStage(ctx, input),
    updateLifecycleStage: (_: unknown, { id, expectedVersion, input }: Update, ctx: Context) =>
      updateLifecycleStage(ctx, id, expectedVersion, input),
    deleteLifecycleStage: (_: unknown, args: { id: string; expectedVersion?: number | null }, ctx: Context) =>
      deleteLifecycleStage(ctx, args.id, args.expectedVersion),
    restoreLifecycleStage: (_: unknown, { id }: { id: string }, ctx: Context) => restoreLifecycleStage(ctx, id),
    reorderLifecycleStages: (_: unknown, { ids }: { ids: string[] }, ctx: Context) => reorderLifecycleStages(ctx, ids),
  },
  LifecycleStage: {
    createdBy,
    customerCount: async ({ id }: LifecycleStage, _: unknown, { loaders }: Context) => (await loaders.stageCustomers.load(id))?.count ?? 0,
  },
  LifecycleStageCategory: enumOf(CATEGORIES),
  CreateLifecycleStageResult: memberOf('LifecycleStage'),
  UpdateLifecycleStageResult: memberOf('LifecycleStage'),
  DeleteLifecycleStageResult: memberOf('LifecycleStage'),
  RestoreLifecycleStageResult: memberOf('LifecycleStage'),
  ReorderLifecycleStagesResult: memberOf('LifecycleStagesReordered'),
};
