// Every change of a customer row passes here, so that none can be silent: the next version, `customer-updated` with the names of the changed
// fields, and `owner-changed` beside it, because many follow owners only.
import { changesOf, updateRow } from '@customer360/kernel/rows';
import type { Fact, Tx } from '@customer360/kernel/transact';
import { changedCustomNames, isCustomColumn } from '../custom-field/custom-field.ts';
import { fact, publicNames } from '../write.ts';
import { CustomerTable } from './customer.table.ts';
import type { Customer } from './customer.ts';

/** Writes what differs and tells of it; a change of nothing writes nothing. The caller publishes the state afterwards. */
export async function saveCustomer(tx: Tx, customer: Customer, wanted: Partial<Customer>): Promise<Customer> {
  const changes = changesOf(customer, wanted);
  if (Object.keys(changes).length === 0) return customer;
  const saved = await updateRow(tx, CustomerTable, customer, changes);
  tx.emit(...customerUpdated(customer, saved, changes));
  return saved;
}

/** Tells of a change: the names of what changed, and beside it a change of the owner. */
export function customerUpdated(before: Customer, saved: Customer, changes: object): Fact[] {
  const { id, version, status, ownerId } = saved;
  const updated = fact('customer-updated', id, {
    customerId: id,
    version,
    status,
    changed: [...publicNames(changes).filter((name) => !isCustomColumn(name)), ...changedCustomNames(before, saved)],
  });
  if (!('ownerId' in changes)) return [updated];
  return [updated, fact('owner-changed', id, { customerId: id, fromOwnerId: before.ownerId, toOwnerId: ownerId })];
}
