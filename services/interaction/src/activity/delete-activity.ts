// Soft-delete an activity; the interaction that its completion created is what happened, and stays.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { change } from '../change.ts';
import { findActivity } from './activity.table.ts';
import type { Activity } from './activity.ts';
import { settleActivity } from './settle-activity.ts';

export const deleteActivity = (ctx: RequestContext, id: string, expectedVersion?: number | null): Promise<Activity | Problem> =>
  change(ctx, {
    noun: 'Activity',
    id,
    expectedVersion,
    find: (reader) => findActivity(reader, ctx.actor, id),
    work: (tx, row) => settleActivity(tx, row, { deletedAt: tx.now }, 'deleted'),
  });
