// The request's loaders: the only way resolvers read rows of other rows, so that a list of 200 customers costs the statements of one.
import { recordsLoader } from '@customer360/customer-data/merge';
import type { RequestContext } from '@customer360/kernel/context';
import { byKey } from '@customer360/kernel/loader';
import { activityList } from './activity/activity.table.ts';
import { census } from './census.ts';
import type { InteractionEnv } from './env.ts';
import { findInteractions, interactionList, ownInteractionList } from './interaction/interaction.table.ts';
import type { Interaction } from './interaction/interaction.ts';
import { pagesOfCustomer } from './list.ts';
import { findNotes, noteList } from './note/note.table.ts';
import type { Note } from './note/note.ts';
import { summaryLoader } from './summary/summary.table.ts';
import { timelinePages } from './timeline/timeline-page.ts';

export const loaders = (ctx: RequestContext) => ({
  interaction: byKey<string, Interaction>(
    (ids) => findInteractions(ctx.db, ctx.actor, ids),
    (row) => row.id,
  ),
  note: byKey<string, Note>(
    (ids) => findNotes(ctx.db, ctx.actor, ids),
    (row) => row.id,
  ),
  records: recordsLoader(ctx.db, census),
  summary: summaryLoader(ctx),
  interactionsOf: pagesOfCustomer(ctx, interactionList),
  ownInteractionsOf: pagesOfCustomer(ctx, ownInteractionList((ctx.env as InteractionEnv).PORTAL_INTERACTIONS)),
  notesOf: pagesOfCustomer(ctx, noteList),
  activitiesOf: pagesOfCustomer(ctx, activityList),
  timelineOf: timelinePages(ctx),
});

export type Context = RequestContext<ReturnType<typeof loaders>>;
