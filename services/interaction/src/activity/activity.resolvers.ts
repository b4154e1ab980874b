// Activities in the graph: translation only.
import { reference, results, rowResolvers, stored, upper } from '../graph.ts';
import { type ListArgs, listPage } from '../list.ts';
import type { Context } from '../loaders.ts';
import { endOfDay } from '../time-zone.ts';
import { activityList, findActivity, mine, type Section } from './activity.table.ts';
import { type Activity, isOverdue } from './activity.ts';
import { cancelActivity } from './cancel-activity.ts';
import { completeActivity } from './complete-activity.ts';
import { createActivity } from './create-activity.ts';
import { deleteActivity } from './delete-activity.ts';
import { restoreActivity } from './restore-activity.ts';
import { updateActivity } from './update-activity.ts';

const ENUMS = ['activityType', 'priority', 'status', 'interactionType', 'direction', 'outcome', 'sentiment'];

interface MyActivities extends ListArgs {
  section?: Section | null;
  timeZone?: string | null;
}

export const activityResolvers = {
  Query: {
    activity: async (_: unknown, { id }: { id: string }, ctx: Context) => (await findActivity(ctx.db, ctx.actor, id)) ?? null,
    activities: (_: unknown, args: ListArgs, ctx: Context) => listPage<Activity>(ctx, activityList, args),
    myActivities: (_: unknown, { section, timeZone, first, after }: MyActivities, ctx: Context) => {
      const now = new Date();
      return listPage<Activity>(ctx, activityList, { first, after }, mine(ctx.actor, section, now, endOfDay(now, timeZone ?? 'UTC')));
    },
  },
  Mutation: {
    createActivity: (_: unknown, { input }: { input: any }, ctx: Context) => createActivity(ctx, stored(input, ...ENUMS)),
    updateActivity: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) =>
      updateActivity(ctx, id, expectedVersion, stored(input, ...ENUMS)),
    completeActivity: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) =>
      completeActivity(ctx, id, expectedVersion, stored(input ?? {}, ...ENUMS)),
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
    activityType: (row: Activity) => upper(row.activityType),
    priority: (row: Activity) => upper(row.priority),
    status: (row: Activity) => upper(row.status),
    overdue: (row: Activity) => isOverdue(row, new Date()),
  },
  ...results(
    'Activity',
    'CreateActivityResult',
    'UpdateActivityResult',
    'CompleteActivityResult',
    'CancelActivityResult',
    'DeleteActivityResult',
    'RestoreActivityResult',
  ),
};
