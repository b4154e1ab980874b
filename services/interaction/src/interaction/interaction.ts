// An Interaction: one touchpoint with a customer [data.crm.interaction], and the rules of logging one by hand [WF-IT-001].
// Pure: the time comes in as an argument, because "now", "in the future" and "30 days late" are the whole point of these rules.
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { badInput, checkText } from '@customer360/kernel/problem';

export const INTERACTION_TYPES = ['email', 'call', 'meeting', 'chat', 'sms', 'social', 'in_person', 'other'] as const;
export type InteractionType = (typeof INTERACTION_TYPES)[number];
export const DIRECTIONS = ['inbound', 'outbound'] as const;
export type Direction = (typeof DIRECTIONS)[number];
export const OUTCOMES = ['successful', 'no_answer', 'left_message', 'bounced', 'follow_up_needed', 'completed'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const SENTIMENTS = ['positive', 'neutral', 'negative'] as const;
export type Sentiment = (typeof SENTIMENTS)[number];
export const SOURCES = ['manual', 'email_sync', 'phone_integration', 'calendar_sync', 'api'] as const;
export type Source = (typeof SOURCES)[number];

export const RELATED_TYPES = ['opportunity', 'case', 'work_order'] as const;

/** A record of another module that an interaction belongs to. */
export interface RelatedRecord {
  type: (typeof RELATED_TYPES)[number];
  id: string;
}

/** A row of table `interaction`; times are UTC instants. */
export interface Interaction extends Row, CustomerChild {
  contactId: string | null;
  interactionType: InteractionType;
  direction: Direction;
  subject: string | null;
  description: string | null;
  occurredAt: Date;
  durationMinutes: number | null;
  outcome: Outcome | null;
  sentiment: Sentiment | null;
  source: Source;
  externalId: string | null;
  backdated: boolean;
  relatedRecords: RelatedRecord[];
}

/** What a caller may say about an interaction, when logging or correcting it. */
export type InteractionContent = Pick<
  Interaction,
  | 'contactId'
  | 'interactionType'
  | 'direction'
  | 'subject'
  | 'description'
  | 'occurredAt'
  | 'durationMinutes'
  | 'outcome'
  | 'sentiment'
  | 'relatedRecords'
>;

export const MAX_SUBJECT = 500;
export const MAX_TEXT = 20_000;
export const MAX_MINUTES = 7 * 24 * 60;
export const MAX_RELATED = 20;
export const MAX_EXTERNAL_ID = 200;
export const MAX_RELATED_ID = 100;
export const BACKDATED_AFTER_DAYS = 30;
/** How far a caller's clock may be ahead of ours. */
export const CLOCK_SKEW_MS = 5 * 60_000;

const DAY_MS = 86_400_000;
const EARLIEST = new Date('1900-01-01T00:00:00Z');

/** It was logged more than 30 days after it occurred. [Retroactive logging] */
export const isBackdated = (occurredAt: Date, loggedAt: Date): boolean =>
  loggedAt.getTime() - occurredAt.getTime() > BACKDATED_AFTER_DAYS * DAY_MS;

/** Refuses an instant that is ahead of our clock by more than the allowed skew, or before 1900. */
export function checkPast(field: string, instant: Date, now: Date): void {
  if (instant.getTime() > now.getTime() + CLOCK_SKEW_MS) throw badInput(field, 'is in the future');
  if (instant < EARLIEST) throw badInput(field, 'is before 1900');
}

/** Whole minutes of a call or meeting: as given, else from its begin and end, begun minutes counting as full ones. [WF-IT-001 step 4] */
export function durationOf(given: { durationMinutes?: number | null; startedAt?: Date | null; endedAt?: Date | null }): number | null {
  if (given.endedAt && !given.startedAt) throw badInput('input.startedAt', 'is required with endedAt');
  if (given.startedAt && given.endedAt && given.endedAt < given.startedAt) throw badInput('input.endedAt', 'is before startedAt');
  const counted = given.startedAt && given.endedAt ? Math.ceil((given.endedAt.getTime() - given.startedAt.getTime()) / 60_000) : null;
  const minutes = given.durationMinutes ?? counted;
  const field = given.durationMinutes == null ? 'input.endedAt' : 'input.durationMinutes';
  if (minutes !== null && (minutes < 0 || minutes > MAX_MINUTES))
    throw badInput(field, `gives a duration outside 0 to ${MAX_MINUTES} minutes`);
  return minutes;
}

/** Refuses texts that are too long and related records that are too many or repeated. */
export function checkContent(given: Partial<Pick<InteractionContent, 'subject' | 'description' | 'relatedRecords'>>): void {
  checkText('input.subject', given.subject, { max: MAX_SUBJECT });
  checkText('input.description', given.description, { max: MAX_TEXT });
  const related = given.relatedRecords ?? [];
  if (related.length > MAX_RELATED) throw badInput('input.relatedRecords', `has more than ${MAX_RELATED} records`, { max: MAX_RELATED });
  for (const [i, { id }] of related.entries()) checkText(`input.relatedRecords.${i}.id`, id, { max: MAX_RELATED_ID, required: true });
  if (new Set(related.map(({ type, id }) => `${type} ${id}`)).size < related.length)
    throw badInput('input.relatedRecords', 'names a record twice');
}
