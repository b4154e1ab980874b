// The row and the fact of a new address, the same for one that a person enters and for one that a file brings.
import { newRow } from '@customer360/kernel/entity';
import type { Fact, Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import type { Address, AddressFields } from './address.ts';
import { newCoordinates } from './coordinates.ts';

/** The row, with the defaults of a new address. */
export function newAddress(tx: Pick<Tx, 'actor' | 'now'>, customerId: string, input: AddressFields): Address {
  return {
    ...newRow(tx.actor, tx.now),
    customerId,
    originCustomerId: customerId,
    addressType: input.addressType,
    isDefault: input.isDefault ?? false,
    streetLine1: input.streetLine1,
    streetLine2: input.streetLine2 ?? null,
    city: input.city,
    stateProvince: input.stateProvince ?? null,
    postalCode: input.postalCode ?? null,
    country: input.country,
    ...newCoordinates(input, tx.now),
    deletionId: null,
  };
}

/** Tells of the creation. */
export const addressCreated = ({ id, customerId, version, addressType, isDefault }: Address): Fact =>
  fact('address-created', customerId, { addressId: id, customerId, version, addressType, isDefault });
