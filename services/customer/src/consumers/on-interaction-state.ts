// How many activities are open at a customer, as the interaction service states it: kept on the customer's row for the totals of a hierarchy
// [AccountHierarchy]. Set-based, by version; tells nobody, because it is not ours to tell.
import { newestStates, type Received, type Subscription } from '@customer360/kernel/consumer';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

export const onInteractionState: Subscription = { topic: 'crm.interaction.state.v1', from: 'state', handle: followActivities };

async function followActivities(tx: Tx, events: readonly Received<{ openActivities: number }>[]): Promise<void> {
  const latest = newestStates(events.filter((event) => event.data !== null));
  if (latest.length === 0) return;
  await tx.query(
    'followActivities',
    sql`update customer c set open_activities = news.open, interaction_version = news.version
        from unnest(${latest.map((e) => e.key)}::uuid[], ${latest.map((e) => e.sequence ?? 0)}::int[], ${latest.map((e) => e.data!.openActivities)}::int[])
          as news(id, version, open)
        where c.id = news.id and news.version > c.interaction_version`,
  );
}
