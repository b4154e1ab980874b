// Plan something with a customer, or internally [WF-IT-003]; the caller does it unless an active colleague is named.
import { requireContact, requireStaff, requireStillLeads, requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { newRow } from '@customer360/kernel/entity';
import { badInput, isProblem, notFound, type Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { keyOf } from '../change.ts';
import { stateSummary } from '../summary/summary.table.ts';
import { ActivityTable, findActivity } from './activity.table.ts';
import { type Activity, checkActivity, checkReminder } from './activity.ts';

export interface CreateActivity extends Pick<Activity, 'activityType' | 'subject' | 'dueDate' | 'priority'> {
  customerId?: string | null;
  contactId?: string | null;
  description?: string | null;
  reminderAt?: Date | null;
  assignedToId?: string | null;
  idempotencyKey?: string | null;
}

export async function createActivity(ctx: RequestContext, input: CreateActivity): Promise<Activity | Problem> {
  checkActivity(input);
  checkReminder(input.reminderAt, input.dueDate);
  if (input.contactId && !input.customerId) throw badInput('input.customerId', 'is required with contactId');
  let customerId: string | null = null;
  let originCustomerId: string | null = null;
  if (input.customerId) {
    const customer = await requireUnrestricted(ctx, input.customerId, 'input.customerId');
    if (isProblem(customer)) return customer;
    customerId = customer.id;
    const contact = input.contactId ? await requireContact(ctx, input.contactId, customer.id, 'input.contactId') : undefined;
    originCustomerId = contact?.originCustomerId ?? customer.id;
  }
  const assignedToId = input.assignedToId ?? (ctx.actor.kind === 'STAFF' ? ctx.actor.id : undefined);
  if (!assignedToId) throw badInput('input.assignedToId', 'is required for a caller who is not a member of staff');
  await requireStaff(ctx, assignedToId, 'input.assignedToId');
  const row: Activity = {
    ...newRow(ctx.actor, new Date()),
    customerId,
    originCustomerId,
    contactId: input.contactId ?? null,
    activityType: input.activityType,
    subject: input.subject,
    description: input.description ?? null,
    dueDate: input.dueDate,
    reminderAt: input.reminderAt ?? null,
    priority: input.priority,
    status: 'pending',
    completedAt: null,
    assignedToId,
    resultInteractionId: null,
  };
  return transact<Activity>(
    ctx,
    {
      lock: [keyOf(row)],
      once: {
        key: input.idempotencyKey,
        operation: 'createActivity',
        input,
        replay: async (tx, id) => (await findActivity(tx, ctx.actor, id)) ?? Promise.reject(notFound('Activity', id)),
      },
    },
    async (tx) => {
      if (customerId && originCustomerId) await requireStillLeads(tx, originCustomerId, customerId);
      await insertRow(tx, ActivityTable, row);
      tx.emit({
        type: 'crm.interaction.activity-created.v1',
        key: keyOf(row),
        data: {
          activityId: row.id,
          activityType: row.activityType,
          priority: row.priority,
          dueDate: row.dueDate.toISOString(),
          assignedToId,
        },
      });
      if (customerId) await stateSummary(tx, [customerId]);
      return row;
    },
  );
}
