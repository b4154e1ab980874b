// Duplicates in the graph: translation only.
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { list } from '@customer360/kernel/list';
import type { Resolvers } from '../generated/graphql.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { dismissDuplicate } from './dismiss-duplicate.ts';
import { duplicateList, pairsSeen } from './duplicate-candidate.table.ts';
import { DUPLICATE_STATES } from './duplicate-candidate.ts';
import { findDuplicates } from './find-duplicates.ts';
import { listModels } from './matching-model.table.ts';
import { promoteModel } from './promote-model.ts';

export const duplicateResolvers: Resolvers = {
  DuplicateState: enumOf(DUPLICATE_STATES),
  Query: {
    findDuplicates: (_, { input }, ctx) => findDuplicates(ctx, input),
    duplicateCandidates: (_, args, ctx) => list(ctx.db, duplicateList, pairsSeen(ctx.actor, args), args),
    matchingModels: (_, __, ctx) => listModels(ctx.db),
  },
  Mutation: {
    dismissDuplicate: (_, { a, b, reason }, ctx) => dismissDuplicate(ctx, a, b, reason),
    promoteMatchingModel: (_, { version }, ctx) => promoteModel(ctx, version),
  },
  DuplicateCandidate: {
    customer: (candidate, _, ctx) => (candidate.hidden ? null : ctx.loaders.customer.load(candidate.customerId)),
  },
  DuplicatePair: {
    textFlags,
    customer: (pair, _, ctx) => ctx.loaders.customer.load(pair.customerId),
    other: (pair, _, ctx) => ctx.loaders.customer.load(pair.otherCustomerId),
    dismissedBy: ({ dismissedByKind, dismissedById }) =>
      dismissedByKind && dismissedById ? { kind: dismissedByKind, id: dismissedById } : null,
  },
  DismissDuplicateResult: memberOf('DuplicatePair'),
};
