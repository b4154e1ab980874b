// The tables of bulk jobs: the job, its slices of customers still to do, what became of each, and who sees which. An admin, a sales manager, a dpo and an
// auditor see all jobs, everybody else their own.
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { keyset } from '@customer360/kernel/paging';
import { notFound } from '@customer360/kernel/problem';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import type { ListSpec } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import { visibleCustomer } from '../scope.ts';
import { type BulkItem, type BulkJob, type BulkOutcome, type BulkReason, LIMITS } from './bulk-job.ts';

export const BulkJobTable = new EntitySchema<BulkJob>({
  name: 'bulk_job',
  columns: {
    ...rowColumns,
    action: { type: 'text' },
    status: { type: 'text' },
    arguments: { type: 'jsonb' },
    actorRoles: { name: 'actor_roles', type: 'text', array: true },
    itemsTotal: { name: 'items_total', type: 'int' },
    itemsOk: { name: 'items_ok', type: 'int' },
    itemsSkipped: { name: 'items_skipped', type: 'int' },
    itemsRefused: { name: 'items_refused', type: 'int' },
    decidedByKind: { name: 'decided_by_kind', type: 'text', nullable: true },
    decidedById: { name: 'decided_by_id', type: 'text', nullable: true },
    rejectionReason: { name: 'rejection_reason', type: 'text', nullable: true },
    startedAt: { name: 'started_at', type: 'timestamptz', nullable: true },
    finishedAt: { name: 'finished_at', type: 'timestamptz', nullable: true },
    workedAt: { name: 'worked_at', type: 'timestamptz', nullable: true },
    fileExpiresAt: { name: 'file_expires_at', type: 'timestamptz', nullable: true },
    clearedAt: { name: 'cleared_at', type: 'timestamptz', nullable: true },
  },
});

const select = columns(BulkJobTable, 't');

const visible = (actor: Actor): Sql =>
  hasRole(actor, 'admin', 'sales_manager', 'dpo', 'auditor')
    ? raw('true')
    : sql`(t.created_by_kind = ${actor.kind} and t.created_by_id = ${actor.id})`;

export const bulkJobList: ListSpec<BulkJob> = {
  name: 'listBulkJobs',
  select,
  from: raw('bulk_job t'),
  visible,
  order: keyset({
    fields: { CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' } },
    id: raw('t.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    id: field('t.id', 'uuid'),
    action: field('t.action', 'enum'),
    status: field('t.status', 'enum'),
    createdAt: field('t.created_at', 'timestamptz'),
  },
};

export const bulkItemList: ListSpec<BulkItem> = {
  name: 'listBulkItems',
  select: raw('t.id, t.position, t.customer_id as "customerId", t.outcome, t.reason'),
  from: raw('bulk_item t'),
  visible: () => raw('true'),
  order: keyset({
    fields: { POSITION: { column: raw('t.position'), type: 'int' } },
    id: raw('t.id'),
    default: [{ field: 'POSITION', direction: 'ASC' }],
  }),
  filter: { outcome: field('t.outcome', 'enum'), reason: field('t.reason', 'enum') },
};

/** The job as the caller may see it; NOT_FOUND otherwise. */
export async function requireBulkJob(ctx: Pick<Ctx, 'db' | 'actor'>, id: string): Promise<BulkJob> {
  const found = await ctx.db.one<BulkJob>(
    'findBulkJob',
    sql`select ${select} from bulk_job t where t.id = ${id} and ${visible(ctx.actor)}`,
  );
  if (!found) throw notFound('BulkJob', id);
  return found;
}

/** The job in a transaction, held until it ends, so that no two steps pass each other. */
export async function holdBulkJob(tx: Tx, id: string): Promise<BulkJob> {
  const found = await tx.one<BulkJob>('holdBulkJob', sql`select ${select} from bulk_job t where t.id = ${id} for update`);
  if (!found) throw notFound('BulkJob', id);
  return found;
}

/** The running jobs, the one that waited longest first. */
export const findRunning = (reader: Reader): Promise<BulkJob[]> =>
  reader.query(
    'findRunningBulkJobs',
    sql`select ${select} from bulk_job t where t.status = 'running' order by t.worked_at nulls first, t.id limit ${LIMITS.jobs}`,
  );

/** Unfinished jobs, and how many of them are this person's. */
export const countUnfinished = async (tx: Tx, { kind, id }: Actor): Promise<{ all: number; own: number }> =>
  (await tx.one<{ all: number; own: number }>(
    'countUnfinishedBulkJobs',
    sql`select count(*)::int as "all", (count(*) filter (where created_by_kind = ${kind} and created_by_id = ${id}))::int as own
        from bulk_job where status in ('running', 'awaiting_approval')`,
  ))!;

/** The customers that are meant: by their ids, retired ones too, or by boolean SQL over `customer c`. */
export type Selection = { readonly ids: readonly string[] } | { readonly where: Sql };

/** A query for their ids and places, from 1. */
const placed = (selection: Selection, limit: number): Sql =>
  'ids' in selection
    ? sql`select id, (row_number() over (order by min(place)))::int as place
          from (select coalesce(c.merged_into, asked.id) as id, asked.place from unnest(${[...selection.ids]}::uuid[]) with ordinality as asked(id, place)
                left join customer c on c.id = asked.id) meant group by id`
    : sql`select id, (row_number() over ())::int as place from (select c.id from customer c where ${selection.where} order by c.id limit ${limit}) meant`;

/** How many a selection is, how many of them the caller may see, and how many are restricted. */
export const countSelection = async (
  reader: Reader,
  actor: Actor,
  selection: Selection,
): Promise<{ selected: number; inScope: number; restricted: number }> =>
  (await reader.one<{ selected: number; inScope: number; restricted: number }>(
    'countBulkSelection',
    sql`select count(*)::int as selected, count(c.id)::int as "inScope", (count(c.id) filter (where c.processing_restricted))::int as restricted
        from ${
          'ids' in selection
            ? sql`(${placed(selection, LIMITS.ids)}) selected left join customer c on c.id = selected.id and ${visibleCustomer(actor, 'c')}`
            : sql`customer c where ${selection.where}`
        }`,
  ))!;

/** The first customers of a selection that the caller may see. */
export const sampleSelection = (reader: Reader, actor: Actor, selection: Selection): Promise<Customer[]> =>
  reader.query(
    'sampleBulkSelection',
    sql`with selected as (${placed(selection, LIMITS.sample)})
        select ${columns(CustomerTable, 'c')} from selected join customer c on c.id = selected.id and ${visibleCustomer(actor, 'c')}
        order by selected.place limit ${LIMITS.sample}`,
  );

/** Stores the selection in slices; answers how many customers there are. */
export const storeSelection = async (tx: Tx, jobId: string, selection: Selection, slice: number): Promise<number> =>
  (await tx.one<{ count: number }>(
    'storeBulkSelection',
    sql`with placed as (${placed(selection, LIMITS.customers + 1)}), stored as (
          insert into bulk_slice (job_id, position, customer_ids)
          select ${jobId}::uuid, min(place), array_agg(id order by place) from placed group by (place - 1) / ${slice}::int
          returning cardinality(customer_ids) as count
        )
        select coalesce(sum(count), 0)::int as count from stored`,
  ))!.count;

export interface Slice {
  /** The place of its first customer in the job, from 1. */
  position: number;
  customerIds: string[];
}

/** The next customers to do. */
export const nextSlice = (reader: Reader, jobId: string): Promise<Slice | undefined> =>
  reader.one(
    'nextBulkSlice',
    sql`select position, customer_ids as "customerIds" from bulk_slice where job_id = ${jobId} order by position limit 1`,
  );

/** Takes a slice out; false when somebody else did it. */
export const takeSlice = async (tx: Tx, jobId: string, position: number): Promise<boolean> =>
  (await tx.one('takeBulkSlice', sql`delete from bulk_slice where job_id = ${jobId} and position = ${position} returning 1 as taken`)) !==
  undefined;

/** Puts its customers back one by one. */
export const splitSlice = (tx: Tx, jobId: string, { position, customerIds }: Slice): Promise<unknown> =>
  tx.query(
    'splitBulkSlice',
    sql`insert into bulk_slice (job_id, position, customer_ids)
        select ${jobId}::uuid, ${position}::int + place::int - 1, array[id] from unnest(${customerIds}::uuid[]) with ordinality as single(id, place)`,
  );

/** Forgets what is left to do. */
export const dropSlices = (tx: Tx, jobId: string): Promise<unknown> =>
  tx.query('dropBulkSlices', sql`delete from bulk_slice where job_id = ${jobId}`);

/** Forgets the file of an export. */
export const dropFile = (db: Reader, jobId: string): Promise<unknown> =>
  db.query('dropBulkFile', sql`delete from bulk_file where job_id = ${jobId}`);

/** What became of one customer. */
export interface Result {
  outcome: BulkOutcome;
  reason: BulkReason | null;
}

/** Writes what became of a slice's customers, and how far the job is. */
export async function writeResults(tx: Tx, jobId: string, { position, customerIds }: Slice, results: readonly Result[]): Promise<void> {
  await tx.query(
    'writeBulkItems',
    sql`insert into bulk_item (job_id, position, customer_id, outcome, reason)
        select ${jobId}::uuid, ${position}::int + place::int - 1, customer_id, outcome, reason
        from unnest(${customerIds}::uuid[], ${results.map((r) => r.outcome)}::text[], ${results.map((r) => r.reason)}::text[])
          with ordinality as item(customer_id, outcome, reason, place)`,
  );
  const count = (outcome: BulkOutcome) => results.filter((result) => result.outcome === outcome).length;
  await tx.query(
    'advanceBulkJob',
    sql`update bulk_job set worked_at = ${tx.now}, items_ok = items_ok + ${count('ok')}, items_skipped = items_skipped + ${count('skipped')},
          items_refused = items_refused + ${count('refused')} where id = ${jobId}`,
  );
}
