// Relationship in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { deleteRelationship, endRelationship, restoreRelationship, updateRelationship } from './change-relationship.ts';
import { createRelationship } from './create-relationship.ts';
import { relationshipList } from './relationship.table.ts';
import { RELATIONSHIP_TYPES } from './relationship.ts';

export const relationshipResolvers: Resolvers = {
  RelationshipType: enumOf(RELATIONSHIP_TYPES),
  Query: {
    relationships: (_, args, ctx) => list(ctx, relationshipList, args),
  },
  Mutation: {
    createRelationship: (_, { input }, ctx) => createRelationship(ctx, input),
    updateRelationship: (_, args, ctx) => updateRelationship(ctx, args.id, args.expectedVersion, args.input),
    endRelationship: (_, args, ctx) => endRelationship(ctx, args.id, args.endDate ?? null, args.expectedVersion),
    deleteRelationship: (_, args, ctx) => deleteRelationship(ctx, args.id, args.expectedVersion),
    restoreRelationship: (_, args, ctx) => restoreRelationship(ctx, args.id),
  },
  Relationship: {
    from: (row, _, ctx) => ctx.loaders.customer.load(row.fromCustomerId),
    to: (row, _, ctx) => ctx.loaders.customer.load(row.toCustomerId),
    textFlags,
    createdBy,
  },
  CreateRelationshipResult: memberOf('Relationship'),
  UpdateRelationshipResult: memberOf('Relationship'),
  EndRelationshipResult: memberOf('Relationship'),
  DeleteRelationshipResult: memberOf('Relationship'),
  RestoreRelationshipResult: memberOf('Relationship'),
};
