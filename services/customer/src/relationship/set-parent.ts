// The hierarchy's one truth [Circular hierarchy]: `customer.parent_id` and the dated `parent_child` relationship move together, here and
// nowhere else. All moves hold one hierarchy lock, so that two of them cannot close a loop between them.
import { newRow } from '@customer360/kernel/entity';
import { badInput, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { climb, MAX_DEPTH } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { RelationshipTable, relationshipSelect } from './relationship.table.ts';
import { dayOf, loopOf, type Relationship } from './relationship.ts';
import { relationshipFact } from './relationship-facts.ts';

/** Taken, after the customers' locks, by whoever moves a customer in the hierarchy. */
export const HIERARCHY_LOCK = 'customer-hierarchy';

type Circular = Problem<'CircularHierarchy', { path: string[] }>;

/**
 * Ends the present parent's relationship and opens the new one's; null clears. The caller holds the locks of both customers and of the
 * hierarchy, and writes `parent_id` in the same transaction.
 */
export async function setParent(tx: Tx, customer: Customer, parentId: string | null, field: string): Promise<Circular | undefined> {
  if (parentId === customer.parentId) return undefined;
  const circular = parentId === null ? undefined : await refuseLoop(tx, customer.id, parentId, field);
  if (circular) return circular;
  if (customer.parentId !== null) await closeParent(tx, customer.id);
  if (parentId !== null) await openParent(tx, customer, parentId);
  return undefined;
}

/** Refuses a parent that stands below the customer; the path shows the loop. Deleted customers count, because they may come back. */
export async function refuseLoop(tx: Tx, customerId: string, parentId: string, field: string): Promise<Circular | undefined> {
  const ancestors = await climb(tx, parentId);
  const path = loopOf(customerId, ancestors);
  if (path) return problem('CircularHierarchy', 'The move would make the customer its own ancestor.', { path });
  if (ancestors.length > MAX_DEPTH)
    throw badInput(field, `the hierarchy would be deeper than ${MAX_DEPTH}`, { limit: 'hierarchyDepth', max: MAX_DEPTH });
  return undefined;
}

/** Opens the dated relationship of a new parent. */
export async function openParent(
  tx: Tx,
  customer: Pick<Customer, 'id'>,
  parentId: string,
  more: { startDate?: string | null; notes?: string | null } = {},
): Promise<Relationship> {
  const relationship = await insertRow<Relationship>(tx, RelationshipTable, {
    ...newRow(tx.actor, tx.now),
    fromCustomerId: parentId,
    originFromCustomerId: parentId,
    toCustomerId: customer.id,
    originToCustomerId: customer.id,
    relationshipType: 'parent_child',
    notes: more.notes ?? null,
    startDate: more.startDate ?? dayOf(tx.now),
    endDate: null,
    deletionId: null,
  });
  tx.emit(relationshipFact('created', relationship));
  return relationship;
}

/** Ends the open relationship to the present parent, also one that went with a deleted parent: its restore must not bring the link back. */
export async function closeParent(tx: Tx, customerId: string): Promise<Relationship | undefined> {
  const ended = await tx.one<Relationship>(
    'closeParent',
    sql`update relationship t set end_date = greatest(start_date, ${dayOf(tx.now)}::date), version = version + 1, updated_at = ${tx.now}
        where to_customer_id = ${customerId} and relationship_type = 'parent_child' and end_date is null
          and (deleted_at is null or deletion_id is not null)
        returning ${relationshipSelect}`,
  );
  if (ended) tx.emit(relationshipFact('ended', ended, { endDate: ended.endDate }));
  return ended;
}
