// Runs bulk jobs in the background, a slice of customers in one transaction: their rows, facts and state records, what became of each and how far the job
// is are committed together with the end of the slice, so that a kill loses nothing and repeats nothing. Jobs take turns, slice by slice.
import type { ServiceContext } from '@customer360/kernel/context';
import { isTransient } from '@customer360/kernel/database';
import { updateRow } from '@customer360/kernel/rows';
import type { BackgroundTask } from '@customer360/kernel/service';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { outboxIsFull } from '../import/run-import.ts';
import { fact } from '../write.ts';
import {
  BulkJobTable,
  findRunning,
  holdBulkJob,
  nextSlice,
  type Result,
  type Slice,
  splitSlice,
  takeSlice,
  writeResults,
} from './bulk-job.table.ts';
import { type BulkJob, requesterOf } from './bulk-job.ts';
import { takeAction } from './take-action.ts';

const RUN_MS = 20_000;
const FILE_HOURS = 24;
/** Days for which what became of each customer, and what it was given, is kept. */
const ITEM_DAYS = 90;
const CLEARED_AT_ONCE = 20;

export const workOnBulkJobs: BackgroundTask = {
  name: 'bulk jobs',
  everyMs: 250,
  async run(ctx) {
    for (const until = Date.now() + RUN_MS; Date.now() < until && (await runRound(ctx)); );
  },
};

/** One slice of each running job; answers whether there was something to do. */
async function runRound(ctx: ServiceContext): Promise<boolean> {
  const jobs = await findRunning(ctx.db);
  for (const job of jobs) {
    if (await outboxIsFull(ctx)) return true;
    const slice = await nextSlice(ctx.db, job.id);
    if (slice) await runSlice(ctx, job, slice);
    else await finish(ctx, job);
  }
  return jobs.length > 0;
}

/** A slice that cannot be written is written customer by customer, so that one fails alone. */
async function runSlice(ctx: ServiceContext, job: BulkJob, slice: Slice): Promise<void> {
  try {
    await writeSlice(ctx, job, slice);
  } catch (error) {
    if (isTransient(error)) throw error;
    ctx.log.warn({ err: error, bulkJobId: job.id, position: slice.position }, 'a slice of a bulk job failed');
    await writeSlice(ctx, job, slice, true);
  }
}

/** `failed`: give up one customer, or try many one by one. */
const writeSlice = (ctx: ServiceContext, job: BulkJob, slice: Slice, failed = false): Promise<boolean> =>
  transact<boolean>({ ...ctx, actor: requesterOf(job) }, { lock: [...slice.customerIds, job.id] }, async (tx) => {
    const held = await holdBulkJob(tx, job.id);
    if (held.status !== 'running' || !(await takeSlice(tx, job.id, slice.position))) return false;
    if (failed && slice.customerIds.length > 1) await splitSlice(tx, job.id, slice);
    else await writeResults(tx, job.id, slice, failed ? [FAILED] : await takeAction(tx, held, slice));
    return true;
  });

const FAILED: Result = { outcome: 'refused', reason: 'failed' };

/** Nothing is left to do: the job is done, and whoever waits for it is told. */
const finish = (ctx: ServiceContext, job: BulkJob): Promise<boolean> =>
  transact<boolean>({ ...ctx, actor: requesterOf(job) }, { lock: [job.id] }, async (tx) => {
    const held = await holdBulkJob(tx, job.id);
    if (held.status !== 'running' || (await nextSlice(tx, job.id))) return false;
    const fileExpiresAt = held.action === 'export' ? new Date(tx.now.getTime() + FILE_HOURS * 3_600_000) : null;
    const done = await updateRow(tx, BulkJobTable, held, { status: 'done', finishedAt: tx.now, fileExpiresAt });
    const { id, version, action, itemsOk: ok, itemsSkipped: skipped, itemsRefused: refused } = done;
    tx.emit(fact('bulk-job-completed', id, { bulkJobId: id, version, action, ok, skipped, refused }));
    return true;
  });

/** Deletes files that expired, links that nobody can use any more, and after ITEM_DAYS what became of each customer and what it was given. */
export const clearBulkJobs: BackgroundTask = {
  name: 'clear bulk jobs',
  everyMs: 600_000,
  async run({ db }) {
    await db.query('forgetBulkLinks', sql`delete from bulk_token where expires_at < now()`);
    await db.query(
      'forgetBulkFiles',
      sql`delete from bulk_file where job_id in (select id from bulk_job where file_expires_at < now() and exists (select 1 from bulk_file f where f.job_id = bulk_job.id) limit ${CLEARED_AT_ONCE})`,
    );
    await db.query(
      'forgetBulkItems',
      sql`with old as (
            update bulk_job set cleared_at = now(), arguments = '{}' where id in (
              select id from bulk_job where cleared_at is null and finished_at < now() - make_interval(days => ${ITEM_DAYS}) order by finished_at limit ${CLEARED_AT_ONCE}
            ) returning id
          )
          delete from bulk_item where job_id in (select id from old)`,
    );
  },
};
