// Where activities live, and every statement that reads them. An internal activity (no customer) is seen by its assignee, its author, the
// assignee's team, and by those who see everything.
import { customerField, teamOf, visibleCustomer } from '@customer360/customer-data/directory';
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import { type ListSpec, matches } from '../list.ts';
import type { Activity } from './activity.ts';

export const ActivityTable = new EntitySchema<Activity>({
  name: 'activity',
  tableName: 'activity',
  columns: {
    ...rowColumns,
    customerId: { name: 'customer_id', type: 'uuid', nullable: true },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid', nullable: true, update: false },
    contactId: { name: 'contact_id', type: 'uuid', nullable: true },
    activityType: { name: 'activity_type', type: 'text' },
    subject: { type: 'text' },
    description: { type: 'text', nullable: true },
    dueDate: { name: 'due_date', type: 'timestamptz' },
    reminderAt: { name: 'reminder_at', type: 'timestamptz', nullable: true },
    priority: { type: 'text' },
    status: { type: 'text' },
    completedAt: { name: 'completed_at', type: 'timestamptz', nullable: true },
    assignedToId: { name: 'assigned_to', type: 'uuid' },
    resultInteractionId: { name: 'result_interaction_id', type: 'uuid', nullable: true },
  },
});

const activityColumns: Sql = columns(ActivityTable, 'r');

function scope(actor: Actor): Sql {
  const internal = hasRole(actor, 'admin', 'sales_manager', 'dpo', 'auditor')
    ? raw('true')
    : sql`(r.assigned_to::text = ${actor.id} or (r.created_by_kind = ${actor.kind} and r.created_by_id = ${actor.id}) or r.assigned_to in (${teamOf(actor.id)}))`;
  return sql`((r.customer_id is null and ${internal}) or (r.customer_id is not null and ${visibleCustomer(actor, raw('r.customer_id'))}))`;
}

const open = raw(`r.status in ('pending', 'in_progress')`);

/** The list of activities: what can be filtered and ordered, and who sees what. */
export const activityList: ListSpec<Activity> = {
  name: 'listActivities',
  select: activityColumns,
  from: raw('activity r'),
  search: matches,
  scope,
  filter: {
    id: field('r.id', 'uuid'),
    customerId: customerField('r.customer_id'),
    contactId: field('r.contact_id', 'uuid'),
    activityType: field('r.activity_type', 'enum'),
    subject: field('r.subject', 'text'),
    priority: field('r.priority', 'enum'),
    status: field('r.status', 'enum'),
    overdue: { column: sql`(${open} and r.due_date < now())`, type: 'bool' },
    assignedToId: field('r.assigned_to', 'uuid'),
    dueDate: field('r.due_date', 'timestamptz'),
    reminderAt: field('r.reminder_at', 'timestamptz'),
    completedAt: field('r.completed_at', 'timestamptz'),
    createdById: field('r.created_by_id', 'text'),
    createdAt: field('r.created_at', 'timestamptz'),
    updatedAt: field('r.updated_at', 'timestamptz'),
  },
  order: keyset({
    fields: {
      DUE_DATE: { column: raw('r.due_date'), type: 'timestamptz' },
      PRIORITY: { column: raw(`array_position(array['low','normal','high','urgent'], r.priority)`), type: 'int' },
      COMPLETED_AT: { column: raw('r.completed_at'), type: 'timestamptz', nullable: true },
      CREATED_AT: { column: raw('r.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('r.updated_at'), type: 'timestamptz' },
    },
    id: raw('r.id'),
    default: [{ field: 'DUE_DATE', direction: 'ASC' }],
  }),
};

/** One activity within the caller's rows; deleted ones only when asked for. */
export const findActivity = (reader: Reader, actor: Actor, id: string, deleted = false): Promise<Activity | undefined> =>
  reader.one(
    'findActivity',
    sql`select ${activityColumns} from activity r where r.id = ${id} and (${deleted} or r.deleted_at is null) and ${scope(actor)}`,
  );

export type Section = 'OVERDUE' | 'TODAY' | 'UPCOMING';

/** The caller's open activities of one section; `endOfToday` is the first instant of tomorrow in the caller's zone. */
export function mine(actor: Actor, section: Section | null | undefined, now: Date, endOfToday: Date): Sql {
  const own = sql`r.assigned_to = ${actor.id}::uuid and ${open}`;
  switch (section) {
    case 'OVERDUE':
      return sql`${own} and r.due_date < ${now}`;
    case 'TODAY':
      return sql`${own} and r.due_date >= ${now} and r.due_date < ${endOfToday}`;
    case 'UPCOMING':
      return sql`${own} and r.due_date >= ${endOfToday}`;
    default:
      return own;
  }
}
