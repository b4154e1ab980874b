// Every verb that changes what matching looks at (customer, account, contact, address, delete, restore, merge) calls this before its transaction ends, so
// that the next caller finds the customer under its new keys. Set-based: one read and one write, however many customers.
import type { Tx } from '@customer360/kernel/transact';
import { writeMatchKeys } from './match-key.table.ts';
import { readProfiles } from './subject.table.ts';

/** Brings the keys of these customers in step with their rows. */
export async function refreshMatchKeys(tx: Pick<Tx, 'query'>, customerIds: readonly string[]): Promise<void> {
  await writeMatchKeys(tx, await readProfiles(tx, customerIds, { restricted: true }));
}
