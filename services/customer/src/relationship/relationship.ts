// A dated relationship between two customers [Relationship]. `parent_child` and `customer.parent_id` are one truth, kept by set-parent.ts.
import type { Row } from '@customer360/kernel/entity';
import { badInput, type Problem, problem } from '@customer360/kernel/problem';

export const RELATIONSHIP_TYPES = ['parent_child', 'partner', 'referral', 'reseller', 'subsidiary'] as const;

export interface Relationship extends Row {
  fromCustomerId: string;
  originFromCustomerId: string;
  toCustomerId: string;
  originToCustomerId: string;
  relationshipType: (typeof RELATIONSHIP_TYPES)[number];
  notes: string | null;
  startDate: string | null;
  /** Exclusive; null while it lasts. */
  endDate: string | null;
  deletionId: string | null;
}

export const MAX_NOTES = 10_000;

/** A customer cannot relate to itself [Relationship AC-1]. */
export function refuseSelf(fromCustomerId: string, toCustomerId: string): Problem<'SelfRelationship', { customerId: string }> | undefined {
  if (fromCustomerId !== toCustomerId) return undefined;
  return problem('SelfRelationship', 'A customer cannot relate to itself.', { customerId: fromCustomerId });
}

/** The last day does not come before the first. */
export function checkDays(startDate: string | null | undefined, endDate: string | null | undefined, field = 'input.endDate'): void {
  if (startDate && endDate && endDate < startDate) throw badInput(field, 'lies before the start date');
}

/** The loop that a move would make, from the moved customer up through `ancestors` (the new parent first), or undefined. */
export function loopOf(customerId: string, ancestors: readonly string[]): string[] | undefined {
  const at = ancestors.indexOf(customerId);
  return at === -1 ? undefined : [customerId, ...ancestors.slice(0, at + 1)];
}

/** The UTC day of an instant. */
export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);
