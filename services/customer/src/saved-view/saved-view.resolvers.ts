// Saved views in the graph: translation only. Filters and orders are stored as clients write them, and read again against the schema as it is now.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import { notFound, outdated } from '@customer360/kernel/problem';
import { readStoredInput, storedInput } from '@customer360/kernel/stored-input';
import type { GraphQLSchema } from 'graphql';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { createSavedView, deleteSavedView, updateSavedView } from './change-saved-view.ts';
import { type Flaw, findFlaw, openSavedView, type ViewQuery } from './open-saved-view.ts';
import { findSavedView, savedViewList } from './saved-view.table.ts';
import { SAVED_VIEW_AUDIENCES, type SavedView, type Sorting } from './saved-view.ts';

const FILTER = 'CustomerFilter';
const ORDER = '[CustomerOrder!]';

async function savedView(ctx: Ctx, id: string): Promise<SavedView> {
  const view = await findSavedView(ctx.db, ctx.actor, id);
  if (!view) throw notFound('SavedView', id);
  return view;
}

/** What is given of filter and order, as it is stored. */
const stored = (schema: GraphQLSchema, { filter, orderBy }: ViewQuery) => ({
  ...(filter !== undefined && { filter: storedInput<Record<string, unknown>>(schema, FILTER, filter) }),
  ...(orderBy !== undefined && { orderBy: storedInput<Sorting[]>(schema, ORDER, orderBy) ?? [] }),
});

/** What is stored, as the list takes it, and the first place that does not fit any more: the schema, the tags or the custom fields. */
async function queryOf(ctx: Ctx, schema: GraphQLSchema, view: SavedView): Promise<{ query: ViewQuery; flaw: Flaw | undefined }> {
  const filter = readStoredInput<object>(schema, FILTER, view.filter, 'filter');
  const orderBy = readStoredInput<Sorting[]>(schema, ORDER, view.orderBy, 'orderBy');
  const gone = filter.gone ?? orderBy.gone;
  const query = { filter: filter.value, orderBy: orderBy.value };
  return { query, flaw: gone === undefined ? await findFlaw(ctx, query) : { field: gone, message: 'is not known any more' } };
}

export const savedViewResolvers: Resolvers = {
  SavedViewAudience: enumOf(SAVED_VIEW_AUDIENCES),
  Query: {
    savedView: (_, { id }, ctx) => savedView(ctx, id),
    savedViews: (_, args, ctx) => list(ctx, savedViewList, args),
  },
  Mutation: {
    createSavedView: (_, { input }, ctx, { schema }) => {
      const { name, search = null, columns, audience = 'only_me', idempotencyKey } = input;
      const { filter = null, orderBy = [] } = stored(schema, input as ViewQuery);
      return createSavedView(ctx, { name, search, filter, orderBy, columns: columns ?? [], audience, idempotencyKey }, input as ViewQuery);
    },
    updateSavedView: (_, { id, expectedVersion, input }, ctx, { schema }) =>
      updateSavedView(ctx, id, expectedVersion, { ...input, ...stored(schema, input as ViewQuery) } as never, input as ViewQuery),
    deleteSavedView: (_, { id, expectedVersion }, ctx) => deleteSavedView(ctx, id, expectedVersion),
  },
  SavedView: {
    orderBy: (view) => view.orderBy as never,
    owner: (view, _, ctx) => (view.ownerId ? ctx.loaders.staff.load(view.ownerId) : null),
    mine: (view, _, ctx) => view.ownerId === ctx.actor.id,
    outdated: async (view, _, ctx, { schema }) => (await queryOf(ctx, schema, view)).flaw ?? null,
    customers: async (view, page, ctx, { schema }) => {
      const { query, flaw } = await queryOf(ctx, schema, view);
      if (flaw) throw outdated(flaw.field, flaw.message);
      return openSavedView(ctx, view, query, page);
    },
    textFlags,
    createdBy,
  },
  CreateSavedViewResult: memberOf('SavedView'),
  UpdateSavedViewResult: memberOf('SavedView'),
};
