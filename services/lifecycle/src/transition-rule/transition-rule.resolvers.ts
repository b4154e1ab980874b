// [WF-LC-001] Translation only.
import { createdBy } from '@customer360/kernel/entity';
import { memberOf } from '@customer360/kernel/graph';
import type { Context } from '../context.ts';
import { allowedTransitions } from './allowed-transitions.ts';
import { type SetTransitionRulesInput, setTransitionRules } from './set-transition-rules.ts';
import { listRules, type TransitionRuleRow } from './transition-rule.table.ts';

export const transitionRuleResolvers = {
  Query: {
    transitionRules: (_: unknown, __: unknown, ctx: Context) => listRules(ctx.db),
    allowedTransitions: (_: unknown, { customerId }: { customerId: string }, ctx: Context) => allowedTransitions(ctx, customerId),
  },
  Mutation: {
    setTransitionRules: (_: unknown, { input }: { input: SetTransitionRulesInput }, ctx: Context) => setTransitionRules(ctx, input),
  },
  TransitionRule: {
    createdBy,
    fromStage: async (rule: TransitionRuleRow, _: unknown, { loaders }: Context) => (await loaders.stage.load(rule.fromStageId))!,
    toStage: async (rule: TransitionRuleRow, _: unknown, { loaders }: Context) => (await loaders.stage.load(rule.toStageId))!,
  },
  SetTransitionRulesResult: memberOf('TransitionRulesSet'),
};
