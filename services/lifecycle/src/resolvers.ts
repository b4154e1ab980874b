// Table of contents of the graph that this service answers: joins the rooms' resolvers, and maps enums to the catalogue's stored values.

import { customerResolvers } from './customer.resolvers.ts';
import { customerLifecycleResolvers } from './customer-lifecycle/customer-lifecycle.resolvers.ts';
import { lifecycleHistoryResolvers } from './lifecycle-history/lifecycle-history.resolvers.ts';
import { lifecycleStageResolvers } from './lifecycle-stage/lifecycle-stage.resolvers.ts';
import { milestoneResolvers } from './milestone/milestone.resolvers.ts';
import { stageRefusalResolvers } from './stage-refusal/stage-refusal.resolvers.ts';
import { transitionRuleResolvers } from './transition-rule/transition-rule.resolvers.ts';

const rooms: ReadonlyArray<Record<string, object> & { Query?: object; Mutation?: object }> = [
  customerResolvers,
  customerLifecycleResolvers,
  lifecycleHistoryResolvers,
  lifecycleStageResolvers,
  milestoneResolvers,
  stageRefusalResolvers,
  transitionRuleResolvers,
];

export const resolvers = {
  ...Object.assign({}, ...rooms),
  Query: Object.assign({}, ...rooms.map((room) => room.Query)),
  Mutation: Object.assign({}, ...rooms.map((room) => room.Mutation)),
};
