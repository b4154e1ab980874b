// [Journey] A milestone of a customer's journey, recorded by the system from facts or by hand. Three of them happen once in a customer's life.
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { badInput } from '@customer360/kernel/problem';

export const MILESTONE_TYPES = [
  'first_contact',
  'first_purchase',
  'onboarding_complete',
  'renewal',
  'upsell',
  'referral_made',
  'support_escalation',
  'churn_signal',
  'win_back',
] as const;
export type MilestoneType = (typeof MILESTONE_TYPES)[number];

/** Once per customer. */
export const ONCE_ONLY: readonly MilestoneType[] = ['first_contact', 'first_purchase', 'onboarding_complete'];

export interface Milestone extends Row, CustomerChild {
  milestoneType: MilestoneType;
  occurredAt: Date;
  details: object | null;
  /** What the system recorded it from, e.g. `case:42`; the same source never makes two. Null when recorded by hand. */
  sourceRef: string | null;
}

const CLOCK_SKEW_MS = 60_000;

/** Throws BAD_USER_INPUT for a time in the future; a minute of clock difference is forgiven. */
export function checkOccurredAt(field: string, occurredAt: Date | null | undefined, now: Date): void {
  if (occurredAt != null && occurredAt.getTime() > now.getTime() + CLOCK_SKEW_MS) throw badInput(field, 'must not be in the future');
}
