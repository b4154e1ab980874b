// Which services have followed a merge, or its undoing [WF-CM-002]: a service is done when it has acknowledged the redirect of every identity. What is
// not done by its deadline raises an alarm (alerts.yml, MergesOverdue).
import type { ServiceContext } from '@customer360/kernel/context';
import { notFound } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { Gauge, registry } from '@customer360/kernel/telemetry';
import type { Ctx } from '../loaders.ts';
import { findMerge } from './merge.table.ts';
import { FOLLOWERS, type Merge } from './merge.ts';

export interface ServiceProgress {
  readonly service: string;
  readonly applied: boolean;
  readonly appliedAt: Date | null;
  readonly records: ReadonlyArray<{ table: string; count: number }>;
  readonly waitingForIds: readonly string[];
}

export interface MergeProgress {
  readonly mergeId: string;
  readonly status: Merge['status'];
  readonly since: Date | null;
  readonly deadline: Date | null;
  readonly complete: boolean;
  readonly overdue: boolean;
  readonly services: readonly ServiceProgress[];
}

interface Step {
  service: string;
  customerId: string;
  applied: boolean;
  appliedAt: Date | null;
  rows: Record<string, number> | null;
}

/** How far a merge has come. */
export async function mergeProgress(ctx: Ctx, id: string): Promise<MergeProgress> {
  const merge = await findMerge(ctx.db, id);
  if (!merge) throw notFound('Merge', id);
  const steps = await ctx.db.query<Step>(
    'findMergeProgress',
    sql`select follower.service, m.customer_id as "customerId", coalesce(p.redirect_version >= m.redirect_version, false) as applied,
          p.applied_at as "appliedAt", p.rows
        from merge_identity m cross join unnest(${[...FOLLOWERS]}::text[]) as follower(service)
        left join merge_progress p on p.customer_id = m.customer_id and p.service = follower.service
        where m.merge_id = ${id} order by m.customer_id`,
  );
  const services = FOLLOWERS.map((service) =>
    progressOf(
      service,
      steps.filter((step) => step.service === service),
    ),
  );
  const since = merge.unmergedAt ?? merge.mergedAt;
  const deadline = since && new Date(since.getTime() + deadlineMs(ctx));
  const complete = since !== null && services.every(({ applied }) => applied);
  const overdue = !complete && deadline !== null && deadline < new Date();
  return { mergeId: id, status: merge.status, since, deadline, complete, overdue, services };
}

function progressOf(service: string, steps: readonly Step[]): ServiceProgress {
  const waiting = steps.filter(({ applied }) => !applied);
  const applied = steps.length > 0 && waiting.length === 0;
  const times = steps.flatMap(({ appliedAt }) => (appliedAt ? [appliedAt.getTime()] : []));
  const records = new Map<string, number>();
  for (const step of steps)
    if (step.applied) for (const [table, count] of Object.entries(step.rows ?? {})) records.set(table, (records.get(table) ?? 0) + count);
  return {
    service,
    applied,
    appliedAt: applied && times.length > 0 ? new Date(Math.max(...times)) : null,
    records: [...records].map(([table, count]) => ({ table, count })),
    waitingForIds: waiting.map(({ customerId }) => customerId),
  };
}

const deadlineMs = (ctx: Pick<ServiceContext, 'env'>): number => (ctx.env.MERGE_DEADLINE_MINUTES as number) * 60_000;

const overdueMerges = new Gauge({
  name: 'merges_overdue',
  help: 'Merges and un-merges that a service has not followed by their deadline.',
  registers: [registry],
});

const MOST = 100;
const LOOK_BACK_DAYS = 35;

/** Counts the overdue ones for the alarm, and names them in the log. */
export async function watchMerges(ctx: ServiceContext): Promise<void> {
  const late = await ctx.db.query<{ mergeId: string; services: string[] }>(
    'findOverdueMerges',
    sql`select m.id as "mergeId", array_agg(distinct follower.service) as services
        from merge m join merge_identity i on i.merge_id = m.id cross join unnest(${[...FOLLOWERS]}::text[]) as follower(service)
        left join merge_progress p on p.customer_id = i.customer_id and p.service = follower.service and p.redirect_version >= i.redirect_version
        where coalesce(m.unmerged_at, m.merged_at) between now() - make_interval(days => ${LOOK_BACK_DAYS})
            and now() - make_interval(secs => ${deadlineMs(ctx) / 1000})
          and p.customer_id is null
        group by m.id order by m.id limit ${MOST}`,
  );
  overdueMerges.set(late.length);
  for (const { mergeId, services } of late) ctx.log.warn({ mergeId, services }, 'a merge is not followed in time');
}
