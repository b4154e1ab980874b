// What must come out, computed from the events alone by the catalogue's definitions and by no code of the product: integer cents, each object once,
// whatever was delivered twice or late. [CustomerLifecycle AC-2] [360 financial_summary] [Timeline Invoice]
import { type ModuleEvent, money } from './purchases.ts';

export interface Expected {
  firstPurchaseDate: string | null;
  lastPurchaseDate: string | null;
  purchaseCount: number;
  /** Decimal string in the reporting currency. */
  totalRevenue: string;
  unconverted: Array<{ amount: string; currency: string }>;
  outstanding: string;
  paymentStatus: 'NONE' | 'PAID' | 'OVERDUE';
  /** Newest first. */
  invoices: Array<{
    invoiceId: string;
    number: string;
    amount: string;
    currency: string;
    issuedAt: string;
    display: string;
    status: string;
  }>;
  /** Instant of the first payment of the earliest purchase that counts. */
  firstPurchaseAt: string | null;
}

const cents = (amount: string): number => Math.round(Number(amount) * 100);

/** Expected values by customer id; every customer in `ids` has an entry. */
export function expectedOf(ids: readonly string[], events: readonly ModuleEvent[], reporting: string): Map<string, Expected> {
  const byCustomer = Map.groupBy(events, (event) => event.data.customerId);
  return new Map(ids.map((id) => [id, one(byCustomer.get(id) ?? [], reporting)]));
}

function one(events: readonly ModuleEvent[], reporting: string): Expected {
  const of = (type: string) => [...new Map(events.filter((e) => e.type === `financial.${type}.v1`).map((e) => [e.id, e.data])).values()];
  const [invoices, payments, refunds] = [of('invoice-issued'), of('payment-received'), of('payment-refunded')];

  const revenue = new Map<string, number>([[reporting, 0]]);
  const count = (sign: 1 | -1, moved: Record<string, any>) => {
    const currency = moved.currency === reporting || moved.convertedAmount === null ? moved.currency : reporting;
    const amount = currency === moved.currency ? moved.amount : moved.convertedAmount;
    revenue.set(currency, (revenue.get(currency) ?? 0) + sign * cents(amount));
  };
  for (const payment of payments) count(1, payment);
  for (const refund of refunds) count(-1, refund);

  const refundedOf = (paymentId: string) => refunds.filter((r) => r.paymentId === paymentId).reduce((sum, r) => sum + cents(r.amount), 0);
  const whollyRefunded = (group: Array<Record<string, any>>) => group.every((p) => refundedOf(p.paymentId) >= cents(p.amount));
  const purchases = [...Map.groupBy(payments, (payment) => payment.invoiceId ?? payment.paymentId).values()];
  const firstPayments = purchases
    .filter((group) => !whollyRefunded(group))
    .map((group) => group.map((payment) => payment.receivedAt as string).sort()[0]!)
    .sort();

  const lines = invoices
    .map((invoice) => {
      const paying = payments.filter((payment) => payment.invoiceId === invoice.invoiceId);
      const paid = paying.reduce((sum, payment) => sum + cents(payment.amount), 0);
      const open = Math.max(0, cents(invoice.amount) - paid);
      const status = paying.length > 0 && whollyRefunded(paying) ? 'REFUNDED' : open === 0 ? 'PAID' : 'OVERDUE';
      const { invoiceId, number, amount, currency, issuedAt } = invoice;
      return { invoiceId, number, amount, currency, issuedAt, status, open, display: `Invoice ${number} - ${amount} ${currency}` };
    })
    .sort((a, b) => (a.issuedAt < b.issuedAt ? 1 : -1));
  const open = lines.filter((line) => line.open > 0);
  return {
    firstPurchaseDate: firstPayments[0]?.slice(0, 10) ?? null,
    lastPurchaseDate: firstPayments.at(-1)?.slice(0, 10) ?? null,
    firstPurchaseAt: firstPayments[0] ?? null,
    purchaseCount: firstPayments.length,
    totalRevenue: money(revenue.get(reporting)!),
    unconverted: [...revenue]
      .filter(([currency, sum]) => currency !== reporting && sum !== 0)
      .map(([currency, sum]) => ({ amount: money(sum), currency })),
    outstanding: money(open.filter((line) => line.currency === reporting).reduce((sum, line) => sum + line.open, 0)),
    paymentStatus: lines.length === 0 ? 'NONE' : open.length > 0 ? 'OVERDUE' : 'PAID',
    invoices: lines.map(({ open: _, ...line }) => line),
  };
}
