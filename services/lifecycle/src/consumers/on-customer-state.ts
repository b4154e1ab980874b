// A customer that this service hears of gets its lifecycle; one that was restored, or whose restriction was lifted, gets the stage change that
// a deal won meanwhile asked for. Runs after the directory took the records in, in the same transaction.
import type { Received } from '@customer360/kernel/consumer';
import type { ServiceContext } from '@customer360/kernel/context';
import type { Tx } from '@customer360/kernel/transact';
import { closeDeals } from '../customer-lifecycle/close-deals.ts';
import { openLifecycles } from '../customer-lifecycle/open-lifecycles.ts';
import { installation } from '../env.ts';

/** crm.customer.state.v1 */
export async function onCustomerState(tx: Tx, events: readonly Received[], ctx: ServiceContext): Promise<void> {
  const ids = [...new Set(events.filter((event) => event.data !== null).map((event) => event.key))];
  await openLifecycles(tx, ids, installation(ctx).reportingCurrency);
  await closeDeals(tx, ids);
}

/** crm.compliance.state.v1 */
export async function onComplianceState(tx: Tx, events: readonly Received[]): Promise<void> {
  await closeDeals(tx, [...new Set(events.map((event) => event.key))]);
}
