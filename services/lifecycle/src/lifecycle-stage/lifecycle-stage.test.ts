// [LifecycleStage] The default stages, where customers start, and what a valid stage is.
import { expect, test } from '@jest/globals';
import {
  checkStageFields,
  closedDealStage,
  DEFAULT_STAGES,
  initialStage,
  type LifecycleStage,
  STAGE,
  startStages,
} from './lifecycle-stage.ts';

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
const without = (id: string) => stages.map((stage) => (stage.id === id ? { ...stage, isActive: false } : stage));

test('[LifecycleStage AC-1] the catalogue names seven default stages in this order', () => {
  expect(stages.map((stage) => [stage.name, stage.category])).toEqual([
    ['Lead', 'pre_customer'],
    ['Prospect', 'pre_customer'],
    ['Opportunity', 'pre_customer'],
    ['Customer', 'customer'],
    ['At Risk', 'customer'],
    ['Churned', 'post_customer'],
    ['Won Back', 'customer'],
  ]);
});

test('the first stage follows from the status: prospect and inactive start as Lead, active as Customer, churned as Churned', () => {
  expect(['prospect', 'inactive', 'active', 'churned'].map((status) => initialStage(stages, status)?.name)).toEqual([
    'Lead',
    'Lead',
    'Customer',
    'Churned',
  ]);
});

test('an import may name the first stage by name or id; an unknown name falls back to the status', () => {
  expect(initialStage(stages, 'prospect', ' opportunity ')?.name).toBe('Opportunity');
  expect(initialStage(stages, 'prospect', STAGE.atRisk)?.name).toBe('At Risk');
  expect(initialStage(stages, 'active', 'no such stage')?.name).toBe('Customer');
});

test('where a default stage was deactivated, the first active one of its category takes its place', () => {
  expect(initialStage(without(STAGE.lead), 'prospect')?.name).toBe('Prospect');
  expect(closedDealStage(without(STAGE.customer))?.name).toBe('At Risk');
  expect(initialStage(without(STAGE.churned), 'churned')?.name).toBe('Lead');
  expect(closedDealStage([])).toBeUndefined();
});

test('customers start in Lead, Customer or Churned', () => {
  expect(startStages(stages).map((stage) => stage.name)).toEqual(['Lead', 'Customer', 'Churned']);
});

test('a malformed stage is refused with the name of the field', () => {
  const refused = (input: object) => {
    try {
      checkStageFields(input);
      return undefined;
    } catch (error) {
      return (error as { extensions: { field: string } }).extensions.field;
    }
  };
  expect(refused({ name: 'x'.repeat(101) })).toBe('input.name');
  expect(refused({ name: '  ' })).toBe('input.name');
  expect(refused({ name: null })).toBe('input.name');
  expect(refused({ color: 'red' })).toBe('input.color');
  expect(refused({ description: 'x'.repeat(5_001) })).toBe('input.description');
  expect(refused({ isActive: null })).toBe('input.isActive');
  expect(refused({ name: 'Fine', color: null, description: null })).toBeUndefined();
});
