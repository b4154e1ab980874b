// Save, change, share and delete a view [CustomerList]. It is its owner's; what is shared an admin may change too. Sharing takes an admin or a sales manager.
import { hasRole } from '@customer360/kernel/actor';
import { newRow } from '@customer360/kernel/entity';
import { badInput, expectVersion, forbidden, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { changesOf, insertRow, updateRow } from '@customer360/kernel/rows';
import { isUuid } from '@customer360/kernel/scalars';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { staffIn } from '../staff-member/staff-member.table.ts';
import { type Changes, fact, readRow } from '../write.ts';
import { findFlaw, type ViewQuery } from './open-saved-view.ts';
import { deleteView, findSavedView, giveViews, SavedViewTable, viewsOf } from './saved-view.table.ts';
import { checkViewFields, LIMITS, type SavedView, type SavedViewAudience, type SavedViewFields } from './saved-view.ts';

/** Saves a view; `query` is its filter and order as the list takes them. */
export async function createSavedView(
  ctx: Ctx,
  fields: SavedViewFields & { idempotencyKey?: string | null },
  query: ViewQuery,
): Promise<SavedView | Problem> {
  const { idempotencyKey, ...given } = fields;
  checkViewFields(given);
  await refuseFlaw(ctx, query);
  const ownerId = ctx.actor.id;
  const once = {
    key: idempotencyKey,
    operation: 'createSavedView',
    input: given,
    replay: (tx: Tx, id: string) => readRow(tx, SavedViewTable, id),
  };
  return transact<SavedView, Problem>(ctx, { lock: [lockOf(ownerId)], once }, async (tx) => {
    if (!isUuid(ownerId) || !(await staffIn(tx, ownerId))) throw forbidden('only who is in the staff directory saves views');
    const team = await teamFor(tx, ownerId, given.audience, 'only_me');
    const views = await viewsOf(tx, ownerId);
    if (views.length >= LIMITS.views)
      throw badInput('input', `you have ${LIMITS.views} saved views already`, { limit: 'savedViews', max: LIMITS.views });
    const taken = refuseTaken(views, given.name);
    if (taken) return taken;
    const view = await insertRow<SavedView>(tx, SavedViewTable, { ...newRow(tx.actor, tx.now), ...given, ownerId, team });
    tx.emit(fact('saved-view-created', view.id, { savedViewId: view.id, version: view.version, audience: view.audience }));
    return view;
  });
}

/** Changes a view at the expected version. */
export async function updateSavedView(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: Changes<SavedViewFields>,
  query: ViewQuery,
): Promise<SavedView | Problem> {
  for (const name of ['name', 'audience'] as const) if (input[name] === null) throw badInput(`input.${name}`, 'cannot be cleared');
  const wanted = { ...input, ...(input.orderBy === null && { orderBy: [] }), ...(input.columns === null && { columns: [] }) };
  checkViewFields(wanted as Partial<SavedViewFields>);
  await refuseFlaw(ctx, query);
  return change<SavedView | Problem>(ctx, id, expectedVersion, async (tx, view) => {
    const changes = changesOf<SavedView>(view, wanted as Partial<SavedView>);
    if (Object.keys(changes).length === 0) return view;
    if (changes.audience) changes.team = await teamFor(tx, view.ownerId, changes.audience, view.audience);
    const taken = changes.name && view.ownerId ? refuseTaken(await viewsOf(tx, view.ownerId), changes.name, id) : undefined;
    if (taken) return taken;
    const saved = await updateRow(tx, SavedViewTable, view, changes);
    const { version, audience } = saved;
    tx.emit(fact('saved-view-updated', id, { savedViewId: id, version, audience, changed: Object.keys(changes) }));
    return saved;
  });
}

/** Deletes a view for good: what somebody looked for is not kept. */
export const deleteSavedView = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<SavedView> =>
  change<SavedView>(ctx, id, expectedVersion, async (tx, view) => {
    await deleteView(tx, id);
    await tx.written('saved_view', [{ before: view, after: { id } as SavedView }]);
    tx.emit(fact('saved-view-deleted', id, { savedViewId: id, version: view.version + 1 }));
    return view;
  });

/** Whoever left hands their shared views over with their customers [Inactive owner]. */
export async function handOverViews(tx: Tx, fromStaffId: string, toStaffId: string | null): Promise<void> {
  for (const { id, version } of await giveViews(tx, fromStaffId, toStaffId))
    tx.emit(fact('saved-view-handed-over', id, { savedViewId: id, version, fromStaffId, toStaffId }));
}

const lockOf = (ownerId: string): string => `saved-views:${ownerId}`;

async function refuseFlaw(ctx: Ctx, query: ViewQuery): Promise<void> {
  const flaw = await findFlaw(ctx, query);
  if (flaw) throw badInput(`input.${flaw.field}`, flaw.message);
}

function refuseTaken(views: ReadonlyArray<{ id: string; name: string }>, name: string, exceptId?: string): Problem | undefined {
  const taken = views.find((view) => view.id !== exceptId && view.name.toLowerCase() === name.toLowerCase());
  return taken && problem('SavedViewNameTaken', 'There is a saved view of this name already.', { savedViewId: taken.id });
}

/** The team that a view is shared with from now on; throws where the actor may not share. */
async function teamFor(tx: Tx, ownerId: string | null, audience: SavedViewAudience, before: SavedViewAudience): Promise<string | null> {
  if (audience === 'only_me') {
    if (ownerId === null) throw badInput('input.audience', 'a view without an owner stays shared');
    return null;
  }
  if (audience !== before && !hasRole(tx.actor, 'admin', 'sales_manager'))
    throw forbidden('only an admin or a sales manager shares a view', { field: 'input.audience' });
  if (audience === 'everybody') return null;
  const team = ownerId && (await staffIn(tx, ownerId))?.team;
  if (!team) throw badInput('input.audience', 'its owner is in no team');
  return team;
}

/** Finds a view that the actor may change, under the locks of the view and of its owner's views. */
async function change<T>(
  ctx: Ctx,
  id: string,
  expectedVersion: number | null | undefined,
  work: (tx: Tx, view: SavedView) => Promise<T>,
): Promise<T> {
  const seen = await findSavedView(ctx.db, ctx.actor, id);
  if (!seen) throw notFound('SavedView', id);
  return transact<T>(ctx, { lock: [id, lockOf(seen.ownerId ?? '')] }, async (tx) => {
    const view = await findSavedView(tx, tx.actor, id);
    if (!view) throw notFound('SavedView', id);
    if (view.ownerId !== tx.actor.id && !hasRole(tx.actor, 'admin')) throw forbidden('only its owner or an admin changes a shared view');
    expectVersion('SavedView', view, expectedVersion);
    return work(tx, view);
  });
}
