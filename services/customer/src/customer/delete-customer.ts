// Soft-delete a customer with its contacts, addresses, account, relationships and external ids, under one deletion id [Customer AC-3].
// Its children in the hierarchy keep their parent: they simply see none until a restore (docs/decisions).

import { randomUUID } from 'node:crypto';
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { expectVersion, type Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, fact, requireCustomer } from '../write.ts';
import { markChildren } from './cascade.ts';
import { CustomerTable } from './customer.table.ts';
import type { Customer } from './customer.ts';
import { publishCustomerState } from './customer-state.ts';
import { markExternalIds } from './external-id.ts';

/** Soft-deletes a live customer and everything below it. */
export async function deleteCustomer(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Customer | Problem> {
  const seen = await requireCustomer(ctx, id, 'id');
  return transact<Customer, Problem>(ctx, { lock: [seen.id] }, async (tx) => {
    const customer = await customerUnderLock(tx, seen.id, 'id');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    expectVersion('Customer', customer, expectedVersion);
    const deletionId = randomUUID();
    const deleted = await updateRow(tx, CustomerTable, customer, { deletedAt: tx.now, deletionId });
    const counts = await markChildren(tx, customer.id, deletionId, 'deleted');
    await markExternalIds(tx, customer.id, deletionId, true);
    tx.emit(fact('customer-deleted', customer.id, { customerId: customer.id, version: deleted.version, deletionId, ...counts }));
    await refreshMatchKeys(tx, [customer.id]);
    await publishCustomerState(tx, [customer.id]);
    return deleted;
  });
}
