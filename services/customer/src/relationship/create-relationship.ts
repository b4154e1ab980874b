// Relate two customers: never a customer to itself [Relationship AC-1], never the same relationship twice at a time [Relationship AC-2].
// PARENT_CHILD is the hierarchy: it sets the child's parent through set-parent.ts.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { newRow } from '@customer360/kernel/entity';
import { badInput, checkText, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { saveCustomer } from '../customer/save-customer.ts';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, readRow, requireCustomer } from '../write.ts';
import { overlapping, RelationshipTable } from './relationship.table.ts';
import { checkDays, dayOf, MAX_NOTES, type Relationship, refuseSelf } from './relationship.ts';
import { relationshipFact } from './relationship-facts.ts';
import { closeParent, HIERARCHY_LOCK, openParent, refuseLoop } from './set-parent.ts';

export interface CreateRelationshipInput {
  fromCustomerId: string;
  toCustomerId: string;
  relationshipType: Relationship['relationshipType'];
  notes?: string | null;
  startDate?: string | null;
  endDate?: string | null;
  idempotencyKey?: string | null;
}

/** Creates a relationship. */
export async function createRelationship(ctx: Ctx, input: CreateRelationshipInput): Promise<Relationship | Problem> {
  checkText('input.notes', input.notes, { max: MAX_NOTES });
  checkDays(input.startDate, input.endDate);
  if (input.relationshipType === 'parent_child' && input.endDate) {
    throw badInput('input.endDate', 'a PARENT_CHILD relationship lasts; end it with endRelationship');
  }
  const seenFrom = await requireCustomer(ctx, input.fromCustomerId, 'input.fromCustomerId');
  const seenTo = await requireCustomer(ctx, input.toCustomerId, 'input.toCustomerId');
  const self = refuseSelf(seenFrom.id, seenTo.id);
  if (self) return self;
  const hierarchy = input.relationshipType === 'parent_child';
  const lock = [seenFrom.id, seenTo.id, ...(hierarchy ? [HIERARCHY_LOCK] : [])];
  const once = {
    key: input.idempotencyKey,
    operation: 'createRelationship',
    input,
    replay: (tx: Tx, id: string) => readRow(tx, RelationshipTable, id),
  };
  return transact<Relationship, Problem>(ctx, { lock, once }, async (tx) => {
    const from = await customerUnderLock(tx, seenFrom.id, 'input.fromCustomerId');
    const to = await customerUnderLock(tx, seenTo.id, 'input.toCustomerId');
    const restricted = refuseRestricted(from, tx.actor) ?? refuseRestricted(to, tx.actor);
    if (restricted) return restricted;
    return hierarchy ? adopt(tx, from, to, input) : relate(tx, from, to, input);
  });
}

const twice = (relationshipId: string) =>
  problem('DuplicateRelationship', 'The same relationship exists for an overlapping time.', { relationshipId });

async function relate(tx: Tx, from: Customer, to: Customer, input: CreateRelationshipInput): Promise<Relationship | Problem> {
  const wanted = {
    fromCustomerId: from.id,
    toCustomerId: to.id,
    relationshipType: input.relationshipType,
    startDate: input.startDate ?? null,
    endDate: input.endDate ?? null,
  };
  const present = await overlapping(tx, wanted, null);
  if (present) return twice(present.id);
  const relationship = await insertRow<Relationship>(tx, RelationshipTable, {
    ...newRow(tx.actor, tx.now),
    ...wanted,
    originFromCustomerId: from.id,
    originToCustomerId: to.id,
    notes: input.notes ?? null,
    deletionId: null,
  });
  tx.emit(relationshipFact('created', relationship));
  return relationship;
}

async function adopt(tx: Tx, parent: Customer, child: Customer, input: CreateRelationshipInput): Promise<Relationship | Problem> {
  const today = dayOf(tx.now);
  if (input.startDate && input.startDate > today) throw badInput('input.startDate', 'a parent is set now, not later');
  const circular = await refuseLoop(tx, child.id, parent.id, 'input.fromCustomerId');
  if (circular) return circular;
  const startDate = input.startDate ?? today;
  const wanted = { fromCustomerId: parent.id, toCustomerId: child.id, relationshipType: 'parent_child' as const, startDate, endDate: null };
  const present = await overlapping(tx, wanted, null);
  if (present) return twice(present.id);
  if (child.parentId !== null) await closeParent(tx, child.id);
  const relationship = await openParent(tx, child, parent.id, { startDate, notes: input.notes });
  await saveCustomer(tx, child, { parentId: parent.id });
  await publishCustomerState(tx, [child.id]);
  return relationship;
}
