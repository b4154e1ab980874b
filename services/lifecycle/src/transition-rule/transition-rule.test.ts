// [WF-LC-001] Which step is allowed, the shortest path, and what is out of reach; the path also against random graphs.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_STAGES, type LifecycleStage, STAGE, startStages } from '../lifecycle-stage/lifecycle-stage.ts';
import { allowedStages, DEFAULT_RULES, judgeStep, shortestPath, type TransitionRule, unreachableStages } from './transition-rule.ts';

const at = new Date('2026-01-01T00:00:00Z');
const row = {
  isActive: true,
  version: 1,
  createdAt: at,
  createdByKind: 'SYSTEM' as const,
  createdById: 'system',
  updatedAt: at,
  deletedAt: null,
};
const stages: LifecycleStage[] = DEFAULT_STAGES.map((stage, i) => ({ ...stage, ...row, displayOrder: i + 1 }));
const rules: TransitionRule[] = DEFAULT_RULES.flatMap(([fromStageId, to]) =>
  to.map((toStageId) => ({ fromStageId, toStageId, requiresOverride: false })),
);
const named = (name: string) => stages.find((stage) => stage.name === name)!;
const names = (path: readonly LifecycleStage[] | undefined) => path?.map((stage) => stage.name);

test('[WF-LC-001] the default rules are the catalogue’s, stage by stage', () => {
  const table = Object.fromEntries(stages.map((stage) => [stage.name, names(allowedStages(stage.id, stages, rules))]));
  expect(table).toEqual({
    Lead: ['Prospect', 'Churned'],
    Prospect: ['Lead', 'Opportunity', 'Churned'],
    Opportunity: ['Prospect', 'Customer', 'Churned'],
    Customer: ['At Risk', 'Churned'],
    'At Risk': ['Customer', 'Churned'],
    Churned: ['Won Back'],
    'Won Back': ['Customer', 'Churned'],
  });
});

test('[WF-LC-001] a rule allows, a skip is refused, the same stage is no change', () => {
  expect(judgeStep(named('Lead'), named('Prospect'), rules)).toBe('allowed');
  expect(judgeStep(named('Prospect'), named('Lead'), rules)).toBe('allowed');
  expect(judgeStep(named('Lead'), named('Customer'), rules)).toBe('refused');
  expect(judgeStep(named('Customer'), named('Customer'), rules)).toBe('unchanged');
});

test('[Backward stage movement] a step back that no rule allows takes an override', () => {
  expect(judgeStep(named('Customer'), named('Lead'), rules)).toBe('override');
  expect(judgeStep(named('Won Back'), named('At Risk'), rules)).toBe('override');
  const guarded = rules.map((rule) => ({ ...rule, requiresOverride: true }));
  expect(judgeStep(named('Lead'), named('Prospect'), guarded)).toBe('override');
});

test('[Sales to CRM: Deal closed] the shortest allowed path to Customer, from every stage', () => {
  const path = (from: string) => names(shortestPath(named(from).id, STAGE.customer, stages, rules));
  expect(path('Lead')).toEqual(['Prospect', 'Opportunity', 'Customer']);
  expect(path('Churned')).toEqual(['Won Back', 'Customer']);
  expect(path('At Risk')).toEqual(['Customer']);
  expect(path('Customer')).toEqual([]);
});

test('a path never uses an inactive stage or a rule that needs an override', () => {
  const closed = stages.map((stage) => (stage.name === 'Opportunity' ? { ...stage, isActive: false } : stage));
  expect(names(shortestPath(STAGE.lead, STAGE.customer, closed, rules))).toEqual(['Churned', 'Won Back', 'Customer']);
  expect(
    shortestPath(
      STAGE.lead,
      STAGE.customer,
      stages,
      rules.map((rule) => ({ ...rule, requiresOverride: true })),
    ),
  ).toBeUndefined();
});

test('[WF-LC-001] a stage that no path leads to is found', () => {
  expect(unreachableStages(startStages(stages), stages, rules)).toEqual([]);
  const cut = rules.filter((rule) => rule.toStageId !== STAGE.wonBack);
  expect(names(unreachableStages(startStages(stages), stages, cut))).toEqual(['Won Back']);
});

const graph = fc.integer({ min: 2, max: 12 }).chain((n) =>
  fc.record({
    stages: fc.array(fc.boolean(), { minLength: n, maxLength: n }).map((active) =>
      active.map(
        (isActive, i): LifecycleStage => ({
          ...row,
          id: `s${i}`,
          name: `S${i}`,
          displayOrder: i % 5,
          category: 'customer',
          color: null,
          description: null,
          isActive,
        }),
      ),
    ),
    rules: fc.uniqueArray(
      fc.record({ from: fc.nat(n - 1), to: fc.nat(n - 1), requiresOverride: fc.boolean() }).filter(({ from, to }) => from !== to),
      { selector: ({ from, to }) => `${from}>${to}`, maxLength: 40 },
    ),
    from: fc.nat(n - 1),
    to: fc.nat(n - 1),
  }),
);

test('property: a path is made of allowed steps, visits no stage twice, and none is shorter', () => {
  fc.assert(
    fc.property(graph, ({ stages, rules: edges, from, to }) => {
      const rules = edges.map((edge) => ({
        fromStageId: `s${edge.from}`,
        toStageId: `s${edge.to}`,
        requiresOverride: edge.requiresOverride,
      }));
      const path = shortestPath(`s${from}`, `s${to}`, stages, rules);
      // Distances by relaxation, an algorithm of its own.
      const distance = new Map<string, number>([[`s${from}`, 0]]);
      for (let round = 0; round < stages.length; round++) {
        for (const rule of rules) {
          const before = distance.get(rule.fromStageId);
          if (before === undefined || rule.requiresOverride || !stages.find((s) => s.id === rule.toStageId)!.isActive) continue;
          if (before + 1 < (distance.get(rule.toStageId) ?? Number.POSITIVE_INFINITY)) distance.set(rule.toStageId, before + 1);
        }
      }
      expect(path?.length).toBe(distance.get(`s${to}`));
      if (!path) return;
      expect(new Set(path.map((stage) => stage.id)).size).toBe(path.length);
      path.forEach((stage, i) => {
        const before = i === 0 ? `s${from}` : path[i - 1]!.id;
        expect(rules.some((rule) => rule.fromStageId === before && rule.toStageId === stage.id && !rule.requiresOverride)).toBe(true);
      });
    }),
  );
});
