// What the inbound handlers share: events with the customer they are about now, which after a merge is not the one that their key names.
import { lockKeys, type Tx } from '@customer360/kernel/transact';
import type { KnownEvent } from '../revisions.ts';

/** The kernel locked the keys of the batch; facts about a survivor need the survivor's lock too. */
export async function lockSurvivors(tx: Tx, known: readonly KnownEvent[]): Promise<void> {
  const survivors = known.filter(({ event, customer }) => customer.id !== event.key).map(({ customer }) => customer.id);
  if (survivors.length > 0) await lockKeys(tx, [...new Set(survivors)]);
}

/** Per customer, the time of its newest event in the batch. */
export function newestTimes(known: readonly KnownEvent[]): Map<string, Date> {
  const newest = new Map<string, Date>();
  for (const { event, customer } of known) {
    const time = newest.get(customer.id);
    if (!time || time < event.time) newest.set(customer.id, event.time);
  }
  return newest;
}
