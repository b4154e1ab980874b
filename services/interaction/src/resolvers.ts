// Table of contents: the rooms' resolvers, joined.
import { activityResolvers } from './activity/activity.resolvers.ts';
import { interactionResolvers } from './interaction/interaction.resolvers.ts';
import { noteResolvers } from './note/note.resolvers.ts';
import { timelineResolvers } from './timeline/timeline.resolvers.ts';

export const resolvers = {
  ...interactionResolvers,
  ...noteResolvers,
  ...activityResolvers,
  ...timelineResolvers,
  Query: { ...interactionResolvers.Query, ...noteResolvers.Query, ...activityResolvers.Query },
  Mutation: { ...interactionResolvers.Mutation, ...noteResolvers.Mutation, ...activityResolvers.Mutation },
};
