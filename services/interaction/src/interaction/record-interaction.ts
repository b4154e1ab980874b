// The one way an interaction comes into being, whoever makes it: the row, its line in the timeline, its fact and the customer's summary, all in
// the caller's transaction [Interaction AC-1]. logInteraction, completeActivity and the completed job of field service all end here.
import type { Tx } from '@customer360/kernel/transact';
import { stateSummary } from '../summary/summary.table.ts';
import { lineOfInteraction } from '../timeline/timeline.ts';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import type { Interaction } from './interaction.ts';
import { InteractionTable } from './interaction.table.ts';

/** Records an interaction; the caller holds its customer's lock. */
export async function recordInteraction(tx: Tx, row: Interaction): Promise<void> {
  await tx.manager.getRepository(InteractionTable).insert(row);
  await putOnTimeline(tx, [lineOfInteraction(row)]);
  emitLogged(tx, row);
  await stateSummary(tx, [row.customerId]);
}

/** The fact of a new interaction. */
export const emitLogged = (tx: Tx, row: Interaction): void =>
  tx.emit({
    type: 'crm.interaction.interaction-logged.v1',
    key: row.customerId,
    data: {
      interactionId: row.id,
      interactionType: row.interactionType,
      direction: row.direction,
      source: row.source,
      occurredAt: row.occurredAt.toISOString(),
      contactId: row.contactId,
      outcome: row.outcome,
      sentiment: row.sentiment,
      backdated: row.backdated,
    },
  });
