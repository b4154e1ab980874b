// What this service contributes to a Customer, and the timeline in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import { enumOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import { badInput } from '@customer360/kernel/problem';
import type { Context } from '../loaders.ts';
import { dayOf } from '../time-zone.ts';
import type { TimelineItem } from './timeline.table.ts';
import { TIMELINE_KINDS } from './timeline.ts';
import { groupByDay } from './timeline-groups.ts';
import { lineOfCursor, type TimelineArgs, type TimelinePage } from './timeline-page.ts';

interface Ref {
  id: string;
}

interface GroupedArgs extends TimelineArgs {
  groupBy?: 'DAY' | null;
  timeZone?: string | null;
}

const MAX_RECENT = 20;

async function timeline({ id }: Ref, { groupBy, timeZone, ...args }: GroupedArgs, ctx: Context): Promise<object> {
  const zone = timeZone ?? 'UTC';
  dayOf(new Date(), zone); // refuses an unknown zone, grouped or not
  const page: TimelinePage = await ctx.loaders.timelineOf({ ...args }).load(id);
  if (groupBy !== 'DAY') return page;
  // Not spread: the page's edges are made when selected.
  return Object.assign(Object.create(page), {
    groups: groupByDay(page.nodes, zone, { before: lineOfCursor(args.after), behind: page.behind }),
  });
}

async function recentInteractions({ id }: Ref, { first }: { first?: number | null }, ctx: Context): Promise<object[]> {
  const count = first ?? 5;
  if (count < 1 || count > MAX_RECENT)
    throw badInput('first', `must be from 1 to ${MAX_RECENT}, not ${count}`, { limit: 'first', max: MAX_RECENT, asked: count });
  return (await ctx.loaders.interactionsOf(id, { first: count })).nodes;
}

export const timelineResolvers = {
  TimelineKind: enumOf(TIMELINE_KINDS),
  Customer: {
    __resolveReference: ({ id }: Ref, ctx: Context) => customerReference(ctx, id),
    interactionRecords: ({ id }: Ref, _: unknown, ctx: Context) => ctx.loaders.records.load(id),
    interactionSummary: ({ id }: Ref, _: unknown, ctx: Context) => ctx.loaders.summary.load(id),
    recentInteractions,
    timeline,
    interactions: ({ id }: Ref, args: ListArgs, ctx: Context) => ctx.loaders.interactionsOf(id, args),
    ownInteractions: ({ id }: Ref, args: ListArgs, ctx: Context) => ctx.loaders.ownInteractionsOf(id, args),
    notes: ({ id }: Ref, args: ListArgs, ctx: Context) => ctx.loaders.notesOf(id, args),
    activities: ({ id }: Ref, args: ListArgs, ctx: Context) => ctx.loaders.activitiesOf(id, args),
  },
  TimelineItem: {
    display: (line: TimelineItem) => (line.kind === 'invoice' && line.status === 'voided' ? `${line.display} (voided)` : line.display),
    actor: (line: TimelineItem) => line.actorId && { kind: line.actorKind, id: line.actorId },
    interaction: (line: TimelineItem, _: unknown, ctx: Context) =>
      line.kind === 'interaction' ? ctx.loaders.interaction.load(line.sourceId) : null,
    note: (line: TimelineItem, _: unknown, ctx: Context) => (line.kind === 'note' ? ctx.loaders.note.load(line.sourceId) : null),
    asOf: (line: TimelineItem) => line.appliedAt,
  },
};
