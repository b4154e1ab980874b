// Tags in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { createTag, deleteTag, mergeTags, updateTag } from './change-tag.ts';
import { tagList } from './tag.table.ts';
import { addTags, removeTags } from './tag-customer.ts';

/** The fields that this room gives to Customer. */
export const tagFields: NonNullable<Resolvers['Customer']> = { tags: ({ id }, _, ctx) => ctx.loaders.tags.load(id) };

export const tagResolvers: Resolvers = {
  Query: { tags: (_, args, ctx) => list(ctx, tagList, args) },
  Mutation: {
    createTag: (_, { input }, ctx) => createTag(ctx, input),
    updateTag: (_, { id, expectedVersion, input }, ctx) => updateTag(ctx, id, expectedVersion, input),
    mergeTags: (_, { id, intoId, expectedVersion }, ctx) => mergeTags(ctx, id, intoId, expectedVersion),
    deleteTag: (_, { id, expectedVersion }, ctx) => deleteTag(ctx, id, expectedVersion),
    addTags: (_, { customerId, names }, ctx) => addTags(ctx, customerId, names),
    removeTags: (_, { customerId, names }, ctx) => removeTags(ctx, customerId, names),
  },
  Tag: {
    customerCount: async ({ id }, _, ctx) => (await ctx.loaders.taggedCount.load(id))?.count ?? 0,
    textFlags,
    createdBy,
  },
  CreateTagResult: memberOf('Tag'),
  UpdateTagResult: memberOf('Tag'),
  AddTagsResult: memberOf('Customer'),
  RemoveTagsResult: memberOf('Customer'),
};
