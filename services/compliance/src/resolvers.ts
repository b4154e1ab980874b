// Table of contents of the subgraph: the rooms' resolvers, joined type by type.
import { customerReference } from '@customer360/customer-data/directory';
import { auditResolvers } from './audit/audit.resolvers.ts';
import { consentResolvers } from './consent/consent.resolvers.ts';
import type { CustomerReference } from './context.ts';
import { deletionRequestResolvers } from './deletion-request/deletion-request.resolvers.ts';
import type { Resolvers } from './generated/graphql.ts';
import { legalHoldResolvers } from './legal-hold/legal-hold.resolvers.ts';
import { restrictionResolvers } from './restriction/restriction.resolvers.ts';

export const resolvers: Resolvers = {
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
    __resolveReference: ({ id }: CustomerReference, ctx) => customerReference(ctx, id),
    complianceRecords: ({ id }: CustomerReference, _: unknown, ctx) => ctx.loaders.records.load(id),
    ...consentResolvers.Customer,
    ...restrictionResolvers.Customer,
    ...deletionRequestResolvers.Customer,
    ...legalHoldResolvers.Customer,
  },
};
