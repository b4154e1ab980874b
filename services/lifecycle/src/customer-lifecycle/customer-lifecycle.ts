// [CustomerLifecycle] Where one customer stands, and what entering a stage means for its journey. Pure: the rules of movement are in
// transition-rule.ts, the sums of purchases are made by one SQL statement (purchase/recompute-purchase-metrics.ts).
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { badInput } from '@customer360/kernel/problem';
import { type LifecycleStage, STAGE } from '../lifecycle-stage/lifecycle-stage.ts';
import type { MilestoneType } from '../milestone/milestone.ts';
import type { Money } from '../money.ts';

/** The row; see CustomerLifecycle in the SDL. */
export interface CustomerLifecycle extends Row, CustomerChild {
  currentStageId: string;
  enteredStageAt: Date;
  previousStageId: string | null;
  /** YYYY-MM-DD in the installation's zone. */
  firstPurchaseDate: string | null;
  lastPurchaseDate: string | null;
  /** Decimal text in `revenueCurrency`. */
  totalRevenue: string;
  revenueCurrency: string;
  unconvertedRevenue: Money[];
  purchaseCount: number;
  /** Time of the newest financial event that the metrics count. */
  metricsAsOf: Date | null;
}

/** The row with its stages. */
export interface LifecycleWithStages extends CustomerLifecycle {
  currentStage: LifecycleStage;
  previousStage: LifecycleStage | null;
}

export const TRIGGERS = ['manual', 'rule', 'api', 'system'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * The milestone that a step makes: CHURN_SIGNAL on becoming At Risk, or on leaving (post_customer) from a customer stage without having been
 * At Risk; WIN_BACK on entering Won Back.
 */
export function milestoneOfStep(from: LifecycleStage | null, to: LifecycleStage): MilestoneType | undefined {
  if (to.id === STAGE.wonBack) return 'win_back';
  if (to.id === STAGE.atRisk) return 'churn_signal';
  const leaves = to.category === 'post_customer' && from?.category === 'customer' && from.id !== STAGE.atRisk;
  return leaves ? 'churn_signal' : undefined;
}

/** The stage that a caller named, by id or by name; exactly one of them. Throws BAD_USER_INPUT naming the field, undefined when there is none. */
export function chosenStage(
  stages: readonly LifecycleStage[],
  { toStageId, toStage }: { toStageId?: string | null; toStage?: string | null },
): LifecycleStage | undefined {
  if (toStageId != null && toStage != null) throw badInput('input.toStage', 'give either toStageId or toStage, not both');
  if (toStageId == null && toStage == null) throw badInput('input.toStageId', 'is required, unless toStage is given');
  const name = toStage?.trim().toLowerCase();
  return stages.find((stage) => (name === undefined ? stage.id === toStageId : stage.name.toLowerCase() === name));
}
