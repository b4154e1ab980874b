// The last step that every change of an activity shares: its row with the next version, one fact, and the customer's summary (open activities).
import { updateRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { keyOf } from '../change.ts';
import { stateSummary } from '../summary/summary.table.ts';
import { ActivityTable } from './activity.table.ts';
import type { Activity } from './activity.ts';

export type ActivityFact = 'updated' | 'completed' | 'cancelled' | 'deleted' | 'restored';

/** Writes the changed values and tells of them; answers the row as it is now. */
export async function settleActivity(
  tx: Tx,
  row: Activity,
  changed: Partial<Activity>,
  fact: ActivityFact,
  data: object = {},
): Promise<Activity> {
  const next = await updateRow(tx, ActivityTable, row, changed);
  tx.emit({ type: `crm.interaction.activity-${fact}.v1`, key: keyOf(row), data: { activityId: row.id, ...data } });
  if (row.customerId) await stateSummary(tx, [row.customerId]);
  return next;
}
