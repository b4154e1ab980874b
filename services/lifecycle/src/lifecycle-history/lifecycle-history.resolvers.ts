// [LifecycleHistory] Translation only.
import { createdBy } from '@customer360/kernel/entity';
import { checkText } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { customerOf, staffOf } from '../graph.ts';
import { type HistoryListArgs, listHistory } from './lifecycle-history.table.ts';

export const lifecycleHistoryResolvers = {
  Query: {
    lifecycleHistory: (_: unknown, args: HistoryListArgs, ctx: Context) => {
      checkText('search', args.search, { max: 100 });
      return listHistory(ctx.db, ctx.actor, args);
    },
  },
  LifecycleHistory: { customer: customerOf, createdBy, changedBy: staffOf },
};
