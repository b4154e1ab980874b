// [CustomerLifecycle] Translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import type { Context } from '../context.ts';
import { customerOf } from '../graph.ts';
import { money, moneys } from '../money.ts';
import { type ChangeStageInput, changeStage } from './change-stage.ts';
import { listLifecycles } from './customer-lifecycle.table.ts';
import { type LifecycleWithStages, TRIGGERS } from './customer-lifecycle.ts';

export const customerLifecycleResolvers = {
  Query: {
    customerLifecycles: (_: unknown, args: ListArgs, ctx: Context) => listLifecycles(ctx.db, ctx.actor, args),
  },
  Mutation: {
    changeStage: (_: unknown, { input }: { input: ChangeStageInput }, ctx: Context) => changeStage(ctx, input),
  },
  CustomerLifecycle: {
    customer: customerOf,
    createdBy,
    totalRevenue: (row: LifecycleWithStages) => money(row.totalRevenue, row.revenueCurrency),
    unconvertedRevenue: (row: LifecycleWithStages) => moneys(row.unconvertedRevenue),
    asOf: (row: LifecycleWithStages) => row.metricsAsOf,
    history: (row: LifecycleWithStages, args: ListArgs, { loaders }: Context) => loaders.history(row.customerId, args),
  },
  StageChangeTrigger: enumOf(TRIGGERS),
  ChangeStageResult: memberOf('CustomerLifecycle'),
};
