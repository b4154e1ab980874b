// Flagged texts in the graph: translation only.
import { PERSONAL_DATA_KINDS } from '@customer360/customer-data/personal-data';
import { enumOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { reviewTextFlag } from './review-text-flag.ts';
import { TEXT_FLAG_STATES, textFlagList } from './text-flag.table.ts';

/** The field of every noun with free texts: those of its texts that are flagged now. */
export const textFlags = (row: { readonly id: string }, _: unknown, ctx: Ctx) => ctx.loaders.textFlags.load(row.id);

export const textFlagResolvers: Resolvers = {
  PersonalDataKind: enumOf(PERSONAL_DATA_KINDS),
  TextFlagState: enumOf(TEXT_FLAG_STATES),
  Query: { textFlags: (_, args, ctx) => list(ctx, textFlagList, args) },
  Mutation: { reviewTextFlag: (_, { id }, ctx) => reviewTextFlag(ctx, id) },
  TextFlag: {
    customer: (row, _, ctx) => (row.customerId ? ctx.loaders.customer.load(row.customerId) : null),
    reviewedBy: (row) => row.reviewedByKind && { kind: row.reviewedByKind, id: row.reviewedById! },
  },
};
