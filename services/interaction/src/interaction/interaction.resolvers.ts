// Interactions in the graph: translation only.
import { reference, results, rowResolvers, stored, upper } from '../graph.ts';
import { type ListArgs, listPage } from '../list.ts';
import type { Context } from '../loaders.ts';
import { deleteInteraction } from './delete-interaction.ts';
import { interactionList } from './interaction.table.ts';
import type { Interaction, RelatedRecord } from './interaction.ts';
import { logCallCompleted } from './log-call-completed.ts';
import { type LoggedInteraction, logInteraction } from './log-interaction.ts';
import { restoreInteraction } from './restore-interaction.ts';
import { updateInteraction } from './update-interaction.ts';

const ENUMS = ['interactionType', 'direction', 'outcome', 'sentiment', 'source'];

const rowOf = (input: { relatedRecords?: object[] | null }) => ({
  ...stored(input, ...ENUMS),
  ...(input.relatedRecords && { relatedRecords: input.relatedRecords.map(({ ...record }) => stored(record, 'type')) }),
});

export const interactionResolvers = {
  Query: {
    interaction: (_: unknown, { id }: { id: string }, ctx: Context) => ctx.loaders.interaction.load(id),
    interactions: (_: unknown, args: ListArgs, ctx: Context) => listPage<Interaction>(ctx, interactionList, args),
  },
  Mutation: {
    logInteraction: (_: unknown, { input }: { input: any }, ctx: Context) => logInteraction(ctx, rowOf(input)),
    logCallCompleted: (_: unknown, { input }: { input: any }, ctx: Context) => logCallCompleted(ctx, rowOf(input)),
    updateInteraction: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) =>
      updateInteraction(ctx, id, expectedVersion, rowOf(input)),
    deleteInteraction: (_: unknown, { id, expectedVersion }: any, ctx: Context) => deleteInteraction(ctx, id, expectedVersion),
    restoreInteraction: (_: unknown, { id }: { id: string }, ctx: Context) => restoreInteraction(ctx, id),
  },
  Interaction: {
    ...rowResolvers,
    customer: (row: Interaction) => reference(row.customerId),
    contact: (row: Interaction) => reference(row.contactId),
    interactionType: (row: Interaction) => upper(row.interactionType),
    direction: (row: Interaction) => upper(row.direction),
    outcome: (row: Interaction) => upper(row.outcome),
    sentiment: (row: Interaction) => upper(row.sentiment),
    source: (row: Interaction) => upper(row.source),
    alreadyLogged: (row: LoggedInteraction) => row.alreadyLogged ?? false,
  },
  RelatedRecord: {
    type: (record: RelatedRecord) => upper(record.type),
  },
  ...results('Interaction', 'LogInteractionResult', 'UpdateInteractionResult', 'DeleteInteractionResult', 'RestoreInteractionResult'),
};
