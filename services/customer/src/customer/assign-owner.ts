// Give many customers another owner, set-based: one statement for the rows, and for each customer the same facts and state record that one change
// makes [Customer.owner]. Used by the hand-over of an inactive owner's customers and by bulk assignment.
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import { publishCustomerState } from './customer-state.ts';

/** Assigns these living customers; answers those that had another owner. The caller holds their locks and has checked the new owner. */
export async function assignOwner(tx: Tx, customerIds: readonly string[], ownerId: string | null): Promise<string[]> {
  const changed = await tx.query<{ id: string; version: number; status: string; fromOwnerId: string | null }>(
    'assignOwner',
    sql`update customer c set owner_id = ${ownerId}, version = c.version + 1, updated_at = ${tx.now}
        where c.id = any(${[...customerIds]}::uuid[]) and c.deleted_at is null and c.owner_id is distinct from ${ownerId}::uuid
        returning c.id, c.version, c.status, old.owner_id as "fromOwnerId"`,
  );
  for (const { id, version, status, fromOwnerId } of changed) {
    tx.emit(
      fact('customer-updated', id, { customerId: id, version, status, changed: ['ownerId'] }),
      fact('owner-changed', id, { customerId: id, fromOwnerId, toOwnerId: ownerId }),
    );
  }
  const ids = changed.map(({ id }) => id);
  if (ids.length > 0) await publishCustomerState(tx, ids);
  return ids;
}
