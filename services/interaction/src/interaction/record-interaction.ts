// The one way an interaction comes into being, whoever makes it: the row, its line in the timeline, its fact and the customer's summary, all in
// the caller's transaction [Interaction AC-1]. logInteraction, completeActivity and the completed jobs of field service all end here.
import type { Tx } from '@customer360/kernel/transact';
import { stateSummary } from '../summary/summary.table.ts';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfInteraction } from '../timeline/timeline.ts';
import { InteractionTable } from './interaction.table.ts';
import type { Interaction } from './interaction.ts';

/** Records an interaction; the caller holds its customer's lock. */
export const recordInteraction = (tx: Tx, row: Interaction): Promise<void> => recordInteractions(tx, [row]);

/** Records many, at most a consumer's batch; the caller holds their customers' locks. */
export async function recordInteractions(tx: Tx, rows: readonly Interaction[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.manager.getRepository(InteractionTable).insert([...rows]);
  await putOnTimeline(tx, rows.map(lineOfInteraction));
  for (const row of rows) {
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
  }
  await stateSummary(
    tx,
    rows.map((row) => row.customerId),
  );
}
