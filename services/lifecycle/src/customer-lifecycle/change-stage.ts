// [WF-LC-001] A person or an integration moves a customer to another stage: one step, judged by the rules as they are now, backward only with
// an override permission and a reason [Backward stage movement]. `dryRun` says what would happen and writes nothing.
import { requireUnrestricted } from '@customer360/customer-data/directory';
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, checkText, expectVersion, forbidden, isProblem, notFound, problem } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import { holdStages, listStages } from '../lifecycle-stage/lifecycle-stage.table.ts';
import type { LifecycleStage } from '../lifecycle-stage/lifecycle-stage.ts';
import type { MilestoneType } from '../milestone/milestone.ts';
import { listRules } from '../transition-rule/transition-rule.table.ts';
import { allowedStages, judgeStep, type TransitionRule } from '../transition-rule/transition-rule.ts';
import { findLifecycle } from './customer-lifecycle.table.ts';
import { chosenStage, type LifecycleWithStages, milestoneOfStep, type Trigger } from './customer-lifecycle.ts';
import { moveStages } from './move-stages.ts';

export interface ChangeStageInput {
  customerId: string;
  toStageId?: string | null;
  toStage?: string | null;
  reason?: string | null;
  override?: boolean | null;
  dryRun?: boolean | null;
  expectedVersion?: number | null;
}

type Changed = LifecycleWithStages & { __typename: 'CustomerLifecycle' };

interface Preview {
  __typename: 'StageChangePreview';
  customerId: string;
  fromStage: LifecycleStage;
  toStage: LifecycleStage;
  trigger: Trigger;
  override: boolean;
  milestones: MilestoneType[];
}

type Refusal = NonNullable<ReturnType<typeof refuseStep>>;

export async function changeStage(ctx: RequestContext, input: ChangeStageInput) {
  checkText('input.reason', input.reason, { max: 500 });
  checkText('input.toStage', input.toStage, { max: 100 });
  chosenStage([], input);
  if (input.override) checkOverride(ctx.actor, input.reason);
  const customer = await requireUnrestricted(ctx, input.customerId, 'input.customerId');
  if (isProblem(customer)) return customer;

  return transact<Changed | Preview, Refusal>(ctx, { lock: [customer.id] }, async (tx) => {
    await holdStages(tx, 'shared');
    const lifecycle = await findLifecycle(tx, customer.id);
    if (!lifecycle) throw notFound('CustomerLifecycle', customer.id, 'input.customerId');
    expectVersion('CustomerLifecycle', lifecycle, input.expectedVersion);
    const stages = await listStages(tx);
    const rules = await listRules(tx);
    const to = chosenStage(stages, input);
    if (!to)
      throw input.toStageId ? notFound('LifecycleStage', input.toStageId, 'input.toStageId') : badInput('input.toStage', 'is not a stage');
    const refused = refuseStep(lifecycle.currentStage, to, stages, rules, input.override === true);
    if (refused) return refused;

    const trigger = ctx.actor.kind === 'STAFF' ? ('manual' as const) : ('api' as const);
    const override = judgeStep(lifecycle.currentStage, to, rules) === 'override';
    if (input.dryRun) {
      const milestone = milestoneOfStep(lifecycle.currentStage, to);
      return {
        __typename: 'StageChangePreview' as const,
        customerId: customer.id,
        fromStage: lifecycle.currentStage,
        toStage: to,
        trigger,
        override,
        milestones: milestone ? [milestone] : [],
      };
    }
    await moveStages(tx, [{ lifecycle, path: [to], trigger, reason: input.reason ?? null, override }]);
    return { __typename: 'CustomerLifecycle' as const, ...(await findLifecycle(tx, customer.id))! };
  });
}

function checkOverride(actor: Actor, reason: string | null | undefined): void {
  if (!hasRole(actor, 'admin', 'sales_manager')) {
    throw forbidden('input.override: overriding the rules takes an admin or a sales manager', { field: 'input.override' });
  }
  checkText('input.reason', reason, { max: 500, required: true });
}

function refuseStep(
  from: LifecycleStage,
  to: LifecycleStage,
  stages: readonly LifecycleStage[],
  rules: readonly TransitionRule[],
  override: boolean,
) {
  const verdict = judgeStep(from, to, rules);
  if (verdict === 'unchanged') return problem('StageUnchanged', `the customer is in stage ${to.name} already`, { stage: to });
  if (!to.isActive) return problem('StageInactive', `stage ${to.name} is deactivated`, { stage: to });
  const allowed = allowedStages(from.id, stages, rules);
  const names = allowed.map((stage) => stage.name).join(', ') || 'none';
  if (verdict === 'refused') {
    return problem('TransitionNotAllowed', `stages cannot be skipped: ${from.name} may be followed by ${names}, not by ${to.name}`, {
      from,
      to,
      allowed,
    });
  }
  if (verdict === 'override' && !override) {
    const message = `from ${from.name} to ${to.name} takes override: true by an admin or sales manager, with a reason; allowed without: ${names}`;
    return problem('OverrideRequired', message, { from, to, allowed });
  }
  return undefined;
}
