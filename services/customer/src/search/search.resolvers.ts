// The search box in the graph: translation only.
import { enumOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { SEARCH_FIELDS, searchCustomers } from './search-customers.ts';

export const searchResolvers: Resolvers = {
  SearchField: enumOf(SEARCH_FIELDS),
  Query: { searchCustomers: (_, { text, first }, ctx) => searchCustomers(ctx, text, first) },
};
