// [Journey] Translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import type { Context } from '../context.ts';
import { customerOf } from '../graph.ts';
import { deleteMilestone } from './delete-milestone.ts';
import { listMilestones } from './milestone.table.ts';
import { MILESTONE_TYPES } from './milestone.ts';
import { type RecordMilestoneInput, recordMilestone } from './record-milestone.ts';
import { restoreMilestone } from './restore-milestone.ts';
import { type UpdateMilestoneInput, updateMilestone } from './update-milestone.ts';

interface Update {
  id: string;
  expectedVersion: number;
  input: UpdateMilestoneInput;
}

export const milestoneResolvers = {
  Query: {
    milestones: (_: unknown, args: ListArgs, ctx: Context) => listMilestones(ctx.db, ctx.actor, args),
  },
  Mutation: {
    recordMilestone: (_: unknown, { input }: { input: RecordMilestoneInput }, ctx: Context) => recordMilestone(ctx, input),
    updateMilestone: (_: unknown, { id, expectedVersion, input }: Update, ctx: Context) => updateMilestone(ctx, id, expectedVersion, input),
    deleteMilestone: (_: unknown, args: { id: string; expectedVersion?: number | null }, ctx: Context) =>
      deleteMilestone(ctx, args.id, args.expectedVersion),
    restoreMilestone: (_: unknown, { id }: { id: string }, ctx: Context) => restoreMilestone(ctx, id),
  },
  Milestone: { customer: customerOf, createdBy },
  MilestoneType: enumOf(MILESTONE_TYPES),
  RecordMilestoneResult: memberOf('Milestone'),
  UpdateMilestoneResult: memberOf('Milestone'),
  DeleteMilestoneResult: memberOf('Milestone'),
  RestoreMilestoneResult: memberOf('Milestone'),
};
