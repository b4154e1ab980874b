// [WF-CM-002] Which of two stages a merged customer stands in. Pure: the writing is in fold-lifecycles.ts.
import type { LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';
import type { CustomerLifecycle } from './customer-lifecycle.ts';

/** What a fold changes of a lifecycle row; instants as ISO 8601 text, as they lie in JSON. */
export interface Standing {
  readonly currentStageId: string;
  readonly enteredStageAt: string;
  readonly previousStageId: string | null;
  readonly metricsAsOf: string | null;
}

export const standingOf = (
  row: Pick<CustomerLifecycle, 'currentStageId' | 'previousStageId'> & { enteredStageAt: Date | string; metricsAsOf: Date | string | null },
): Standing => ({
  currentStageId: row.currentStageId,
  enteredStageAt: new Date(row.enteredStageAt).toISOString(),
  previousStageId: row.previousStageId,
  metricsAsOf: row.metricsAsOf && new Date(row.metricsAsOf).toISOString(),
});

export const sameStanding = (a: Standing, b: Standing): boolean =>
  a.currentStageId === b.currentStageId &&
  a.enteredStageAt === b.enteredStageAt &&
  a.previousStageId === b.previousStageId &&
  a.metricsAsOf === b.metricsAsOf;

const RANK = { pre_customer: 0, post_customer: 1, customer: 2 } as const;

type Placed = Pick<LifecycleStage, 'category' | 'displayOrder'>;

/**
 * Has the retired identity come further than the survivor? A customer further than a former one, and that one further than a prospect; among
 * prospects the later stage. Otherwise the survivor's stage stays.
 */
export function comesFurther(retired: Placed, survivor: Placed): boolean {
  if (retired.category !== survivor.category) return RANK[retired.category] > RANK[survivor.category];
  return retired.category === 'pre_customer' && retired.displayOrder > survivor.displayOrder;
}

/** The later of two instants, as ISO text. */
export function laterOf(a: Date | string | null, b: Date | string | null): string | null {
  const [first, second] = [a && new Date(a).toISOString(), b && new Date(b).toISOString()];
  return !first || (second && second > first) ? second : first;
}
