// [Sales to CRM: Deal closed] A manager has dealt with a refused stage change: it leaves the list of open ones.
import { requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, isProblem, notFound } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { findRefusal, type RefusalWithStages, refusalResolvedFact, StageRefusalEntity } from './stage-refusal.table.ts';

export async function resolveStageRefusal(ctx: RequestContext, id: string, expectedVersion: number) {
  const seen = await findRefusal(ctx.db, id);
  if (!seen) throw notFound('StageRefusal', id);
  const customer = await requireUnrestricted(ctx, seen.customerId, 'id');
  if (isProblem(customer)) return customer;
  return transact<RefusalWithStages>(ctx, { lock: [customer.id] }, async (tx) => {
    const refusal = (await findRefusal(tx, id))!;
    expectVersion('StageRefusal', refusal, expectedVersion);
    if (refusal.resolvedAt) return refusal;
    tx.emit(refusalResolvedFact(customer.id, id));
    return updateRow(tx, StageRefusalEntity, refusal, { resolvedAt: tx.now });
  });
}
