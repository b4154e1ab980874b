// Add an address to a customer [Address]. A new default of its type sends the present one back [Address AC-1]; a first country lets national
// phone numbers be read.
import { newRow } from '@customer360/kernel/entity';
import type { Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { readLocalPhones } from '../contact/read-local-phones.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import type { Ctx } from '../loaders.ts';
import { type ChildNoun, createChild, fact } from '../write.ts';
import { AddressTable, addressList } from './address.table.ts';
import { type Address, type AddressFields, checkPosition } from './address.ts';
import { checkAddressFields, degrees } from './address-input.ts';
import { demoteDefault } from './demote-default.ts';

export const addressNoun: ChildNoun<Address> = { noun: 'Address', table: AddressTable, list: addressList };

export interface CreateAddressInput extends AddressFields {
  customerId: string;
  idempotencyKey?: string | null;
}

/** Creates an address. */
export async function createAddress(ctx: Ctx, input: CreateAddressInput): Promise<Address | Problem> {
  checkAddressFields(input);
  checkPosition(input.latitude, input.longitude);
  return createChild<Address>(ctx, addressNoun, input, async (tx, customer) => {
    if (input.isDefault) await demoteDefault(tx, customer.id, input.addressType, null);
    const address = await insertRow<Address>(tx, AddressTable, {
      ...newRow(tx.actor, tx.now),
      customerId: customer.id,
      originCustomerId: customer.id,
      addressType: input.addressType,
      isDefault: input.isDefault ?? false,
      streetLine1: input.streetLine1,
      streetLine2: input.streetLine2 ?? null,
      city: input.city,
      stateProvince: input.stateProvince ?? null,
      postalCode: input.postalCode ?? null,
      country: input.country,
      latitude: degrees(input.latitude),
      longitude: degrees(input.longitude),
      deletionId: null,
    });
    const { id, version, addressType, isDefault } = address;
    tx.emit(fact('address-created', customer.id, { addressId: id, customerId: customer.id, version, addressType, isDefault }));
    await readLocalPhones(tx, customer.id);
    await publishCustomerState(tx, [customer.id]);
    return address;
  });
}
