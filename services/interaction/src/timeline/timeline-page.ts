// One page of Customer.timeline, for all customers of a request, by one statement. Pinned notes come first and at any age; the rest begins 90 days
// ago unless told otherwise. Two branches, so that a long history beyond the period is never read just to find that it is too old.
import type { RequestContext } from '@customer360/kernel/context';
import { byArguments } from '@customer360/kernel/loader';
import { type Connection, connection, keyset } from '@customer360/kernel/paging';
import { badInput, checkText } from '@customer360/kernel/problem';
import { and, raw, type Sql, sql } from '@customer360/kernel/sql';
import DataLoader from 'dataloader';
import { visibleNote } from '../note/note.table.ts';
import { type TimelineItem, timelineColumns } from './timeline.table.ts';
import type { TimelineKind } from './timeline.ts';

export interface TimelineArgs {
  first?: number | null;
  after?: string | null;
  types?: readonly TimelineKind[] | null;
  from?: Date | null;
  to?: Date | null;
  actorId?: string | null;
}

type Line = TimelineItem & { cursor: string };

/** A page, and the first line behind it: whether a day goes on is seen there. */
export interface TimelinePage extends Connection<Line> {
  readonly behind: TimelineItem | undefined;
}

export const DEFAULT_DAYS = 90;
const DEFAULT_FIRST = 50;
const DAY_MS = 86_400_000;
const MAX_ACTOR_ID = 100;

const order = keyset({
  fields: {
    PINNED: { column: raw('r.pinned'), type: 'bool' },
    OCCURRED_AT: { column: raw('r.occurred_at'), type: 'timestamptz' },
  },
  id: raw('r.id'),
  default: [
    { field: 'PINNED', direction: 'DESC' },
    { field: 'OCCURRED_AT', direction: 'DESC' },
  ],
});

/** Where a timeline begins that was not told: at midnight UTC, so that the pages of one reading agree. */
export const defaultFrom = (now: Date): Date => new Date(Math.floor(now.getTime() / DAY_MS - DEFAULT_DAYS) * DAY_MS);

function wanted(ctx: RequestContext, args: TimelineArgs): { all: Sql; pinned: Sql; rest: Sql } {
  checkText('actorId', args.actorId, { max: MAX_ACTOR_ID });
  if (args.from && args.to && args.to < args.from) throw badInput('to', 'is before from');
  const notes = visibleNote(ctx.actor, { visibility: raw('r.visibility'), authorKind: raw('r.actor_kind'), authorId: raw('r.actor_id') });
  const all = and(
    raw('r.shown'),
    sql`r.kind <> 'note' or ${notes}`,
    args.types ? sql`r.kind = any(${[...args.types]}::text[])` : raw('true'),
    args.to ? sql`r.occurred_at < ${args.to}` : raw('true'),
    args.actorId ? sql`r.actor_id = ${args.actorId}` : raw('true'),
  );
  return {
    all,
    pinned: args.from ? sql`r.pinned and r.occurred_at >= ${args.from}` : raw('r.pinned'),
    rest: sql`not r.pinned and r.occurred_at >= ${args.from ?? defaultFrom(new Date())}`,
  };
}

/** Pages per customer, one loader for each distinct arguments. */
export const timelinePages = (ctx: RequestContext): ((args: TimelineArgs) => DataLoader<string, TimelinePage>) =>
  byArguments((args: TimelineArgs) => {
    const counts = timelineCounts(ctx, args);
    return new DataLoader<string, TimelinePage>(
      async (ids) => {
        const plan = order.plan({ first: args.first ?? DEFAULT_FIRST, after: args.after });
        const { all, pinned, rest } = wanted(ctx, args);
        const branch = (only: Sql): Sql => sql`(select ${timelineColumns}, ${plan.cursor} from timeline_item r
          where r.customer_id = parent.id and ${only} and ${all} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit})`;
        const rows = await ctx.db.query<Line>(
          'timeline',
          sql`select page.* from unnest(${[...ids]}::uuid[]) as parent(id)
              cross join lateral (
                select * from (${branch(pinned)} union all ${branch(rest)}) line
                order by pinned desc, "occurredAt" desc, id desc limit ${plan.limit}) page
              order by page."customerId", page.pinned desc, page."occurredAt" desc, page.id desc`,
        );
        const byCustomer = Map.groupBy(rows, (row) => row.customerId);
        return ids.map((id) => {
          const own = byCustomer.get(id) ?? [];
          return Object.assign(
            connection<Line>(own, plan, () => counts.load(id)),
            { behind: own[plan.first] },
          );
        });
      },
      { maxBatchSize: 200 },
    );
  });

const timelineCounts = (ctx: RequestContext, args: TimelineArgs): DataLoader<string, number> =>
  new DataLoader<string, number>(
    async (ids) => {
      const { all, pinned, rest } = wanted(ctx, args);
      const rows = await ctx.db.query<{ id: string; count: string }>(
        'countTimeline',
        sql`select r.customer_id as id, count(*) from timeline_item r
            where r.customer_id = any(${[...ids]}::uuid[]) and ((${pinned}) or (${rest})) and ${all} group by r.customer_id`,
      );
      const counts = new Map(rows.map((row) => [row.id, Number(row.count)]));
      return ids.map((id) => counts.get(id) ?? 0);
    },
    { maxBatchSize: 200 },
  );

/** The line that a cursor of this list stands on; call it for a cursor that a page was made with. */
export function lineOfCursor(after: string | null | undefined): Pick<TimelineItem, 'pinned' | 'occurredAt'> | undefined {
  if (!after) return undefined;
  // [order, pinned, occurred_at, id], checked by the keyset before the page was read.
  const [, pinned, occurredAt] = JSON.parse(Buffer.from(after, 'base64url').toString('utf8')) as string[];
  return { pinned: pinned === 'true', occurredAt: new Date(occurredAt!.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00')) };
}
