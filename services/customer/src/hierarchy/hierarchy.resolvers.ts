// The hierarchy in the graph: fields of `Customer`, translation only.
import { badInput } from '@customer360/kernel/problem';
import { MAX_DEPTH } from '../customer/customer.table.ts';
import type { Resolvers } from '../generated/graphql.ts';

export const hierarchyFields: NonNullable<Resolvers['Customer']> = {
  hierarchy(customer, { maxDepth, first, after }, ctx) {
    if (maxDepth < 1 || maxDepth > MAX_DEPTH)
      throw badInput('maxDepth', `must be from 1 to ${MAX_DEPTH}, not ${maxDepth}`, {
        limit: 'hierarchyDepth',
        max: MAX_DEPTH,
        asked: maxDepth,
      });
    return ctx.loaders.hierarchy(maxDepth)(customer.id, { first, after });
  },
  hierarchyTotals: async (customer, _, ctx) => (await ctx.loaders.totals.load(customer.id))!,
};

export const hierarchyResolvers: Resolvers = {
  HierarchyNode: { customer: (node) => node },
};
