// A second person approves or rejects a large deletion; who asked does not approve [Bulk delete request]. Any unfinished job can be cancelled: what was
// done stays done, and the rest is left alone.
import { hasRole } from '@customer360/kernel/actor';
import { checkText, expectVersion, forbidden, type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact } from '../write.ts';
import { BulkJobTable, dropFile, dropSlices, holdBulkJob, requireBulkJob } from './bulk-job.table.ts';
import { type BulkJob, type BulkStatus, wrongStatus } from './bulk-job.ts';

/** Approves: the job runs, on behalf of whoever asked. */
export const approveBulkJob = (ctx: Ctx, id: string, expectedVersion: number): Promise<BulkJob | Problem> =>
  change(ctx, id, expectedVersion, ['awaiting_approval'], async (tx, job) => {
    if (job.createdByKind === tx.actor.kind && job.createdById === tx.actor.id)
      return problem('ApproverIsRequester', 'Somebody else has to approve what you asked for.');
    const saved = await updateRow(tx, BulkJobTable, job, { status: 'running', startedAt: tx.now, ...deciderOf(tx) });
    tx.emit(fact('bulk-job-started', id, { bulkJobId: id, version: saved.version, action: job.action, items: job.itemsTotal }));
    return saved;
  });

/** Rejects, and says why: nothing happens to the customers. */
export function rejectBulkJob(ctx: Ctx, id: string, expectedVersion: number, reason: string): Promise<BulkJob | Problem> {
  checkText('reason', reason, { max: 500, required: true });
  return change(ctx, id, expectedVersion, ['awaiting_approval'], async (tx, job) => {
    await dropSlices(tx, id);
    const saved = await updateRow(tx, BulkJobTable, job, {
      status: 'rejected',
      finishedAt: tx.now,
      rejectionReason: reason,
      ...deciderOf(tx),
    });
    tx.emit(fact('bulk-job-rejected', id, { bulkJobId: id, version: saved.version, action: job.action }));
    return saved;
  });
}

/** Stops a job; one that is cancelled already is answered as it is. */
export const cancelBulkJob = (ctx: Ctx, id: string, expectedVersion?: number | null): Promise<BulkJob | Problem> =>
  change(ctx, id, expectedVersion, ['awaiting_approval', 'running', 'cancelled'], async (tx, job) => {
    const own = job.createdByKind === tx.actor.kind && job.createdById === tx.actor.id;
    if (!own && !hasRole(tx.actor, 'admin', 'sales_manager'))
      throw forbidden('only who asked, an admin or a sales manager stops a bulk job');
    if (job.status === 'cancelled') return job;
    await dropSlices(tx, id);
    await dropFile(tx, id);
    const saved = await updateRow(tx, BulkJobTable, job, { status: 'cancelled', finishedAt: tx.now });
    const { action, itemsOk: ok, itemsSkipped: skipped, itemsRefused: refused } = saved;
    tx.emit(fact('bulk-job-cancelled', id, { bulkJobId: id, version: saved.version, action, ok, skipped, refused }));
    return saved;
  });

const deciderOf = ({ actor }: Tx) => ({ decidedByKind: actor.kind, decidedById: actor.id });

async function change(
  ctx: Ctx,
  id: string,
  expectedVersion: number | null | undefined,
  allowed: readonly BulkStatus[],
  work: (tx: Tx, job: BulkJob) => Promise<BulkJob | Problem>,
): Promise<BulkJob | Problem> {
  await requireBulkJob(ctx, id);
  return transact<BulkJob, Problem>(ctx, { lock: [id] }, async (tx) => {
    const job = await holdBulkJob(tx, id);
    const refused = wrongStatus(job, allowed);
    if (refused) return refused;
    expectVersion('BulkJob', job, expectedVersion);
    return work(tx, job);
  });
}
