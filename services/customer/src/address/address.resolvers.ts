// Address in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumValues, resultOf } from '../graphql-enum.ts';
import { type ListArgs, list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { addressList } from './address.table.ts';
import { ADDRESS_TYPES, type Address } from './address.ts';
import { deleteAddress, restoreAddress, updateAddress } from './change-address.ts';
import { createAddress } from './create-address.ts';

export const addressResolvers = {
  AddressType: enumValues(ADDRESS_TYPES),
  Query: {
    addresses: (_: unknown, args: ListArgs, ctx: Ctx) => list(ctx, addressList, args),
  },
  Mutation: {
    createAddress: (_: unknown, { input }: any, ctx: Ctx) => createAddress(ctx, input),
    updateAddress: (_: unknown, args: any, ctx: Ctx) => updateAddress(ctx, args.id, args.expectedVersion, args.input),
    deleteAddress: (_: unknown, args: any, ctx: Ctx) => deleteAddress(ctx, args.id, args.expectedVersion),
    restoreAddress: (_: unknown, args: any, ctx: Ctx) => restoreAddress(ctx, args.id),
  },
  Address: {
    customer: (row: Address, _: unknown, ctx: Ctx) => ctx.loaders.customer.load(row.customerId),
    createdBy,
  },
  CreateAddressResult: resultOf('Address'),
  UpdateAddressResult: resultOf('Address'),
  DeleteAddressResult: resultOf('Address'),
  RestoreAddressResult: resultOf('Address'),
};
