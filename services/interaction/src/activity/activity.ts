// An Activity: something planned, and what becomes of it [data.crm.activity] [WF-IT-003]. Pure; the time comes in as an argument, because being
// overdue [Activity AC-1] is a question about now.
import type { Row } from '@customer360/kernel/entity';
import { badInput, checkText, type Problem, problem } from '@customer360/kernel/problem';
import type { InteractionType } from '../interaction/interaction.ts';

export const ACTIVITY_TYPES = ['call', 'email', 'meeting', 'task', 'follow_up', 'demo'] as const;
export type ActivityType = (typeof ACTIVITY_TYPES)[number];
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const ACTIVITY_STATUSES = ['pending', 'in_progress', 'completed', 'cancelled'] as const;
export type ActivityStatus = (typeof ACTIVITY_STATUSES)[number];

/** A row of table `activity`; times are UTC instants. */
export interface Activity extends Row {
  customerId: string | null;
  originCustomerId: string | null;
  contactId: string | null;
  activityType: ActivityType;
  subject: string;
  description: string | null;
  dueDate: Date;
  reminderAt: Date | null;
  priority: Priority;
  status: ActivityStatus;
  completedAt: Date | null;
  assignedToId: string;
  resultInteractionId: string | null;
}

export type ActivityContent = Pick<
  Activity,
  'contactId' | 'activityType' | 'subject' | 'description' | 'dueDate' | 'reminderAt' | 'priority' | 'status' | 'assignedToId'
>;

export const MAX_SUBJECT = 300;
export const MAX_TEXT = 20_000;

export const isOpen = (row: Pick<Activity, 'status'>): boolean => row.status === 'pending' || row.status === 'in_progress';

/** Open, and its due date has passed. [Activity AC-1] */
export const isOverdue = (row: Pick<Activity, 'status' | 'dueDate'>, now: Date): boolean => isOpen(row) && row.dueDate < now;

/** The refusal of a change to an activity that is completed or cancelled. */
export const refuseClosed = (row: Pick<Activity, 'id' | 'status'>): Problem | undefined =>
  isOpen(row) ? undefined : problem('ActivityNotOpen', `the activity is ${row.status} already`, { activityId: row.id, status: row.status });

/** Refuses texts that are missing or too long, and a reminder after the due date. */
export function checkActivity(given: Partial<Pick<ActivityContent, 'subject' | 'description'>>): void {
  if (given.subject !== undefined) checkText('input.subject', given.subject, { max: MAX_SUBJECT, required: true });
  checkText('input.description', given.description, { max: MAX_TEXT });
}

/** A reminder comes before what it reminds of. */
export function checkReminder(reminderAt: Date | null | undefined, dueDate: Date): void {
  if (reminderAt && reminderAt > dueDate) throw badInput('input.reminderAt', 'is after dueDate');
}

const RESULT: Readonly<Record<ActivityType, InteractionType>> = {
  call: 'call',
  email: 'email',
  meeting: 'meeting',
  demo: 'meeting',
  task: 'other',
  follow_up: 'other',
};

/** The type of the interaction that completing an activity creates. [Activity AC-2] */
export const interactionTypeOf = (activityType: ActivityType): InteractionType => RESULT[activityType];
