// Add an address to a customer [Address]. A new default of its type sends the present one back [Address AC-1]; a first country lets national
// phone numbers be read.
import type { Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { readLocalPhones } from '../contact/read-local-phones.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import type { Ctx } from '../loaders.ts';
import { type ChildNoun, createChild } from '../write.ts';
import { AddressTable, addressList } from './address.table.ts';
import { type Address, type AddressFields, checkPosition } from './address.ts';
import { checkAddressFields } from './address-input.ts';
import { demoteDefault } from './demote-default.ts';
import { addressCreated, newAddress } from './new-address.ts';

export const addressNoun: ChildNoun<Address> = { noun: 'Address', table: AddressTable, list: addressList };

export interface CreateAddressInput extends AddressFields {
  customerId: string;
  idempotencyKey?: string | null;
}

/** Creates an address. */
export async function createAddress(ctx: Ctx, input: CreateAddressInput): Promise<Address | Problem> {
  checkAddressFields(input);
  checkPosition(input.latitude, input.longitude);
  return createChild<Address>(ctx, addressNoun, input, (tx, customer) => addAddress(tx, customer.id, input));
}

/** Adds a checked address in an open transaction, and tells of it. */
export async function addAddress(tx: Tx, customerId: string, input: AddressFields): Promise<Address> {
  if (input.isDefault) await demoteDefault(tx, customerId, input.addressType, null);
  const address = await insertRow(tx, AddressTable, newAddress(tx, customerId, input));
  tx.emit(addressCreated(address));
  await readLocalPhones(tx, customerId);
  await refreshMatchKeys(tx, [customerId]);
  await publishCustomerState(tx, [customerId]);
  return address;
}
