// [Sales to CRM: Deal closed] A manager has dealt with a refused stage change: it leaves the list of open ones.
import { refuseRestricted, requireCustomer } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { expectVersion, isProblem, notFound } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import { findRefusal, type RefusalWithStages, refusalResolvedFact, StageRefusalEntity } from './stage-refusal.table.ts';

export async function resolveStageRefusal(ctx: RequestContext, id: string, expectedVersion: number) {
  const seen = await findRefusal(ctx.db, id);
  if (!seen) throw notFound('StageRefusal', id);
  const customer = await requireCustomer(ctx, seen.customerId, 'id');
  if (isProblem(customer)) return customer;
  const restricted = refuseRestricted(customer, ctx.actor);
  if (restricted) return restricted;
  return transact<RefusalWithStages>(ctx, { lock: [customer.id] }, async (tx) => {
    const refusal = (await findRefusal(tx, id))!;
    expectVersion('StageRefusal', refusal, expectedVersion);
    if (refusal.resolvedAt) return refusal;
    const change = { resolvedAt: tx.now, updatedAt: tx.now, version: refusal.version + 1 };
    await tx.manager.getRepository(StageRefusalEntity).update({ id }, change);
    tx.emit(refusalResolvedFact(customer.id, id));
    return { ...refusal, ...change };
  });
}
