// [Journey] The earliest interaction is the customer's first contact, whatever order the interactions were logged or arrive in.
import { splitKnown } from '@customer360/customer-data/directory';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { Tx } from '@customer360/kernel/transact';
import { recordFromFacts, type SystemMilestone } from '../milestone/record-from-facts.ts';

/** crm.interaction.events.v1 */
export async function onInteractionLogged(tx: Tx, events: readonly Received[]): Promise<readonly Parked[]> {
  const logged = events.filter((event) => event.type === 'crm.interaction.interaction-logged.v1');
  if (logged.length === 0) return [];
  const { known, unknown } = await splitKnown(tx, logged);
  const earliest = new Map<string, SystemMilestone>();
  for (const { event, customer } of known) {
    const occurredAt = new Date(event.data.occurredAt);
    const before = earliest.get(customer.id);
    if (before && before.occurredAt <= occurredAt) continue;
    const { interactionType } = event.data;
    earliest.set(customer.id, {
      customerId: customer.id,
      milestoneType: 'first_contact',
      occurredAt,
      sourceRef: `first_contact:${customer.id}`,
      details: { interactionType },
    });
  }
  await recordFromFacts(tx, [...earliest.values()]);
  return unknown;
}
