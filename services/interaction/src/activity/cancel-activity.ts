// Give up an open activity; nothing is created from it.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { change } from '../change.ts';
import { findActivity } from './activity.table.ts';
import { type Activity, refuseClosed } from './activity.ts';
import { settleActivity } from './settle-activity.ts';

export const cancelActivity = (ctx: RequestContext, id: string, expectedVersion?: number | null): Promise<Activity | Problem> =>
  change(ctx, {
    noun: 'Activity',
    id,
    expectedVersion,
    find: (reader) => findActivity(reader, ctx.actor, id),
    work: async (tx, row) => refuseClosed(row) ?? settleActivity(tx, row, { status: 'cancelled' }, 'cancelled'),
  });
