// Relationship in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumValues, resultOf } from '../graphql-enum.ts';
import { type ListArgs, list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { deleteRelationship, endRelationship, restoreRelationship, updateRelationship } from './change-relationship.ts';
import { createRelationship } from './create-relationship.ts';
import { relationshipList } from './relationship.table.ts';
import { RELATIONSHIP_TYPES, type Relationship } from './relationship.ts';

export const relationshipResolvers = {
  RelationshipType: enumValues(RELATIONSHIP_TYPES),
  Query: {
    relationships: (_: unknown, args: ListArgs, ctx: Ctx) => list(ctx, relationshipList, args),
  },
  Mutation: {
    createRelationship: (_: unknown, { input }: any, ctx: Ctx) => createRelationship(ctx, input),
    updateRelationship: (_: unknown, args: any, ctx: Ctx) => updateRelationship(ctx, args.id, args.expectedVersion, args.input),
    endRelationship: (_: unknown, args: any, ctx: Ctx) => endRelationship(ctx, args.id, args.endDate ?? null, args.expectedVersion),
    deleteRelationship: (_: unknown, args: any, ctx: Ctx) => deleteRelationship(ctx, args.id, args.expectedVersion),
    restoreRelationship: (_: unknown, args: any, ctx: Ctx) => restoreRelationship(ctx, args.id),
  },
  Relationship: {
    from: (row: Relationship, _: unknown, ctx: Ctx) => ctx.loaders.customer.load(row.fromCustomerId),
    to: (row: Relationship, _: unknown, ctx: Ctx) => ctx.loaders.customer.load(row.toCustomerId),
    createdBy,
  },
  CreateRelationshipResult: resultOf('Relationship'),
  UpdateRelationshipResult: resultOf('Relationship'),
  EndRelationshipResult: resultOf('Relationship'),
  DeleteRelationshipResult: resultOf('Relationship'),
  RestoreRelationshipResult: resultOf('Relationship'),
};
