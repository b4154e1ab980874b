// [360 financial_summary] Revenue, balance, payment status and the five newest invoices of one customer, as one JSON column of the section
// statement (load-sections.ts). Overdue is a question about now, so it is answered when asked and never stored.
import { sql } from '@customer360/kernel/sql';
import { type Money, money, moneys } from '../money.ts';
import { instant, type Section } from '../section.ts';

interface Raw {
  total: string;
  currency: string;
  unconverted: Money[];
  asOf: string | null;
  balances: Array<Money & { overdue: boolean }> | null;
  invoices: number;
  recent: Array<{
    invoiceId: string;
    number: string;
    amount: string;
    currency: string;
    status: InvoiceStatus;
    issuedAt: string;
    dueAt: string | null;
  }> | null;
}

/** `p` = paid, in the invoice's currency or converted to it; refunds do not re-open an invoice, they only mark one that was refunded in full. */
export interface FinancialSummary {
  totalRevenue: Money;
  unconvertedRevenue: Money[];
  outstandingBalance: Money;
  otherOutstandingBalances: Money[];
  paymentStatus: 'NONE' | 'PAID' | 'OPEN' | 'OVERDUE';
  recentInvoices: Array<{ invoiceId: string; number: string; amount: Money; status: InvoiceStatus; issuedAt: Date; dueAt: Date | null }>;
  asOf: Date | null;
}

type InvoiceStatus = 'VOID' | 'REFUNDED' | 'PAID' | 'OVERDUE' | 'PARTLY_PAID' | 'OPEN';

export const financialSection: Section<FinancialSummary> = {
  column: () => sql`(
    select jsonb_build_object('total', l.total_revenue::text, 'currency', l.revenue_currency, 'unconverted', l.unconverted_revenue, 'asOf', l.metrics_as_of,
      'invoices', (select count(*) from invoice i where i.customer_id = parent.id and i.issued_at is not null and i.voided_at is null),
      'balances', (
        select jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text, 'overdue', overdue)) from (
          select i.currency, sum(i.amount - p.paid) as amount, bool_or(i.due_at < now()) is true as overdue
          from invoice i cross join lateral (
            select coalesce(sum(case when p.currency = i.currency then p.amount when i.currency = l.revenue_currency then p.converted_amount end), 0) as paid
            from payment p where p.invoice_id = i.invoice_id) p
          where i.customer_id = parent.id and i.issued_at is not null and i.voided_at is null and p.paid < i.amount
          group by i.currency) balance),
      'recent', (
        select jsonb_agg(to_jsonb(recent) order by recent."issuedAt" desc, recent."invoiceId") from (
          select i.invoice_id as "invoiceId", i.number, i.amount::text as amount, i.currency, i.issued_at as "issuedAt", i.due_at as "dueAt",
            case when i.voided_at is not null then 'VOID' when p.refunded > 0 and p.refunded >= p.paid then 'REFUNDED' when p.paid >= i.amount then 'PAID'
              when i.due_at < now() then 'OVERDUE' when p.paid > 0 then 'PARTLY_PAID' else 'OPEN' end as status
          from (select * from invoice i where i.customer_id = parent.id and i.issued_at is not null order by i.issued_at desc, i.invoice_id limit 5) i
          cross join lateral (
            select coalesce(sum(case when p.currency = i.currency then p.amount when i.currency = l.revenue_currency then p.converted_amount end), 0) as paid,
              coalesce(sum(r.refunded), 0) as refunded
            from payment p cross join lateral (
              select sum(case when r.currency = i.currency then r.amount when i.currency = l.revenue_currency then r.converted_amount end) as refunded
              from refund r where r.payment_id = p.payment_id) r
            where p.invoice_id = i.invoice_id) p) recent))
    from customer_lifecycle l where l.customer_id = parent.id)`,
  read: (json: Raw) => {
    const balances = json.balances ?? [];
    const own = balances.find((balance) => balance.currency === json.currency);
    const overdue = balances.some((balance) => balance.overdue);
    return {
      totalRevenue: money(json.total, json.currency),
      unconvertedRevenue: moneys(json.unconverted),
      outstandingBalance: money(own?.amount ?? '0', json.currency),
      otherOutstandingBalances: moneys(balances.filter((balance) => balance !== own)),
      paymentStatus: json.invoices === 0 ? 'NONE' : balances.length === 0 ? 'PAID' : overdue ? 'OVERDUE' : 'OPEN',
      recentInvoices: (json.recent ?? []).map(({ amount, currency, ...invoice }) => ({
        ...invoice,
        amount: money(amount, currency),
        issuedAt: new Date(invoice.issuedAt),
        dueAt: instant(invoice.dueAt),
      })),
      asOf: instant(json.asOf),
    };
  },
};
