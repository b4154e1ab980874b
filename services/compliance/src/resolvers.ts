// Table of contents of the subgraph: the rooms' resolvers, joined type by type.
import { customerReference } from '@customer360/customer-data/directory';
import { auditResolvers } from './audit/audit.resolvers.ts';
import { consentResolvers } from './consent/consent.resolvers.ts';
import type { Context } from './context.ts';
import { deletionRequestResolvers } from './deletion-request/deletion-request.resolvers.ts';
import { legalHoldResolvers } from './legal-hold/legal-hold.resolvers.ts';
import { restrictionResolvers } from './restriction/restriction.resolvers.ts';

export const resolvers = {
  ...auditResolvers,
  ...consentResolvers,
  ...deletionRequestResolvers,
  ...legalHoldResolvers,
  ...restrictionResolvers,
  Query: {
    ...auditResolvers.Query,
    ...consentResolvers.Query,
    ...deletionRequestResolvers.Query,
  },
  Mutation: {
    ...consentResolvers.Mutation,
    ...restrictionResolvers.Mutation,
    ...deletionRequestResolvers.Mutation,
    ...legalHoldResolvers.Mutation,
  },
  Customer: {
    __resolveReference: ({ id }: { id: string }, ctx: Context) => customerReference(ctx, id),
    ...consentResolvers.Customer,
    ...restrictionResolvers.Customer,
    ...deletionRequestResolvers.Customer,
    ...legalHoldResolvers.Customer,
  },
};
