// Activities in the graph: translation only.
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import { reference, rowResolvers } from '../graph.ts';
import { list } from '../list.ts';
import type { Context } from '../loaders.ts';
import { endOfDay } from '../time-zone.ts';
import { activityList, findActivity, mine, type Section } from './activity.table.ts';
import { ACTIVITY_STATUSES, ACTIVITY_TYPES, type Activity, isOverdue, PRIORITIES } from './activity.ts';
import { cancelActivity } from './cancel-activity.ts';
import { completeActivity } from './complete-activity.ts';
import { createActivity } from './create-activity.ts';
import { deleteActivity } from './delete-activity.ts';
import { restoreActivity } from './restore-activity.ts';
import { updateActivity } from './update-activity.ts';

interface MyActivities extends ListArgs {
  section?: Section | null;
  timeZone?: string | null;
}

export const activityResolvers = {
  ActivityType: enumOf(ACTIVITY_TYPES),
  ActivityPriority: enumOf(PRIORITIES),
  ActivityStatus: enumOf(ACTIVITY_STATUSES),
  OpenActivityStatus: enumOf(ACTIVITY_STATUSES),
  Query: {
    activity: async (_: unknown, { id }: { id: string }, ctx: Context) => (await findActivity(ctx.db, ctx.actor, id)) ?? null,
    activities: (_: unknown, args: ListArgs, ctx: Context) => list(ctx, activityList, args),
    myActivities: (_: unknown, { section, timeZone, first, after }: MyActivities, ctx: Context) => {
      const now = new Date();
      return list(ctx, activityList, { first, after }, mine(ctx.actor, section, now, endOfDay(now, timeZone ?? 'UTC')));
    },
  },
  Mutation: {
    createActivity: (_: unknown, { input }: { input: any }, ctx: Context) => createActivity(ctx, input),
    updateActivity: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) => updateActivity(ctx, id, expectedVersion, input),
    completeActivity: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) =>
      completeActivity(ctx, id, expectedVersion, input ?? {}),
    cancelActivity: (_: unknown, { id, expectedVersion }: any, ctx: Context) => cancelActivity(ctx, id, expectedVersion),
    deleteActivity: (_: unknown, { id, expectedVersion }: any, ctx: Context) => deleteActivity(ctx, id, expectedVersion),
    restoreActivity: (_: unknown, { id }: { id: string }, ctx: Context) => restoreActivity(ctx, id),
  },
  Activity: {
    ...rowResolvers,
    customer: (row: Activity) => reference(row.customerId),
    contact: (row: Activity) => reference(row.contactId),
    assignedTo: (row: Activity) => reference(row.assignedToId),
    resultInteraction: (row: Activity, _: unknown, ctx: Context) =>
      row.resultInteractionId && ctx.loaders.interaction.load(row.resultInteractionId),
    overdue: (row: Activity) => isOverdue(row, new Date()),
  },
  CreateActivityResult: memberOf('Activity'),
  UpdateActivityResult: memberOf('Activity'),
  CompleteActivityResult: memberOf('Activity'),
  CancelActivityResult: memberOf('Activity'),
  DeleteActivityResult: memberOf('Activity'),
  RestoreActivityResult: memberOf('Activity'),
};
