// [CustomerLifecycle AC-2] [Financial to CRM: Payment received] Purchase metrics are computed anew from the stored rows, for all affected
// customers in one statement: whatever order the events came in, and however often, the same rows give the same figures.
//   purchase = an invoice with at least one payment, or a payment without invoice; its day is that of its first payment, in the
//   installation's zone; fully refunded ones do not count. Revenue = payments − refunds in the reporting currency or converted to it; the rest
//   stays per currency. All arithmetic is `numeric`.
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { publishLifecycleState } from '../customer-lifecycle/customer-lifecycle.table.ts';
import { recordFromFacts, retractFromFacts } from '../milestone/record-from-facts.ts';

export interface Installation {
  /** ISO 4217. */
  readonly reportingCurrency: string;
  /** IANA zone of purchase dates. */
  readonly timeZone: string;
}

interface Recomputed {
  customerId: string;
  firstPaidAt: Date | null;
  changedFields: string[];
}

/** `asOf`: per affected customer, the time of the newest event in this batch; null where none came. */
export async function recomputePurchaseMetrics(tx: Tx, asOf: ReadonlyMap<string, Date | null>, at: Installation): Promise<void> {
  if (asOf.size === 0) return;
  const rows = await tx.query<Recomputed>('recomputePurchaseMetrics', statement(tx.now, asOf, at));
  await recordFromFacts(
    tx,
    rows.flatMap(({ customerId, firstPaidAt }) =>
      firstPaidAt
        ? [
            {
              customerId,
              milestoneType: 'first_purchase' as const,
              occurredAt: firstPaidAt,
              sourceRef: `first_purchase:${customerId}`,
              details: null,
            },
          ]
        : [],
    ),
  );
  await retractFromFacts(
    tx,
    rows.filter((row) => row.firstPaidAt === null && row.changedFields.length > 0).map((row) => `first_purchase:${row.customerId}`),
  );
  const changed = rows.filter((row) => row.changedFields.length > 0);
  for (const { customerId, changedFields } of changed) {
    tx.emit({ type: 'crm.lifecycle.purchase-metrics-updated.v1', key: customerId, data: { changedFields } });
  }
  if (changed.length > 0) {
    await publishLifecycleState(
      tx,
      changed.map((row) => row.customerId),
    );
  }
}

const statement = (now: Date, asOf: ReadonlyMap<string, Date | null>, { reportingCurrency, timeZone }: Installation) => sql`
  with affected as (
    select customer_id, as_of from unnest(${[...asOf.keys()]}::uuid[], ${[...asOf.values()]}::timestamptz[]) as a(customer_id, as_of)
  ),
  -- a payment is a line with the time it was paid, a refund a negative line without
  line as (
    select p.customer_id, coalesce('invoice ' || p.invoice_id, 'payment ' || p.payment_id) as purchase, p.received_at as paid_at,
      p.amount, p.currency, p.converted_amount as converted
    from affected a join payment p on p.customer_id = a.customer_id
    union all
    select p.customer_id, coalesce('invoice ' || p.invoice_id, 'payment ' || p.payment_id), null, -r.amount, r.currency, -r.converted_amount
    from affected a join payment p on p.customer_id = a.customer_id join refund r on r.payment_id = p.payment_id
  ),
  valued as (
    select *, case when currency = ${reportingCurrency} then amount else converted end as reported,
      coalesce(case when currency = ${reportingCurrency} then amount else converted end, amount) as value from line
  ),
  -- fully refunded purchases do not count; payments of nothing do
  purchase as (
    select customer_id, min(paid_at) as paid_at from valued group by customer_id, purchase
    having coalesce(-sum(value) filter (where paid_at is null), 0) <= 0
      or -sum(value) filter (where paid_at is null) < sum(value) filter (where paid_at is not null)
  ),
  counted as (
    select customer_id, count(*)::int as purchases, min(paid_at) as first_at, max(paid_at) as last_at from purchase group by customer_id
  ),
  revenue as (
    select customer_id, coalesce(sum(reported), 0) as total from valued group by customer_id
  ),
  unconverted as (
    select customer_id, jsonb_agg(jsonb_build_object('amount', amount::text, 'currency', currency) order by currency) as rest from (
      select customer_id, currency, sum(amount) as amount from valued where reported is null group by customer_id, currency having sum(amount) <> 0
    ) by_currency group by customer_id
  ),
  metrics as (
    select a.customer_id, a.as_of, counted.first_at, (counted.first_at at time zone ${timeZone})::date as first_day,
      (counted.last_at at time zone ${timeZone})::date as last_day, coalesce(counted.purchases, 0) as purchases,
      coalesce(revenue.total, 0) as total, coalesce(unconverted.rest, '[]') as rest
    from affected a left join counted using (customer_id) left join revenue using (customer_id) left join unconverted using (customer_id)
  )
  update customer_lifecycle l
  set first_purchase_date = m.first_day, last_purchase_date = m.last_day, purchase_count = m.purchases, total_revenue = m.total,
    unconverted_revenue = m.rest, revenue_currency = ${reportingCurrency}, metrics_as_of = greatest(l.metrics_as_of, m.as_of),
    version = case when same.it then l.version else l.version + 1 end, updated_at = case when same.it then l.updated_at else ${now}::timestamptz end
  from metrics m join customer_lifecycle o on o.customer_id = m.customer_id cross join lateral (
    select (o.first_purchase_date, o.last_purchase_date, o.purchase_count, o.total_revenue, o.unconverted_revenue, o.revenue_currency)
      is not distinct from (m.first_day, m.last_day, m.purchases, m.total, m.rest, ${reportingCurrency}::text) as it
  ) same
  where l.customer_id = m.customer_id
  returning l.customer_id as "customerId", m.first_at as "firstPaidAt", array_remove(array[
    case when old.first_purchase_date is distinct from new.first_purchase_date then 'firstPurchaseDate' end,
    case when old.last_purchase_date is distinct from new.last_purchase_date then 'lastPurchaseDate' end,
    case when old.total_revenue <> new.total_revenue or old.revenue_currency <> new.revenue_currency then 'totalRevenue' end,
    case when old.unconverted_revenue <> new.unconverted_revenue then 'unconvertedRevenue' end,
    case when old.purchase_count <> new.purchase_count then 'purchaseCount' end], null) as "changedFields"`;
