// Bring a deleted interaction back, as it was. Its external id may have been logged anew meanwhile: then it is refused, never doubled
// [Interaction AC-2].
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { lockKeys } from '@customer360/kernel/transact';
import { change } from '../change.ts';
import { stateSummary } from '../summary/summary.table.ts';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfInteraction } from '../timeline/timeline.ts';
import { findByExternalId, findInteraction, InteractionTable } from './interaction.table.ts';
import type { Interaction } from './interaction.ts';
import { externalIdInUse } from './log-interaction.ts';

export const restoreInteraction = (ctx: RequestContext, id: string): Promise<Interaction | Problem> =>
  change(ctx, {
    noun: 'Interaction',
    id,
    find: (reader) => findInteraction(reader, ctx.actor, id, true),
    async work(tx, row) {
      if (!row.deletedAt) return row;
      if (row.externalId) {
        await lockKeys(tx, [`external ${row.externalId}`]);
        if (await findByExternalId(tx, row.externalId)) return externalIdInUse(row.externalId);
      }
      const next = await updateRow(tx, InteractionTable, row, { deletedAt: null });
      await putOnTimeline(tx, [lineOfInteraction(next)]);
      tx.emit({ type: 'crm.interaction.interaction-restored.v1', key: row.customerId, data: { interactionId: id } });
      await stateSummary(tx, [row.customerId]);
      return next;
    },
  });
