// Facts of other modules about a changing object carry a growing `revision`: the largest one wins, whatever the order of arrival. Here a batch
// is reduced to the newest revision of each object, with the customer that it belongs to now.
import type { KnownCustomer } from '@customer360/customer-data/directory';
import type { Received } from '@customer360/kernel/consumer';

/** An event with the customer that it is about. */
export interface KnownEvent<D = any> {
  readonly event: Received<D>;
  readonly customer: KnownCustomer;
}

/** The payloads as a JSON array for `jsonb_to_recordset`, with `customerId` (survivor), `originCustomerId` and `eventTime`. */
export function newestRevisions(events: readonly KnownEvent[], idField: string): string {
  const newest = new Map<string, { revision: number }>();
  for (const { event, customer } of events) {
    const known = newest.get(event.data[idField]);
    if (known && known.revision >= event.data.revision) continue;
    newest.set(event.data[idField], {
      ...event.data,
      customerId: customer.id,
      originCustomerId: customer.requestedId,
      eventTime: event.time,
    });
  }
  return JSON.stringify([...newest.values()]);
}
