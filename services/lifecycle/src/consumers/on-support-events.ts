// [360 support] [Journey] Cases of the support module: the newest revision of each is kept; one that was escalated is a milestone, once a case.
import { splitKnown } from '@customer360/customer-data/directory';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { Tx } from '@customer360/kernel/transact';
import { recordFromFacts } from '../milestone/record-from-facts.ts';
import { storeCases } from '../support-case/support-case.table.ts';
import { lockSurvivors } from './known-events.ts';

/** support.events.v1 */
export async function onSupportEvents(tx: Tx, events: readonly Received[]): Promise<readonly Parked[]> {
  const { known, unknown } = await splitKnown(tx, events, (event) => event.data.customerId);
  await lockSurvivors(tx, known);
  await storeCases(tx, known);
  await recordFromFacts(
    tx,
    known
      .filter(({ event }) => event.data.escalated)
      .sort((a, b) => b.event.time.getTime() - a.event.time.getTime())
      .map(({ event, customer }) => ({
        customerId: customer.id,
        milestoneType: 'support_escalation' as const,
        occurredAt: event.time,
        sourceRef: `case:${event.data.caseId}`,
        details: { caseId: event.data.caseId, priority: event.data.priority },
      })),
  );
  return unknown;
}
