// Update, soft-delete and restore an address. Becoming the default of its type, or moving to another type as a default, sends the present one
// back [Address AC-1]; a restored address comes back as not the default where another one is by now.
import type { Problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { readLocalPhones } from '../contact/read-local-phones.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { type Changes, changeChild, fact, publicNames } from '../write.ts';
import { AddressTable } from './address.table.ts';
import { type Address, type AddressFields, checkPosition } from './address.ts';
import { checkAddressFields } from './address-input.ts';
import { coordinatesAfter, degrees } from './coordinates.ts';
import { addressNoun } from './create-address.ts';
import { demoteDefault, hasDefault } from './demote-default.ts';

/** Changes an address at the expected version. */
export async function updateAddress(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: Changes<AddressFields>,
): Promise<Address | Problem> {
  checkAddressFields(input);
  return changeChild<Address>(ctx, addressNoun, id, { expectedVersion }, (tx, address) => writeAddress(tx, address, input));
}

/** Writes checked changes in an open transaction, and tells of them; the same address where nothing differs. */
export async function writeAddress(tx: Tx, address: Address, input: Changes<AddressFields>): Promise<Address> {
  const wanted = { ...input } as Partial<Address>;
  if (input.isDefault === null) wanted.isDefault = false;
  if (input.latitude !== undefined) wanted.latitude = degrees(input.latitude);
  if (input.longitude !== undefined) wanted.longitude = degrees(input.longitude);
  const changes = changesOf(address, wanted);
  if (Object.keys(changes).length === 0) return address;
  const next = { ...address, ...changes };
  // What was looked up does not complete what somebody says by halves.
  const said = address.coordinatePrecision === 'provided' ? next : wanted;
  checkPosition(said.latitude, said.longitude);
  if (next.isDefault && ('isDefault' in changes || 'addressType' in changes))
    await demoteDefault(tx, address.customerId, next.addressType, address.id);
  const written = { ...changes, ...changesOf(address, coordinatesAfter(address, changes, tx.now)) };
  const saved = await updateRow(tx, AddressTable, address, written);
  tx.emit(fact('address-updated', saved.customerId, { ...ids(saved), changed: publicNames(written) }));
  if ('country' in changes) await readLocalPhones(tx, saved.customerId);
  await refreshMatchKeys(tx, [saved.customerId]);
  await publishCustomerState(tx, [saved.customerId]);
  return saved;
}

const ids = ({ id, customerId, version }: Address) => ({ addressId: id, customerId, version });

/** Soft-deletes an address. */
export const deleteAddress = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Address | Problem> =>
  changeChild<Address>(ctx, addressNoun, id, { expectedVersion }, (tx, address) =>
    mark(tx, address, { deletedAt: tx.now }, 'address-deleted'),
  );

/** Brings an address back. */
export const restoreAddress = (ctx: Ctx, id: string): Promise<Address | Problem> =>
  changeChild<Address>(ctx, addressNoun, id, { deleted: true }, async (tx, address) => {
    const isDefault = address.isDefault && !(await hasDefault(tx, address.customerId, address.addressType));
    return mark(tx, address, { deletedAt: null, deletionId: null, isDefault }, 'address-restored');
  });

async function mark(tx: Tx, address: Address, changes: Partial<Address>, name: string): Promise<Address> {
  const saved = await updateRow(tx, AddressTable, address, changes);
  tx.emit(fact(name, saved.customerId, { ...ids(saved), deletionId: null }));
  await refreshMatchKeys(tx, [saved.customerId]);
  await publishCustomerState(tx, [saved.customerId]);
  return saved;
}
