// [LifecycleHistory] One stage change; written once and never again [LifecycleHistory AC-1].
import type { ActorKind } from '@customer360/kernel/actor';
import type { Trigger } from '../customer-lifecycle/customer-lifecycle.ts';
import type { LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';

export interface LifecycleHistory {
  id: string;
  customerId: string;
  originCustomerId: string;
  fromStageId: string | null;
  toStageId: string;
  changedAt: Date;
  reason: string | null;
  trigger: Trigger;
  /** No rule allowed the step: an override permission was used. */
  override: boolean;
  createdAt: Date;
  createdByKind: ActorKind;
  createdById: string;
}

export interface HistoryWithStages extends LifecycleHistory {
  fromStage: LifecycleStage | null;
  toStage: LifecycleStage;
}
