// Soft-delete an interaction: it leaves lists, summary and timeline with this transaction, and keeps its row for a restore.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { change } from '../change.ts';
import { stateSummary } from '../summary/summary.table.ts';
import { takeOffTimeline } from '../timeline/timeline.table.ts';
import { findInteraction, InteractionTable } from './interaction.table.ts';
import type { Interaction } from './interaction.ts';

export const deleteInteraction = (ctx: RequestContext, id: string, expectedVersion?: number | null): Promise<Interaction | Problem> =>
  change(ctx, {
    noun: 'Interaction',
    id,
    expectedVersion,
    find: (reader) => findInteraction(reader, ctx.actor, id),
    async work(tx, row) {
      const next = await updateRow(tx, InteractionTable, row, { deletedAt: tx.now });
      await takeOffTimeline(tx, 'interaction', id);
      tx.emit({ type: 'crm.interaction.interaction-deleted.v1', key: row.customerId, data: { interactionId: id } });
      await stateSummary(tx, [row.customerId]);
      return next;
    },
  });
