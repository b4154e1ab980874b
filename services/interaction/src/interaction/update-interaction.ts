// Correct a logged interaction [Right to Rectification]: absent fields stay, null clears. The timeline line and the late-logging flag follow in
// the same transaction; the customer, the source and the external id are what happened and never change.
import { requireContact } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, type Problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import { change } from '../change.ts';
import { stateSummary } from '../summary/summary.table.ts';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfInteraction } from '../timeline/timeline.ts';
import { findInteraction, InteractionTable } from './interaction.table.ts';
import { checkContent, checkPast, durationOf, type Interaction, type InteractionContent, isBackdated } from './interaction.ts';

type Given = { readonly [K in keyof InteractionContent]?: InteractionContent[K] | null };

export async function updateInteraction(
  ctx: RequestContext,
  id: string,
  expectedVersion: number,
  given: Given,
): Promise<Interaction | Problem> {
  for (const field of ['interactionType', 'direction', 'occurredAt'] as const) {
    if (given[field] === null) throw badInput(`input.${field}`, 'cannot be cleared');
  }
  const input = { ...given, ...(given.relatedRecords === null && { relatedRecords: [] }) } as Partial<InteractionContent>;
  checkContent(input);
  durationOf(input);
  if (input.occurredAt) checkPast('input.occurredAt', input.occurredAt, new Date());
  return change(ctx, {
    noun: 'Interaction',
    id,
    expectedVersion,
    find: (reader) => findInteraction(reader, ctx.actor, id),
    async before(row) {
      if (input.contactId) await requireContact(ctx, input.contactId, row.customerId, 'input.contactId');
    },
    async work(tx, row) {
      const changed = changesOf(row, input);
      const changedFields = Object.keys(changed);
      if (changedFields.length === 0) return row;
      const backdated = isBackdated(changed.occurredAt ?? row.occurredAt, row.createdAt);
      const next = await updateRow(tx, InteractionTable, row, { ...changed, backdated });
      await putOnTimeline(tx, [lineOfInteraction(next)]);
      tx.emit({ type: 'crm.interaction.interaction-updated.v1', key: row.customerId, data: { interactionId: id, changedFields } });
      await stateSummary(tx, [row.customerId]);
      return next;
    },
  });
}
