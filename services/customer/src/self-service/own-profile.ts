// Whose profile a portal user's call is about [WF-CM-003]: that of the customer in the token, or of the survivor it was merged into [WF-CM-002].
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { forbidden, type Problem } from '@customer360/kernel/problem';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Customer } from '../customer/customer.ts';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, requireCustomer } from '../write.ts';
import { isRevoked } from './portal-user.table.ts';

/** The customer that the caller is. */
export const ownCustomer = (ctx: Ctx): Promise<Customer> => requireCustomer(ctx, ctx.actor.customerId ?? '', 'customerId');

/** Changes the caller's own profile under its lock; refused where it is restricted, or the access was withdrawn since the sign-in. */
export async function changeOwnProfile<T>(
  ctx: Ctx,
  locks: readonly string[],
  work: (tx: Tx, customer: Customer) => Promise<T | Problem>,
): Promise<T | Problem> {
  const { id } = await ownCustomer(ctx);
  return transact<T, Problem>(ctx, { lock: [id, ...locks] }, async (tx) => {
    const customer = await customerUnderLock(tx, id, 'customerId');
    if (await isRevoked(tx, tx.actor.id, id)) throw forbidden('your access to the portal was withdrawn');
    return refuseRestricted(customer, tx.actor) ?? work(tx, customer);
  });
}
