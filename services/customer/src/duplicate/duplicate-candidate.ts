// A pair of customers that may be one [Duplicate Detection]: open until a person merges them or says that they are two. Said once, it holds until one of
// the two changes in something that matching looks at.
import type { ActorKind } from '@customer360/kernel/actor';
import type { Reason } from './score.ts';

export const DUPLICATE_STATES = ['open', 'dismissed', 'merged'] as const;

export interface DuplicatePair {
  id: string;
  /** The lower of the two ids. */
  customerId: string;
  otherCustomerId: string;
  score: number;
  reasons: Reason[];
  modelVersion: string;
  state: (typeof DUPLICATE_STATES)[number];
  foundAt: Date;
  updatedAt: Date;
  dismissedAt: Date | null;
  dismissedByKind: ActorKind | null;
  dismissedById: string | null;
  dismissReason: string | null;
}

/** A pair has one order, whoever names it. */
export const ordered = (a: string, b: string): [string, string] => (a < b ? [a, b] : [b, a]);
