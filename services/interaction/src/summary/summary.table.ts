// Section `interactions` of Customer 360 [360 interactions]: the last contact, how many in 30 days, the newest five, and what is still open. Read by
// one lateral statement for all customers of a page; published as the compacted state record with every change.
import type { RequestContext } from '@customer360/kernel/context';
import { type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import DataLoader from 'dataloader';
import { interactionColumns } from '../interaction/interaction.table.ts';
import type { Interaction } from '../interaction/interaction.ts';

export interface InteractionSummary {
  lastInteractionAt: Date | null;
  count30d: number;
  lastFive: Interaction[];
  openActivities: number;
  asOf: Date;
}

const STATE_TOPIC = 'crm.interaction.state.v1';

/** The figures of customer `parent.id`. */
const figures: Sql = sql`
  (select count(*)::int from interaction r where r.customer_id = parent.id and r.deleted_at is null
     and r.occurred_at > now() - interval '30 days' and r.occurred_at <= now() + interval '5 minutes') as "count30d",
  (select count(*)::int from activity a where a.customer_id = parent.id and a.deleted_at is null
     and a.status in ('pending', 'in_progress')) as "openActivities"`;

/** Summaries of many customers by one statement: up to five rows each. */
export const summaryLoader = (ctx: RequestContext): DataLoader<string, InteractionSummary> =>
  new DataLoader(
    async (ids) => {
      const asOf = new Date();
      const rows = await ctx.db.query<Interaction & { parentId: string; count30d: number; openActivities: number }>(
        'summarise',
        sql`select parent.id as "parentId", figure.*, five.* from unnest(${[...ids]}::uuid[]) as parent(id)
            cross join lateral (select ${figures} offset 0) figure
            left join lateral (
              select ${interactionColumns} from interaction r where r.customer_id = parent.id and r.deleted_at is null
              order by r.occurred_at desc, r.id desc limit 5) five on true
            order by parent.id, five."occurredAt" desc, five.id desc`,
      );
      const byCustomer = Map.groupBy(rows, (row) => row.parentId);
      return ids.map((id) => {
        const [first, ...rest] = byCustomer.get(id)!;
        const lastFive = [first!, ...rest].filter((row) => row.id);
        const { count30d, openActivities } = first!;
        return { lastInteractionAt: lastFive[0]?.occurredAt ?? null, count30d, lastFive, openActivities, asOf };
      });
    },
    { maxBatchSize: 200 },
  );

/** Publishes the summaries of customers that this transaction has changed and emitted a fact for. */
export async function stateSummary(tx: Tx, customerIds: readonly string[]): Promise<void> {
  const rows = await tx.query<{ customerId: string; lastInteractionAt: Date | null; count30d: number; openActivities: number }>(
    'stateSummary',
    sql`select parent.id as "customerId", ${figures},
          (select max(r.occurred_at) from interaction r where r.customer_id = parent.id and r.deleted_at is null) as "lastInteractionAt"
        from (select distinct unnest(${[...customerIds]}::uuid[])) as parent(id)`,
  );
  for (const { customerId, lastInteractionAt, count30d, openActivities } of rows) {
    tx.state({
      topic: STATE_TOPIC,
      type: 'crm.interaction.interaction-state.v1',
      key: customerId,
      version: 'aggregate',
      data: { customerId, lastInteractionAt: lastInteractionAt?.toISOString() ?? null, count30d, openActivities },
    });
  }
}
