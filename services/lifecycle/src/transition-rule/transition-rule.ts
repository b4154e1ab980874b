// [WF-LC-001] Which step between stages is allowed: pure rules over rules that are data. Stages cannot be skipped; a step that no rule allows
// is refused with the stages that are, and a backward one needs an override permission and a reason. [Backward stage movement]
import type { LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';
import { inOrder, STAGE } from '../lifecycle-stage/lifecycle-stage.ts';

/** One allowed step. */
export interface TransitionRule {
  readonly fromStageId: string;
  readonly toStageId: string;
  /** Only by override permission with a reason. */
  readonly requiresOverride: boolean;
}

const { lead, prospect, opportunity, customer, atRisk, churned, wonBack } = STAGE;

/** The catalogue's stage_transition_rules, exactly. */
export const DEFAULT_RULES: ReadonlyArray<readonly [from: string, to: readonly string[]]> = [
  [lead, [prospect, churned]],
  [prospect, [opportunity, lead, churned]],
  [opportunity, [customer, prospect, churned]],
  [customer, [atRisk, churned]],
  [atRisk, [customer, churned]],
  [churned, [wonBack]],
  [wonBack, [customer, churned]],
];

/** What the rules say about a step: `override` = possible with an override permission and a reason. */
export type Verdict = 'unchanged' | 'allowed' | 'override' | 'refused';

/** A step without a rule is an override if it goes backward in the order of the stages, and refused if it skips forward. */
export function judgeStep(from: LifecycleStage, to: LifecycleStage, rules: readonly TransitionRule[]): Verdict {
  if (from.id === to.id) return 'unchanged';
  const rule = rules.find((r) => r.fromStageId === from.id && r.toStageId === to.id);
  if (rule) return rule.requiresOverride ? 'override' : 'allowed';
  return to.displayOrder < from.displayOrder ? 'override' : 'refused';
}

/** Active stages that a rule leads to, in order, with what they need. */
export function exits(fromId: string, stages: readonly LifecycleStage[], rules: readonly TransitionRule[]) {
  const byId = new Map(stages.filter((s) => s.isActive && s.deletedAt === null).map((s) => [s.id, s]));
  return rules
    .filter((rule) => rule.fromStageId === fromId && byId.has(rule.toStageId))
    .map((rule) => ({ stage: byId.get(rule.toStageId)!, requiresOverride: rule.requiresOverride }))
    .sort((a, b) => inOrder(a.stage, b.stage));
}

/** Active stages that may be entered without override, in order. */
export const allowedStages = (fromId: string, stages: readonly LifecycleStage[], rules: readonly TransitionRule[]): LifecycleStage[] =>
  exits(fromId, stages, rules).flatMap((exit) => (exit.requiresOverride ? [] : [exit.stage]));

/**
 * The stages to walk through, `to` included, by rules that need no override: a shortest path, the earlier stages first among equals.
 * Empty when already there, undefined when there is none. Breadth first over at most 50 stages.
 */
export function shortestPath(
  fromId: string,
  toId: string,
  stages: readonly LifecycleStage[],
  rules: readonly TransitionRule[],
): LifecycleStage[] | undefined {
  const cameFrom = new Map<string, LifecycleStage[]>([[fromId, []]]);
  for (const [id, path] of cameFrom) {
    if (id === toId) return path;
    for (const next of allowedStages(id, stages, rules)) {
      if (!cameFrom.has(next.id)) cameFrom.set(next.id, [...path, next]);
    }
  }
  return undefined;
}

/** Active stages that no path leads to from where customers start; rules that need an override count as paths. */
export function unreachableStages(
  starts: readonly LifecycleStage[],
  stages: readonly LifecycleStage[],
  rules: readonly TransitionRule[],
): LifecycleStage[] {
  const reached = new Set(starts.map((stage) => stage.id));
  for (const id of reached) for (const exit of exits(id, stages, rules)) reached.add(exit.stage.id);
  return stages.filter((stage) => stage.isActive && stage.deletedAt === null && !reached.has(stage.id)).sort(inOrder);
}
