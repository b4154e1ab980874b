// The owner of a customer is an active member of staff, or nobody: the pool [Inactive owner, WF-CM-001 step 5].
import { type Problem, problem } from '@customer360/kernel/problem';
import { isUuid } from '@customer360/kernel/scalars';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

/** Refuses an owner who is unknown, deleted or inactive. The row is share-locked, so that a deactivation waits for us. */
export async function refuseInactiveOwner(tx: Tx, ownerId: string): Promise<Problem<'InactiveOwner', { ownerId: string }> | undefined> {
  // A token's `sub` need not be a UUID; then it is nobody in this directory.
  const owner =
    isUuid(ownerId) &&
    (await tx.one('findActiveOwner', sql`select 1 from staff_member where id = ${ownerId} and active and deleted_at is null for share`));
  return owner
    ? undefined
    : problem('InactiveOwner', 'The owner is not an active member of staff; choose another, or null for the pool.', { ownerId });
}
