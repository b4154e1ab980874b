// [Sales to CRM: Deal closed] Translation only.

import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import type { Context } from '../context.ts';
import { customerOf } from '../graph.ts';
import { resolveStageRefusal } from './resolve-stage-refusal.ts';
import { listRefusals, REFUSAL_REASONS } from './stage-refusal.table.ts';

export const stageRefusalResolvers = {
  Query: {
    stageRefusals: (_: unknown, args: ListArgs, ctx: Context) => listRefusals(ctx.db, ctx.actor, args),
  },
  Mutation: {
    resolveStageRefusal: (_: unknown, args: { id: string; expectedVersion: number }, ctx: Context) =>
      resolveStageRefusal(ctx, args.id, args.expectedVersion),
  },
  StageRefusal: { customer: customerOf },
  StageRefusalReason: enumOf(REFUSAL_REASONS),
  ResolveStageRefusalResult: memberOf('StageRefusal'),
};
