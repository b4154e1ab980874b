// Change an open activity: absent fields stay, null clears. What is completed or cancelled is history and refuses [Activity AC-2].
import { requireContact, requireStaff } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, type Problem } from '@customer360/kernel/problem';
import { changesOf } from '@customer360/kernel/rows';
import { change } from '../change.ts';
import { findActivity } from './activity.table.ts';
import { type Activity, type ActivityContent, checkActivity, checkReminder, refuseClosed } from './activity.ts';
import { settleActivity } from './settle-activity.ts';

type Given = { readonly [K in keyof ActivityContent]?: ActivityContent[K] | null };

export async function updateActivity(ctx: RequestContext, id: string, expectedVersion: number, given: Given): Promise<Activity | Problem> {
  for (const field of ['activityType', 'subject', 'dueDate', 'priority', 'status', 'assignedToId'] as const) {
    if (given[field] === null) throw badInput(`input.${field}`, 'cannot be cleared');
  }
  const input = given as Partial<ActivityContent>;
  checkActivity(input);
  return change(ctx, {
    noun: 'Activity',
    id,
    expectedVersion,
    find: (reader) => findActivity(reader, ctx.actor, id),
    async before(row) {
      if (input.contactId && !row.customerId) throw badInput('input.contactId', 'cannot stand in an activity without a customer');
      if (input.contactId) await requireContact(ctx, input.contactId, row.customerId!, 'input.contactId');
      if (input.assignedToId) await requireStaff(ctx, input.assignedToId, 'input.assignedToId');
    },
    async work(tx, row) {
      const closed = refuseClosed(row);
      if (closed) return closed;
      const changed = changesOf(row, input);
      const changedFields = Object.keys(changed);
      if (changedFields.length === 0) return row;
      const next = { ...row, ...changed };
      checkReminder(next.reminderAt, next.dueDate);
      return settleActivity(tx, row, changed, 'updated', { changedFields });
    },
  });
}
