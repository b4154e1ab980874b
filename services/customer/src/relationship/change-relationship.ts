// Update, end, soft-delete and restore a relationship. For PARENT_CHILD each of them keeps `customer.parent_id` in step: ending or deleting a
// lasting one clears the parent, restoring one sets it again unless there is another parent by now, or a loop would close.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { badInput, checkText, expectVersion, movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { customerIn } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { saveCustomer } from '../customer/save-customer.ts';
import type { Ctx } from '../loaders.ts';
import { publicNames, readRow } from '../write.ts';
import { overlapping, RelationshipTable, relationshipList } from './relationship.table.ts';
import { checkDays, dayOf, MAX_NOTES, type Relationship } from './relationship.ts';
import { relationshipFact } from './relationship-facts.ts';
import { HIERARCHY_LOCK, refuseLoop } from './set-parent.ts';

export interface UpdateRelationshipInput {
  notes?: string | null;
  startDate?: string | null;
  endDate?: string | null;
}

/** Changes notes or days at the expected version. */
export async function updateRelationship(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: UpdateRelationshipInput,
): Promise<Relationship | Problem> {
  checkText('input.notes', input.notes, { max: MAX_NOTES });
  return change(ctx, id, { expectedVersion }, async (tx, relationship) => {
    const changes = changesOf(relationship, input);
    if (Object.keys(changes).length === 0) return relationship;
    const next = { ...relationship, ...changes };
    checkDays(next.startDate, next.endDate, 'startDate' in changes && !('endDate' in changes) ? 'input.startDate' : 'input.endDate');
    if (relationship.relationshipType === 'parent_child') {
      if ('endDate' in changes) throw badInput('input.endDate', 'a PARENT_CHILD relationship is ended with endRelationship');
      if (next.startDate && next.startDate > dayOf(tx.now)) throw badInput('input.startDate', 'a parent is set now, not later');
    }
    const present = await overlapping(tx, next, id);
    if (present)
      return problem('DuplicateRelationship', 'The same relationship exists for an overlapping time.', { relationshipId: present.id });
    const saved = await updateRow(tx, RelationshipTable, relationship, changes);
    tx.emit(relationshipFact('updated', saved, { changed: publicNames(changes) }));
    return saved;
  });
}

/** Ends a relationship on a day, today unless told. */
export function endRelationship(
  ctx: Ctx,
  id: string,
  endDate: string | null,
  expectedVersion?: number | null,
): Promise<Relationship | Problem> {
  return change(ctx, id, { expectedVersion }, async (tx, relationship, child) => {
    const today = dayOf(tx.now);
    const day = endDate ?? today;
    if (relationship.relationshipType === 'parent_child' && day !== today)
      throw badInput('endDate', 'a parent is cleared today, not on another day');
    if (relationship.endDate !== null && relationship.endDate <= day) return relationship;
    checkDays(relationship.startDate, day, 'endDate');
    const ended = await updateRow(tx, RelationshipTable, relationship, { endDate: day });
    tx.emit(relationshipFact('ended', ended, { endDate: day }));
    await followParent(tx, relationship, child, null);
    return ended;
  });
}

/** Soft-deletes a relationship that was entered in error. */
export function deleteRelationship(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Relationship | Problem> {
  return change(ctx, id, { expectedVersion }, async (tx, relationship, child) => {
    const deleted = await updateRow(tx, RelationshipTable, relationship, { deletedAt: tx.now });
    tx.emit(relationshipFact('deleted', deleted, { deletionId: null }));
    await followParent(tx, relationship, child, null);
    return deleted;
  });
}

/** Brings a relationship back. */
export function restoreRelationship(ctx: Ctx, id: string): Promise<Relationship | Problem> {
  return change(ctx, id, { deleted: true }, async (tx, relationship, child) => {
    if (relationship.fromCustomerId === relationship.toCustomerId)
      return problem('RestoreConflict', 'Both ends were merged into one customer.', { field: 'toCustomerId' });
    if (await overlapping(tx, relationship, id)) {
      return problem('RestoreConflict', 'The same relationship exists for an overlapping time by now.', { field: 'startDate' });
    }
    if (isLastingParent(relationship)) {
      if (child.parentId !== null) return problem('RestoreConflict', 'The child has another parent by now.', { field: 'toCustomerId' });
      const circular = await refuseLoop(tx, child.id, relationship.fromCustomerId, 'id');
      if (circular) return circular;
    }
    const restored = await updateRow(tx, RelationshipTable, relationship, { deletedAt: null, deletionId: null });
    tx.emit(relationshipFact('restored', restored, { deletionId: null }));
    await followParent(tx, relationship, child, relationship.fromCustomerId);
    return restored;
  });
}

const isLastingParent = (relationship: Relationship): boolean =>
  relationship.relationshipType === 'parent_child' && relationship.endDate === null;

/** Writes the child's parent where this relationship is its lasting PARENT_CHILD. */
async function followParent(tx: Tx, relationship: Relationship, child: Customer, parentId: string | null): Promise<void> {
  if (!isLastingParent(relationship)) return;
  await saveCustomer(tx, child, { parentId });
  await publishCustomerState(tx, [child.id]);
}

/** Finds the relationship in the caller's scope (both ends visible and live), locks both ends, and looks again. */
async function change(
  ctx: Ctx,
  id: string,
  options: { expectedVersion?: number | null; deleted?: boolean },
  work: (tx: Tx, relationship: Relationship, child: Customer) => Promise<Relationship | Problem>,
): Promise<Relationship | Problem> {
  const seen = await ctx.db.one<Relationship>(
    'findRelationship',
    sql`select ${relationshipList.select} from ${relationshipList.from} where t.id = ${id}
          and f.deleted_at is null and c.deleted_at is null and ${relationshipList.visible(ctx.actor, true)}`,
  );
  if (!seen) throw notFound('Relationship', id);
  const lock = [seen.fromCustomerId, seen.toCustomerId, ...(seen.relationshipType === 'parent_child' ? [HIERARCHY_LOCK] : [])];
  return transact<Relationship, Problem>(ctx, { lock }, async (tx) => {
    const relationship = await readRow(tx, RelationshipTable, id);
    if (relationship.fromCustomerId !== seen.fromCustomerId || relationship.toCustomerId !== seen.toCustomerId)
      throw movedMeanwhile('Relationship', id);
    const from = await customerIn(tx, relationship.fromCustomerId);
    const to = await customerIn(tx, relationship.toCustomerId);
    if (!from || !to || (relationship.deletedAt !== null && !options.deleted)) throw notFound('Relationship', id);
    const restricted = refuseRestricted(from, tx.actor) ?? refuseRestricted(to, tx.actor);
    if (restricted) return restricted;
    expectVersion('Relationship', relationship, options.expectedVersion);
    return options.deleted && relationship.deletedAt === null ? relationship : work(tx, relationship, to);
  });
}
