// Address in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { addressList } from './address.table.ts';
import { ADDRESS_TYPES } from './address.ts';
import { deleteAddress, restoreAddress, updateAddress } from './change-address.ts';
import { COORDINATE_PRECISIONS } from './coordinates.ts';
import { createAddress } from './create-address.ts';

export const addressResolvers: Resolvers = {
  AddressType: enumOf(ADDRESS_TYPES),
  CoordinatePrecision: enumOf(COORDINATE_PRECISIONS),
  Query: {
    addresses: (_, args, ctx) => list(ctx, addressList, args),
  },
  Mutation: {
    createAddress: (_, { input }, ctx) => createAddress(ctx, input),
    updateAddress: (_, args, ctx) => updateAddress(ctx, args.id, args.expectedVersion, args.input),
    deleteAddress: (_, args, ctx) => deleteAddress(ctx, args.id, args.expectedVersion),
    restoreAddress: (_, args, ctx) => restoreAddress(ctx, args.id),
  },
  Address: {
    textFlags,
    customer: (row, _, ctx) => ctx.loaders.customer.load(row.customerId),
    createdBy,
  },
  CreateAddressResult: memberOf('Address'),
  UpdateAddressResult: memberOf('Address'),
  DeleteAddressResult: memberOf('Address'),
  RestoreAddressResult: memberOf('Address'),
};
