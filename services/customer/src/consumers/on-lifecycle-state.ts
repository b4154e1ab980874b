// The lifecycle stage leads the customer's status (decisions page): pre_customer → prospect, customer → active, post_customer → churned;
// `inactive` is kept until a person lifts it. The revenue is kept for the totals of a hierarchy. Set-based, by version, so that repeats and old news change nothing.
import { newestStates, type Received, type Subscription } from '@customer360/kernel/consumer';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { STATUS_OF_STAGE, type StageCategory } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { fact } from '../write.ts';

interface LifecycleState {
  customerId: string;
  stageCategory: StageCategory;
  totalRevenue: string;
  currency: string;
}

export const onLifecycleState: Subscription = { topic: 'crm.lifecycle.state.v1', from: 'state', handle: followStages };

async function followStages(tx: Tx, events: readonly Received<LifecycleState>[]): Promise<void> {
  const latest = newestStates(events.filter((event) => event.data !== null));
  if (latest.length === 0) return;
  const moved = await tx.query<{ id: string; version: number; status: string }>(
    'followStages',
    sql`with news as (
          select c.id, news.version, news.category, news.revenue, news.currency, case when c.status in ('inactive', 'deleted') then c.status else news.status end as status,
            c.status as before
          from unnest(${latest.map((e) => e.key)}::uuid[], ${latest.map((e) => e.sequence ?? 0)}::int[], ${latest.map((e) => e.data!.stageCategory)}::text[],
            ${latest.map((e) => STATUS_OF_STAGE[e.data!.stageCategory])}::text[], ${latest.map((e) => e.data!.totalRevenue)}::numeric[],
            ${latest.map((e) => e.data!.currency)}::text[]) as news(id, version, category, status, revenue, currency)
          join customer c on c.id = news.id
          where news.version > c.lifecycle_version
        ), applied as (
          update customer c set stage_category = news.category, lifecycle_version = news.version, status = news.status,
            total_revenue = news.revenue, revenue_currency = news.currency,
            version = c.version + (news.status <> news.before)::int,
            updated_at = case when news.status <> news.before then ${tx.now} else c.updated_at end
          from news where c.id = news.id
          returning c.id, c.version, c.status, news.before
        )
        select id, version, status from applied where status <> before order by id`,
  );
  for (const { id, version, status } of moved)
    tx.emit(fact('customer-updated', id, { customerId: id, version, status, changed: ['status'] }));
  if (moved.length > 0)
    await publishCustomerState(
      tx,
      moved.map((row) => row.id),
    );
}
