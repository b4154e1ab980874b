// Customer in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { badInput, notFound } from '@customer360/kernel/problem';
import { enumValues, resultOf } from '../graphql-enum.ts';
import { type ListArgs, list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { mayIncludeDeleted } from '../scope.ts';
import { createCustomer } from './create-customer.ts';
import { customerList, findCustomer } from './customer.table.ts';
import { CUSTOMER_SOURCES, CUSTOMER_STATUSES, CUSTOMER_TYPES, type Customer } from './customer.ts';
import { deleteCustomer } from './delete-customer.ts';
import type { Candidate } from './find-duplicates.ts';
import { restoreCustomer } from './restore-customer.ts';
import { updateCustomer } from './update-customer.ts';

const MAX_IDS = 200;

async function customer(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Customer> {
  const found = mayIncludeDeleted(ctx.actor, includeDeleted) ? await findCustomer(ctx, id, true) : await ctx.loaders.customer.load(id);
  if (!found) throw notFound('Customer', id);
  return found;
}

function customersByIds(ctx: Ctx, ids: string[]) {
  if (ids.length > MAX_IDS)
    throw badInput('ids', `must be at most ${MAX_IDS}, not ${ids.length}`, { limit: 'ids', max: MAX_IDS, asked: ids.length });
  return ctx.loaders.customer.loadMany(ids);
}

export const customerResolvers = {
  CustomerType: enumValues(CUSTOMER_TYPES),
  CustomerStatus: enumValues(CUSTOMER_STATUSES),
  CustomerSource: enumValues(CUSTOMER_SOURCES),
  Query: {
    customer: (_: unknown, args: any, ctx: Ctx) => customer(ctx, args.id, args.includeDeleted),
    customersByIds: (_: unknown, args: any, ctx: Ctx) => customersByIds(ctx, args.ids),
    customers: (_: unknown, args: ListArgs, ctx: Ctx) => list(ctx, customerList, args),
  },
  Mutation: {
    createCustomer: (_: unknown, { input }: any, ctx: Ctx) => createCustomer(ctx, input),
    updateCustomer: (_: unknown, args: any, ctx: Ctx) => updateCustomer(ctx, args.id, args.expectedVersion, args.input),
    deleteCustomer: (_: unknown, args: any, ctx: Ctx) => deleteCustomer(ctx, args.id, args.expectedVersion),
    restoreCustomer: (_: unknown, args: any, ctx: Ctx) => restoreCustomer(ctx, args.id),
  },
  Customer: {
    __resolveReference: (ref: { id: string }, ctx: Ctx) => ctx.loaders.customer.load(ref.id),
    owner: (c: Customer, _: unknown, ctx: Ctx) => c.ownerId && ctx.loaders.staff.load(c.ownerId),
    parent: (c: Customer, _: unknown, ctx: Ctx) => c.parentId && ctx.loaders.customer.load(c.parentId),
    ancestors: (c: Customer, _: unknown, ctx: Ctx) => ctx.loaders.ancestors.load(c.id),
    children: (c: Customer, args: any, ctx: Ctx) => ctx.loaders.children(c.id, args),
    contacts: (c: Customer, args: any, ctx: Ctx) => ctx.loaders.contacts(c.id, args),
    addresses: async (c: Customer, { first, addressType }: any, ctx: Ctx) =>
      (await ctx.loaders.addresses(c.id, { first, filter: addressType && { addressType: { eq: addressType } } })).nodes,
    account: (c: Customer, _: unknown, ctx: Ctx) => ctx.loaders.account.load(c.id),
    relationships: (c: Customer, args: any, ctx: Ctx) => ctx.loaders.relationships(c.id, args),
    createdBy,
  },
  DuplicateCandidate: {
    customer: (candidate: Candidate, _: unknown, ctx: Ctx) => (candidate.hidden ? null : ctx.loaders.customer.load(candidate.customerId)),
  },
  CreateCustomerResult: resultOf('Customer'),
  UpdateCustomerResult: resultOf('Customer'),
  DeleteCustomerResult: resultOf('Customer'),
  RestoreCustomerResult: resultOf('Customer'),
};
