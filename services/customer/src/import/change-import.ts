// Moves an import on: confirm it once every exception is decided [WF-CM-001, "Confirm import"], cancel it, go on with a cancelled one, undo a finished one,
// and hand out its report. Rows that were written before a cancel stay; an undo takes them back.
import { expectVersion, type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact } from '../write.ts';
import { holdImport, ImportTable, requireImport } from './import.table.ts';
import { type Import, wrongStatus } from './import.ts';
import { type FileLink, giveFileLink } from './start-import.ts';

/** Begins to write the rows, on behalf of the caller; a cancelled import goes on where it stopped. */
export async function confirmImport(ctx: Ctx, id: string, expectedVersion: number): Promise<Import | Problem> {
  await requireImport(ctx, id);
  return transact<Import, Problem>(ctx, { lock: [id] }, async (tx) => {
    const job = await holdImport(tx, id);
    const goesOn = job.status === 'cancelled' && Object.keys(job.counts.outcomes).length > 0 && job.clearedAt === null;
    const refused = goesOn ? undefined : wrongStatus(job, ['previewed']);
    if (refused) return refused;
    expectVersion('Import', job, expectedVersion);
    const { undecided } = job.counts;
    if (undecided > 0)
      return problem(
        'ImportRowsUndecided',
        `${undecided} possible duplicates wait for a decision: skip them, create anyway, or update the match.`,
        { undecided },
      );
    const saved = await updateRow(tx, ImportTable, job, {
      status: 'running',
      actorId: tx.actor.id,
      actorRoles: [...tx.actor.roles],
      rowsDone: goesOn ? job.rowsDone : 0,
      stepStartedAt: tx.now,
      finishedAt: null,
    });
    const { externalSystem } = job.options;
    tx.emit(fact('import-started', id, { importId: id, version: saved.version, rows: job.rowsTotal, externalSystem }));
    return saved;
  });
}

/** Stops an import before its end. */
export async function cancelImport(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Import | Problem> {
  await requireImport(ctx, id);
  return transact<Import, Problem>(ctx, { lock: [id] }, async (tx) => {
    const job = await holdImport(tx, id);
    if (job.status === 'cancelled') return job;
    const refused = wrongStatus(job, ['awaiting_file', 'reading', 'uploaded', 'checking', 'previewed', 'running']);
    if (refused) return refused;
    expectVersion('Import', job, expectedVersion);
    const saved = await updateRow(tx, ImportTable, job, { status: 'cancelled', finishedAt: tx.now });
    if (job.status === 'running')
      tx.emit(fact('import-cancelled', id, { importId: id, version: saved.version, rows: job.rowsTotal, rowsDone: job.rowsDone }));
    return saved;
  });
}

/** Begins to take back what an import wrote. */
export async function undoImport(ctx: Ctx, id: string, expectedVersion: number): Promise<Import | Problem> {
  await requireImport(ctx, id);
  return transact<Import, Problem>(ctx, { lock: [id] }, async (tx) => {
    const job = await holdImport(tx, id);
    const refused = wrongStatus(job, ['done', 'cancelled']);
    if (refused) return refused;
    if (job.clearedAt !== null)
      return problem('ImportCleared', 'The time to undo this import is over; its journal was erased.', { clearedAt: job.clearedAt });
    expectVersion('Import', job, expectedVersion);
    return updateRow(tx, ImportTable, job, {
      status: 'undoing',
      actorId: tx.actor.id,
      actorRoles: [...tx.actor.roles],
      rowsDone: 0,
      stepStartedAt: tx.now,
      finishedAt: null,
    });
  });
}

/** A link to the result file: every line with what became of it. */
export async function importReport(ctx: Ctx, id: string): Promise<(FileLink & { __typename: 'ImportReport' }) | Problem> {
  const job = await requireImport(ctx, id);
  const refused = wrongStatus(job, ['uploaded', 'checking', 'previewed', 'running', 'done', 'cancelled', 'undoing', 'undone']);
  if (refused) return refused;
  if (job.clearedAt !== null)
    return problem('ImportCleared', 'The rows of this import were erased by retention.', { clearedAt: job.clearedAt });
  return { __typename: 'ImportReport', ...(await giveFileLink(ctx, id, 'report')) };
}
