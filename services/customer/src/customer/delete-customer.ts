// Soft-delete a customer with its contacts, addresses, account, relationships and external ids, under one deletion id [Customer AC-3].
// Its children in the hierarchy keep their parent: they simply see none until a restore (docs/decisions).
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { expectVersion, type Problem } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, requireCustomer } from '../write.ts';
import type { Customer } from './customer.ts';
import { deleteCustomers } from './delete-customers.ts';

/** Soft-deletes a live customer and everything below it. */
export async function deleteCustomer(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Customer | Problem> {
  const seen = await requireCustomer(ctx, id, 'id');
  return transact<Customer, Problem>(ctx, { lock: [seen.id] }, async (tx) => {
    const customer = await customerUnderLock(tx, seen.id, 'id');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    expectVersion('Customer', customer, expectedVersion);
    const [deleted] = await deleteCustomers(tx, [customer.id]);
    return deleted!;
  });
}
