// Bring back a soft-deleted customer with exactly what its deletion took [Customer AC-3]; what was deleted before on its own stays deleted.
// An external id that somebody took meanwhile, or an erasure, stands in the way.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { mergeThatRetired } from '../merge/merge.table.ts';
import { fact } from '../write.ts';
import { restoreChildren } from './cascade.ts';
import { CustomerTable, customerIn, findCustomer } from './customer.table.ts';
import type { Customer } from './customer.ts';
import { publishCustomerState } from './customer-state.ts';
import { externalIdLock, externalIdTakenMeanwhile, restoreExternalIds } from './external-id.ts';

/** Restores a customer; one that lives is answered as it is. */
export async function restoreCustomer(ctx: Ctx, id: string): Promise<Customer | Problem> {
  const seen = await findCustomer(ctx, id, true);
  if (!seen) throw notFound('Customer', id);
  if (seen.id !== id) {
    const mergeId = (await mergeThatRetired(ctx.db, id))?.id ?? null;
    return problem('CustomerMerged', 'This customer was merged into another one: undo the merge with unmergeCustomers.', {
      survivorId: seen.id,
      mergeId,
    });
  }
  return transact<Customer, Problem>(ctx, { lock: [seen.id, ...externalIdLock(seen.externalId)] }, async (tx) => {
    const customer = await customerIn(tx, seen.id, true);
    if (!customer) throw notFound('Customer', id);
    if (customer.deletedAt === null) return customer;
    if (customer.mergedInto !== null) throw movedMeanwhile('Customer', id);
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    if (customer.status === 'deleted') {
      return problem('RestoreConflict', 'This customer was erased and cannot come back.', { field: 'status' });
    }
    const deletionId = customer.deletionId!;
    if (await externalIdTakenMeanwhile(tx, deletionId)) {
      return problem('RestoreConflict', 'Another customer took the external id meanwhile.', { field: 'externalId' });
    }
    const restored = await updateRow(tx, CustomerTable, customer, { deletedAt: null, deletionId: null });
    const counts = await restoreChildren(tx, customer.id, deletionId);
    await restoreExternalIds(tx, customer.id, deletionId);
    tx.emit(fact('customer-restored', customer.id, { customerId: customer.id, version: restored.version, deletionId, ...counts }));
    await refreshMatchKeys(tx, [customer.id]);
    await publishCustomerState(tx, [customer.id]);
    return restored;
  });
}
