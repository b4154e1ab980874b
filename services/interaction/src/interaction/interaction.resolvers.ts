// Interactions in the graph: translation only.
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import { reference, rowResolvers } from '../graph.ts';
import { list } from '../list.ts';
import type { Context } from '../loaders.ts';
import { deleteInteraction } from './delete-interaction.ts';
import { interactionList } from './interaction.table.ts';
import { DIRECTIONS, INTERACTION_TYPES, type Interaction, OUTCOMES, RELATED_TYPES, SENTIMENTS, SOURCES } from './interaction.ts';
import { logCallCompleted } from './log-call-completed.ts';
import { type LoggedInteraction, logInteraction } from './log-interaction.ts';
import { restoreInteraction } from './restore-interaction.ts';
import { updateInteraction } from './update-interaction.ts';

export const interactionResolvers = {
  InteractionType: enumOf(INTERACTION_TYPES),
  InteractionDirection: enumOf(DIRECTIONS),
  InteractionOutcome: enumOf(OUTCOMES),
  Sentiment: enumOf(SENTIMENTS),
  InteractionSource: enumOf(SOURCES),
  RelatedRecordType: enumOf(RELATED_TYPES),
  Query: {
    interaction: (_: unknown, { id }: { id: string }, ctx: Context) => ctx.loaders.interaction.load(id),
    interactions: (_: unknown, args: ListArgs, ctx: Context) => list(ctx, interactionList, args),
  },
  Mutation: {
    logInteraction: (_: unknown, { input }: { input: any }, ctx: Context) => logInteraction(ctx, input),
    logCallCompleted: (_: unknown, { input }: { input: any }, ctx: Context) => logCallCompleted(ctx, input),
    updateInteraction: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) =>
      updateInteraction(ctx, id, expectedVersion, input),
    deleteInteraction: (_: unknown, { id, expectedVersion }: any, ctx: Context) => deleteInteraction(ctx, id, expectedVersion),
    restoreInteraction: (_: unknown, { id }: { id: string }, ctx: Context) => restoreInteraction(ctx, id),
  },
  Interaction: {
    ...rowResolvers,
    customer: (row: Interaction) => reference(row.customerId),
    contact: (row: Interaction) => reference(row.contactId),
    alreadyLogged: (row: LoggedInteraction) => row.alreadyLogged ?? false,
  },
  LogInteractionResult: memberOf('Interaction'),
  UpdateInteractionResult: memberOf('Interaction'),
  DeleteInteractionResult: memberOf('Interaction'),
  RestoreInteractionResult: memberOf('Interaction'),
};
