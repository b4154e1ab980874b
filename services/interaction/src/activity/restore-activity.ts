// Bring a deleted activity back, in the state it had.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { change } from '../change.ts';
import { findActivity } from './activity.table.ts';
import type { Activity } from './activity.ts';
import { settleActivity } from './settle-activity.ts';

export const restoreActivity = (ctx: RequestContext, id: string): Promise<Activity | Problem> =>
  change(ctx, {
    noun: 'Activity',
    id,
    find: (reader) => findActivity(reader, ctx.actor, id, true),
    work: async (tx, row) => (row.deletedAt ? settleActivity(tx, row, { deletedAt: null }, 'restored') : row),
  });
