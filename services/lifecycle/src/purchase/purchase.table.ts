// [CustomerLifecycle AC-2] What the financial module told us, row by row and keyed by its own ids: invoices, payments, refunds. Repeats change
// nothing, and any order of arrival leaves the same rows (a void may come before its invoice, a refund before its payment).
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { KnownEvent } from '../revisions.ts';

const id = { type: 'text', primary: true } as const;
const customer = {
  customerId: { name: 'customer_id', type: 'uuid' },
  originCustomerId: { name: 'origin_customer_id', type: 'uuid' },
} as const;
const receivedAt = { name: 'stored_at', type: 'timestamptz' } as const;

export const InvoiceEntity = new EntitySchema({
  name: 'Invoice',
  tableName: 'invoice',
  columns: {
    invoiceId: { ...id, name: 'invoice_id' },
    ...customer,
    number: { type: 'text', nullable: true },
    amount: { type: 'numeric', nullable: true },
    currency: { type: 'text', nullable: true },
    issuedAt: { name: 'issued_at', type: 'timestamptz', nullable: true },
    dueAt: { name: 'due_at', type: 'timestamptz', nullable: true },
    voidedAt: { name: 'voided_at', type: 'timestamptz', nullable: true },
    storedAt: receivedAt,
  },
});

const amount = { type: 'numeric' } as const;
const currency = { type: 'text' } as const;
const convertedAmount = { name: 'converted_amount', type: 'numeric', nullable: true } as const;

export const PaymentEntity = new EntitySchema({
  name: 'Payment',
  tableName: 'payment',
  columns: {
    paymentId: { ...id, name: 'payment_id' },
    ...customer,
    invoiceId: { name: 'invoice_id', type: 'text', nullable: true },
    amount,
    currency,
    convertedAmount,
    receivedAt: { name: 'received_at', type: 'timestamptz' },
    storedAt: receivedAt,
  },
});

export const RefundEntity = new EntitySchema({
  name: 'Refund',
  tableName: 'refund',
  columns: {
    refundId: { ...id, name: 'refund_id' },
    ...customer,
    paymentId: { name: 'payment_id', type: 'text' },
    amount,
    currency,
    convertedAmount,
    refundedAt: { name: 'refunded_at', type: 'timestamptz' },
    storedAt: receivedAt,
  },
});

/** The events' payloads as JSON rows with the customer they belong to now, the first of each id. */
function rowsOf(events: readonly KnownEvent[], idField: string): string {
  const first = new Map<string, object>();
  for (const { event, customer } of events) {
    const key = event.data[idField];
    if (!first.has(key)) first.set(key, { ...event.data, customerId: customer.id, originCustomerId: customer.requestedId });
  }
  return JSON.stringify([...first.values()]);
}

/** Stores `financial.invoice-issued.v1`. */
export async function storeInvoices(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeInvoices',
    sql`insert into invoice as i (invoice_id, customer_id, origin_customer_id, number, amount, currency, issued_at, due_at, stored_at)
        select "invoiceId", "customerId", "originCustomerId", number, amount, currency, "issuedAt", "dueAt", ${tx.now}
        from jsonb_to_recordset(${rowsOf(events, 'invoiceId')}::jsonb) as r("invoiceId" text, "customerId" uuid, "originCustomerId" uuid, number text,
          amount numeric, currency text, "issuedAt" timestamptz, "dueAt" timestamptz)
        on conflict (invoice_id) do update set (number, amount, currency, issued_at, due_at) =
          (excluded.number, excluded.amount, excluded.currency, excluded.issued_at, excluded.due_at)
        where i.issued_at is null`,
  );
}

/** Stores `financial.invoice-voided.v1`. */
export async function storeVoids(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeVoids',
    sql`insert into invoice as i (invoice_id, customer_id, origin_customer_id, voided_at, stored_at)
        select "invoiceId", "customerId", "originCustomerId", "voidedAt", ${tx.now}
        from jsonb_to_recordset(${rowsOf(events, 'invoiceId')}::jsonb) as r("invoiceId" text, "customerId" uuid, "originCustomerId" uuid, "voidedAt" timestamptz)
        on conflict (invoice_id) do update set voided_at = excluded.voided_at where i.voided_at is null`,
  );
}

/** Stores `financial.payment-received.v1`. */
export async function storePayments(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storePayments',
    sql`insert into payment (payment_id, customer_id, origin_customer_id, invoice_id, amount, currency, converted_amount, received_at, stored_at)
        select "paymentId", "customerId", "originCustomerId", "invoiceId", amount, currency, "convertedAmount", "receivedAt", ${tx.now}
        from jsonb_to_recordset(${rowsOf(events, 'paymentId')}::jsonb) as r("paymentId" text, "customerId" uuid, "originCustomerId" uuid, "invoiceId" text,
          amount numeric, currency text, "convertedAmount" numeric, "receivedAt" timestamptz)
        on conflict (payment_id) do nothing`,
  );
}

/** Stores `financial.payment-refunded.v1`. */
export async function storeRefunds(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeRefunds',
    sql`insert into refund (refund_id, customer_id, origin_customer_id, payment_id, amount, currency, converted_amount, refunded_at, stored_at)
        select "refundId", "customerId", "originCustomerId", "paymentId", amount, currency, "convertedAmount", "refundedAt", ${tx.now}
        from jsonb_to_recordset(${rowsOf(events, 'refundId')}::jsonb) as r("refundId" text, "customerId" uuid, "originCustomerId" uuid, "paymentId" text,
          amount numeric, currency text, "convertedAmount" numeric, "refundedAt" timestamptz)
        on conflict (refund_id) do nothing`,
  );
}
