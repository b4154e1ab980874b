// Customer in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { badInput, isProblem, notFound, type Problem } from '@customer360/kernel/problem';
import { customFieldsOfCustomer } from '../custom-field/custom-field.resolvers.ts';
import { customerFilterFor } from '../custom-field/filter-customers.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { hierarchyFields } from '../hierarchy/hierarchy.resolvers.ts';
import { warningFields } from '../invoice/invoice.resolvers.ts';
import { list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { mayIncludeDeleted } from '../scope.ts';
import { tagFields } from '../tag/tag.resolvers.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { createCustomer } from './create-customer.ts';
import { customerList, type Found, findCustomer } from './customer.table.ts';
import { CUSTOMER_SOURCES, CUSTOMER_STATUSES, CUSTOMER_TYPES, type Customer } from './customer.ts';
import { deleteCustomer } from './delete-customer.ts';
import { restoreCustomer } from './restore-customer.ts';
import { updateCustomer } from './update-customer.ts';
import { WARNINGS, type WarningCode } from './warnings.ts';

const MAX_IDS = 200;

async function customer(ctx: Ctx, id: string, includeDeleted: boolean): Promise<Customer> {
  const found = mayIncludeDeleted(ctx.actor, includeDeleted) ? await findCustomer(ctx, id, true) : await ctx.loaders.customer.load(id);
  if (!found) throw notFound('Customer', id);
  return found;
}

function customersByIds(ctx: Ctx, ids: string[]) {
  if (ids.length > MAX_IDS)
    throw badInput('ids', `must be at most ${MAX_IDS}, not ${ids.length}`, { limit: 'ids', max: MAX_IDS, asked: ids.length });
  return Promise.all(ids.map((id) => ctx.loaders.customer.load(id)));
}

/** What a mutation answers, with the id it was asked for: a retired one is told by `redirectedFrom`. */
const asked = <R extends Customer | Problem>(askedId: string, answer: R): R => (isProblem(answer) ? answer : { ...answer, askedId });

export const customerResolvers: Resolvers = {
  CustomerType: enumOf(CUSTOMER_TYPES),
  CustomerStatus: enumOf(CUSTOMER_STATUSES),
  CustomerSource: enumOf(CUSTOMER_SOURCES),
  CustomerWarningCode: enumOf(Object.keys(WARNINGS) as WarningCode[]),
  Query: {
    customer: (_, args, ctx) => customer(ctx, args.id, args.includeDeleted),
    customersByIds: (_, args, ctx) => customersByIds(ctx, args.ids),
    customers: async (_, args, ctx) => list(ctx, { ...customerList, filter: await customerFilterFor(ctx.db, args.filter) }, args),
  },
  Mutation: {
    createCustomer: (_, { input }, ctx) => createCustomer(ctx, input),
    updateCustomer: async (_, args, ctx) => asked(args.id, await updateCustomer(ctx, args.id, args.expectedVersion, args.input)),
    deleteCustomer: async (_, args, ctx) => asked(args.id, await deleteCustomer(ctx, args.id, args.expectedVersion)),
    restoreCustomer: (_, args, ctx) => restoreCustomer(ctx, args.id),
  },
  Customer: {
    __resolveReference: (ref, ctx) => ctx.loaders.customer.load(ref.id),
    redirectedFrom: (c) => {
      const { askedId } = c as Partial<Found>;
      return askedId && askedId !== c.id ? askedId : null;
    },
    customerRecords: (c, _, ctx) => ctx.loaders.records.load(c.id),
    externalIds: (c, _, ctx) => ctx.loaders.externalIds.load(c.id),
    owner: (c, _, ctx) => (c.ownerId ? ctx.loaders.staff.load(c.ownerId) : null),
    parent: (c, _, ctx) => (c.parentId ? ctx.loaders.customer.load(c.parentId) : null),
    ancestors: (c, _, ctx) => ctx.loaders.ancestors.load(c.id),
    children: (c, args, ctx) => ctx.loaders.children(c.id, args),
    contacts: (c, args, ctx) => ctx.loaders.contacts(c.id, args),
    addresses: async (c, { first, addressType }, ctx) =>
      (await ctx.loaders.addresses(c.id, { first, filter: addressType && { addressType: { eq: addressType } } })).nodes,
    account: (c, _, ctx) => ctx.loaders.account.load(c.id),
    relationships: (c, args, ctx) => ctx.loaders.relationships(c.id, args),
    ...hierarchyFields,
    ...warningFields,
    ...tagFields,
    ...customFieldsOfCustomer,
    textFlags,
    createdBy,
  },
  CreateCustomerResult: memberOf('Customer'),
  UpdateCustomerResult: memberOf('Customer'),
  DeleteCustomerResult: memberOf('Customer'),
  RestoreCustomerResult: memberOf('Customer'),
};
