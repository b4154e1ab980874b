// Table of contents of the graph that this service answers: joins the rooms' resolvers, and maps enums to the catalogue's stored values.

import { customerResolvers } from './customer.resolvers.ts';
import { customerLifecycleResolvers } from './customer-lifecycle/customer-lifecycle.resolvers.ts';
import type { Resolvers } from './generated/graphql.ts';
import { lifecycleHistoryResolvers } from './lifecycle-history/lifecycle-history.resolvers.ts';
import { lifecycleStageResolvers } from './lifecycle-stage/lifecycle-stage.resolvers.ts';
import { milestoneResolvers } from './milestone/milestone.resolvers.ts';
import { stageRefusalResolvers } from './stage-refusal/stage-refusal.resolvers.ts';
import { transitionRuleResolvers } from './transition-rule/transition-rule.resolvers.ts';

export const resolvers: Resolvers = {
  ...customerResolvers,
  ...customerLifecycleResolvers,
  ...lifecycleHistoryResolvers,
  ...lifecycleStageResolvers,
  ...milestoneResolvers,
  ...stageRefusalResolvers,
  ...transitionRuleResolvers,
  Query: {
    ...customerLifecycleResolvers.Query,
    ...lifecycleHistoryResolvers.Query,
    ...lifecycleStageResolvers.Query,
    ...milestoneResolvers.Query,
    ...stageRefusalResolvers.Query,
    ...transitionRuleResolvers.Query,
  },
  Mutation: {
    ...customerLifecycleResolvers.Mutation,
    ...lifecycleStageResolvers.Mutation,
    ...milestoneResolvers.Mutation,
    ...stageRefusalResolvers.Mutation,
    ...transitionRuleResolvers.Mutation,
  },
};
