// What a bulk job does to the customers of one slice, set-based and within the scope of whoever asked: the same rules, facts and state records as one
// change each. Answers for every customer what became of it, and why. [CustomerList]
import { columns, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { assignOwner } from '../customer/assign-owner.ts';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { deleteCustomers } from '../customer/delete-customers.ts';
import { refuseInactiveOwner } from '../customer/owner.ts';
import { updateCustomers } from '../customer/update-customers.ts';
import { visibleCustomer } from '../scope.ts';
import { addTagsTo, removeTagsFrom } from '../tag/tag-customer.ts';
import type { Result, Slice } from './bulk-job.table.ts';
import { type BulkJob, type BulkReason, restrictedIsRefused } from './bulk-job.ts';
import { exportCustomers } from './export-customers.ts';

/** Who changed, and who was refused by a rule of the action; everybody else had nothing to change. */
interface Taken {
  readonly changed: readonly string[];
  readonly refused?: ReadonlyMap<string, BulkReason>;
}

const because = (reason: BulkReason, ids: readonly string[]): ReadonlyMap<string, BulkReason> => new Map(ids.map((id) => [id, reason]));

/** Takes the action on a slice; the caller holds the locks of its customers. */
export async function takeAction(tx: Tx, job: BulkJob, slice: Slice): Promise<Result[]> {
  const visible = await tx.query<Customer>(
    'readBulkCustomers',
    sql`select ${columns(CustomerTable, 'c')} from customer c where c.id = any(${slice.customerIds}::uuid[]) and ${visibleCustomer(tx.actor, 'c')}`,
  );
  const seen = new Map(visible.map((customer) => [customer.id, customer]));
  const refusesRestricted = restrictedIsRefused(tx.actor, job.action);
  // In the order of the job, which is that of an export's lines.
  const open = slice.customerIds
    .flatMap((id) => seen.get(id) ?? [])
    .filter((customer) => !(refusesRestricted && customer.processingRestricted));
  const { changed, refused } = open.length > 0 ? await take(tx, job, slice, open) : { changed: [] };
  const done = new Set(changed);
  return slice.customerIds.map((id): Result => {
    const customer = seen.get(id);
    if (!customer) return { outcome: 'refused', reason: 'not_found' };
    if (refusesRestricted && customer.processingRestricted) return { outcome: 'refused', reason: 'processing_restricted' };
    const reason = refused?.get(id);
    if (reason) return { outcome: 'refused', reason };
    return done.has(id) ? { outcome: 'ok', reason: null } : { outcome: 'skipped', reason: 'unchanged' };
  });
}

async function take(tx: Tx, job: BulkJob, slice: Slice, customers: readonly Customer[]): Promise<Taken> {
  const ids = customers.map(({ id }) => id);
  const { ownerId = null, tagIds = [] } = job.arguments;
  switch (job.action) {
    case 'assign':
      // Active when it was started need not be active now.
      if (ownerId !== null && (await refuseInactiveOwner(tx, ownerId))) return { changed: [], refused: because('inactive_owner', ids) };
      return { changed: await assignOwner(tx, ids, ownerId) };
    case 'update': {
      const { changed, wrongStatus } = await updateCustomers(tx, customers, job.arguments);
      return { changed, refused: because('status_follows_stage', wrongStatus) };
    }
    case 'tag': {
      const { changed, full } = await addTagsTo(tx, ids, tagIds);
      return { changed, refused: because('too_many_tags', full) };
    }
    case 'untag':
      return { changed: await removeTagsFrom(tx, ids, tagIds) };
    case 'delete':
      return { changed: (await deleteCustomers(tx, ids)).map(({ id }) => id) };
    case 'export':
      await exportCustomers(tx, job, slice.position, ids);
      return { changed: ids };
  }
}
