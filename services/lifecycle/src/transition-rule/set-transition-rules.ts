// [WF-LC-001] An administrator replaces the transition rules. They are checked when saved: every active stage must be reachable from where
// customers start. `dryRun` says what would change.
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { holdStages, listStages } from '../lifecycle-stage/lifecycle-stage.table.ts';
import { type LifecycleStage, MAX_STAGES, startStages } from '../lifecycle-stage/lifecycle-stage.ts';
import { countWithoutExit, listRules, TransitionRuleEntity, type TransitionRuleRow } from './transition-rule.table.ts';
import { unreachableStages } from './transition-rule.ts';

export interface SetTransitionRulesInput {
  rules: ReadonlyArray<{ fromStageId: string; toStageId: string; requiresOverride?: boolean | null }>;
  dryRun?: boolean | null;
}

/** What was changed, or would be. */
interface TransitionRulesSet {
  __typename: 'TransitionRulesSet';
  applied: boolean;
  rules: TransitionRuleRow[];
  added: number;
  removed: number;
  customersWithoutExit: number;
}

type UnreachableStages = Problem<'UnreachableStages', { stages: LifecycleStage[] }>;

const MAX_RULES = MAX_STAGES * (MAX_STAGES - 1);
const pair = (rule: { fromStageId: string; toStageId: string }): string => `${rule.fromStageId}>${rule.toStageId}`;

export async function setTransitionRules(ctx: RequestContext, input: SetTransitionRulesInput) {
  checkPairs(input.rules);
  return transact<TransitionRulesSet, UnreachableStages>(ctx, {}, async (tx) => {
    await holdStages(tx, 'exclusive');
    const stages = await listStages(tx);
    const ids = new Set(stages.map((stage) => stage.id));
    input.rules.forEach((rule, i) => {
      if (!ids.has(rule.fromStageId)) throw notFound('LifecycleStage', rule.fromStageId, `input.rules.${i}.fromStageId`);
      if (!ids.has(rule.toStageId)) throw notFound('LifecycleStage', rule.toStageId, `input.rules.${i}.toStageId`);
    });
    const before = new Map((await listRules(tx)).map((rule) => [pair(rule), rule]));
    const wanted = input.rules.map((rule): TransitionRuleRow => {
      const old = before.get(pair(rule));
      const requiresOverride = rule.requiresOverride ?? false;
      if (old?.requiresOverride === requiresOverride) return old;
      const { fromStageId, toStageId } = rule;
      return {
        id: crypto.randomUUID(),
        fromStageId,
        toStageId,
        requiresOverride,
        createdAt: tx.now,
        createdByKind: tx.actor.kind,
        createdById: tx.actor.id,
      };
    });
    const lost = unreachableStages(startStages(stages), stages, wanted);
    if (lost.length > 0) {
      const names = lost.map((stage) => stage.name).join(', ');
      return problem('UnreachableStages', `no path would lead to ${names}: add a rule or deactivate the stage first`, { stages: lost });
    }
    const kept = new Set(wanted.map(pair));
    const result = {
      __typename: 'TransitionRulesSet' as const,
      applied: !input.dryRun,
      rules: wanted,
      added: wanted.filter((rule) => !before.has(pair(rule))).length,
      removed: [...before.keys()].filter((key) => !kept.has(key)).length,
      customersWithoutExit: await countWithoutExit(tx, [...new Set(wanted.map((rule) => rule.fromStageId))]),
    };
    if (!input.dryRun) await replaceRules(tx, [...before.values()], wanted);
    return result;
  });
}

function checkPairs(rules: SetTransitionRulesInput['rules']): void {
  if (rules.length > MAX_RULES)
    throw badInput('input.rules', `has more than ${MAX_RULES} rules`, { limit: 'rules', max: MAX_RULES, asked: rules.length });
  const seen = new Set<string>();
  rules.forEach((rule, i) => {
    if (rule.fromStageId === rule.toStageId) throw badInput(`input.rules.${i}.toStageId`, 'is the stage that is left');
    if (seen.has(pair(rule))) throw badInput(`input.rules.${i}`, 'names a pair of stages twice');
    seen.add(pair(rule));
  });
}

async function replaceRules(tx: Tx, before: readonly TransitionRuleRow[], after: readonly TransitionRuleRow[]): Promise<void> {
  const kept = new Set(after.map((rule) => rule.id));
  const had = new Set(before.map((rule) => rule.id));
  const removed = before.filter((rule) => !kept.has(rule.id));
  const added = after.filter((rule) => !had.has(rule.id));
  if (removed.length > 0) {
    await tx.query('removeRules', sql`delete from transition_rule where id = any(${removed.map((rule) => rule.id)}::uuid[])`);
  }
  if (added.length > 0) await tx.manager.getRepository(TransitionRuleEntity).insert([...added]);
  for (const fromStageId of new Set([...removed, ...added].map((rule) => rule.fromStageId))) {
    const allowed = after
      .filter((rule) => rule.fromStageId === fromStageId)
      .map(({ toStageId, requiresOverride }) => ({ toStageId, requiresOverride }));
    tx.emit({ type: 'crm.lifecycle.transition-rules-changed.v1', key: fromStageId, data: { fromStageId, allowed } });
  }
}
