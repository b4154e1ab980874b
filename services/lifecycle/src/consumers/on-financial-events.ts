// [CustomerLifecycle AC-2] [Financial to CRM: Payment received] Invoices, payments and refunds of the financial module: stored by their own ids,
// then the metrics of the affected customers are computed anew. A batch of 500 is a handful of statements.
import { splitKnown } from '@customer360/customer-data/directory';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { ServiceContext } from '@customer360/kernel/context';
import type { Tx } from '@customer360/kernel/transact';
import { installation } from '../env.ts';
import { storeInvoices, storePayments, storeRefunds, storeVoids } from '../purchase/purchase.table.ts';
import { recomputePurchaseMetrics } from '../purchase/recompute-purchase-metrics.ts';
import { lockSurvivors, newestTimes } from './known-events.ts';

/** financial.events.v1 */
export async function onFinancialEvents(tx: Tx, events: readonly Received[], ctx: ServiceContext): Promise<readonly Parked[]> {
  const { known, unknown } = await splitKnown(tx, events, (event) => event.data.customerId);
  await lockSurvivors(tx, known);
  const of = (type: string) => known.filter(({ event }) => event.type === type);
  await storeInvoices(tx, of('financial.invoice-issued.v1'));
  await storeVoids(tx, of('financial.invoice-voided.v1'));
  await storePayments(tx, of('financial.payment-received.v1'));
  await storeRefunds(tx, of('financial.payment-refunded.v1'));
  await recomputePurchaseMetrics(tx, newestTimes(known), installation(ctx));
  return unknown;
}
