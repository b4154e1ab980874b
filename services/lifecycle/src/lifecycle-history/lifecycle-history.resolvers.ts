// [LifecycleHistory] Translation only.
import { createdBy, createdByStaff } from '@customer360/kernel/entity';
import type { ListArgs } from '@customer360/kernel/list';
import { checkText } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { customerOf } from '../graph.ts';
import { listHistory } from './lifecycle-history.table.ts';

export const lifecycleHistoryResolvers = {
  Query: {
    lifecycleHistory: (_: unknown, args: ListArgs, ctx: Context) => {
      checkText('search', args.search, { max: 100 });
      return listHistory(ctx.db, ctx.actor, args);
    },
  },
  LifecycleHistory: { customer: customerOf, createdBy, changedBy: createdByStaff },
};
