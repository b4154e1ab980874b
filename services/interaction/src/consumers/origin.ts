// What the consumers of other modules' events have in common: only the types they hear, only known customers (the rest is parked until the directory
// learns of them), merged ids redirected to the survivor while the origin keeps its own.
import { type KnownCustomer, splitKnown } from '@customer360/customer-data/directory';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { Tx } from '@customer360/kernel/transact';
import type { Origin } from '../timeline/timeline.ts';

/** An event with where it belongs. */
export interface Heard {
  readonly type: string;
  readonly data: any;
  readonly origin: Origin;
  readonly customer: KnownCustomer;
}

/** The events of these types whose customer is known, in order, and those to park. */
export async function hear(tx: Tx, events: readonly Received[], types: readonly string[]): Promise<{ heard: Heard[]; parked: Parked[] }> {
  const relevant = events.filter((event) => types.includes(event.type) && event.data !== null);
  if (relevant.length === 0) return { heard: [], parked: [] };
  const { known, unknown } = await splitKnown(tx, relevant);
  const heard = known.map(({ event, customer }) => {
    const [actorKind, ...actorId] = (event.headers.actor ?? '').split(':');
    return {
      type: event.type,
      data: event.data,
      customer,
      origin: {
        customerId: customer.id,
        originCustomerId: customer.requestedId,
        time: event.time,
        actorKind: actorKind || null,
        actorId: actorId.join(':') || null,
      },
    };
  });
  return { heard, parked: unknown };
}
