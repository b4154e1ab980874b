// [WF-LC-001] Where may this customer go next? The answer is for people who are about to choose, so it lists what the rules allow now.
import { customerReference } from '@customer360/customer-data/directory';
import { notFound } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { listStages } from '../lifecycle-stage/lifecycle-stage.table.ts';
import { listRules } from './transition-rule.table.ts';
import { exits } from './transition-rule.ts';

export async function allowedTransitions(ctx: Context, customerId: string) {
  const customer = await customerReference(ctx, customerId);
  const lifecycle = customer && (await ctx.loaders.lifecycle.load(customer.id));
  if (!lifecycle) throw notFound('Customer', customerId, 'customerId');
  return exits(lifecycle.currentStageId, await listStages(ctx.db), await listRules(ctx.db));
}
