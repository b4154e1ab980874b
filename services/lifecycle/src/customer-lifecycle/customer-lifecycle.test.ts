// What a step means for the journey, and how a caller names a stage.
import { expect, test } from '@jest/globals';
import { DEFAULT_STAGES, type LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';
import { chosenStage, milestoneOfStep } from './customer-lifecycle.ts';

const at = new Date('2026-01-01T00:00:00Z');
const stages: LifecycleStage[] = DEFAULT_STAGES.map((stage, i) => ({
  ...stage,
  displayOrder: i + 1,
  isActive: true,
  version: 1,
  createdAt: at,
  createdByKind: 'SYSTEM',
  createdById: 'system',
  updatedAt: at,
  deletedAt: null,
}));
const named = (name: string) => stages.find((stage) => stage.name === name)!;

test('becoming At Risk, or leaving without having been, is a churn signal; coming back is a win-back', () => {
  expect(milestoneOfStep(named('Customer'), named('At Risk'))).toBe('churn_signal');
  expect(milestoneOfStep(named('Customer'), named('Churned'))).toBe('churn_signal');
  expect(milestoneOfStep(named('At Risk'), named('Churned'))).toBeUndefined();
  expect(milestoneOfStep(named('Lead'), named('Churned'))).toBeUndefined();
  expect(milestoneOfStep(named('Churned'), named('Won Back'))).toBe('win_back');
  expect(milestoneOfStep(null, named('Churned'))).toBeUndefined();
});

test('the new stage is named by id or by name, exactly one of them', () => {
  expect(chosenStage(stages, { toStage: ' at risk ' })).toBe(named('At Risk'));
  expect(chosenStage(stages, { toStageId: named('Lead').id })).toBe(named('Lead'));
  expect(() => chosenStage(stages, {})).toThrow('input.toStageId');
  expect(() => chosenStage(stages, { toStage: 'Lead', toStageId: named('Lead').id })).toThrow('input.toStage');
});
