// [360 opportunities] [Sales to CRM: Deal closed] Opportunities of the sales module: the newest revision of each is kept, and a won one moves its
// customer's stage. Orders belong to the timeline (interaction service) and are passed over here.
import { splitKnown } from '@customer360/customer-data/directory';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { Tx } from '@customer360/kernel/transact';
import { closeDeals } from '../customer-lifecycle/close-deals.ts';
import { storeOpportunities } from '../opportunity/opportunity.table.ts';
import { lockSurvivors } from './known-events.ts';

/** sales.events.v1 */
export async function onSalesEvents(tx: Tx, events: readonly Received[]): Promise<readonly Parked[]> {
  const changed = events.filter((event) => event.type === 'sales.opportunity-changed.v1');
  if (changed.length === 0) return [];
  const { known, unknown } = await splitKnown(tx, changed, (event) => event.data.customerId);
  await lockSurvivors(tx, known);
  await storeOpportunities(tx, known);
  await closeDeals(tx, [...new Set(known.map(({ customer }) => customer.id))]);
  return unknown;
}
