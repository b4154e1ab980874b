// Carries imports forward in the background: reading, checking, writing, undoing. Each step is a row of short transactions that say how far they came, so
// that a killed instance loses nothing: its session's lock goes with it, and any other instance takes the import up. Imports take turns, two seconds each.
import type { ServiceContext } from '@customer360/kernel/context';
import { isTransient } from '@customer360/kernel/database';
import type { BackgroundTask } from '@customer360/kernel/service';
import { sql } from '@customer360/kernel/sql';
import { checkSlice } from './check-batch.ts';
import { importSelect } from './import.table.ts';
import type { Import, ImportStatus } from './import.ts';
import { readFile } from './read-file.ts';
import { runChunk } from './run-import.ts';
import { undoChunk } from './undo-import.ts';

const STEPS: Partial<Record<ImportStatus, (ctx: ServiceContext, job: Import) => Promise<boolean>>> = {
  reading: readFile,
  checking: checkSlice,
  running: runChunk,
  undoing: undoChunk,
};
const AT_WORK = Object.keys(STEPS);
const TURN_MS = 2_000;
const RUN_MS = 20_000;
const MAX_CANDIDATES = 20;
/** An import whose file or check fails so often, and not for a reason that time heals, is given up. */
const MAX_FAILURES = 5;

const failures = new Map<string, number>();

export const workOnImports: BackgroundTask = {
  name: 'imports',
  everyMs: 250,
  async run(ctx) {
    for (const until = Date.now() + RUN_MS; Date.now() < until && (await takeTurn(ctx)); );
  },
};

/** Works on the import that waited longest; false when there is none. */
async function takeTurn(ctx: ServiceContext): Promise<boolean> {
  const waiting = await ctx.db.query<{ id: string }>(
    'findImportsAtWork',
    sql`select id from import where status = any(${AT_WORK}::text[]) order by worked_at nulls first, id limit ${MAX_CANDIDATES}`,
  );
  if (waiting.length === 0) return false;
  const session = await ctx.db.pool.connect();
  try {
    for (const { id } of waiting) {
      const { rows } = await session.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as mine', [`import-work:${id}`]);
      if (!rows[0].mine) continue;
      try {
        await work(ctx, id);
        failures.delete(id);
      } catch (error) {
        await failed(ctx, id, error);
        throw error;
      } finally {
        await session.query('select pg_advisory_unlock(hashtextextended($1, 0))', [`import-work:${id}`]);
      }
      return true;
    }
    return false;
  } finally {
    session.release();
  }
}

async function work(ctx: ServiceContext, id: string): Promise<void> {
  for (const until = Date.now() + TURN_MS; Date.now() < until; ) {
    const job = await ctx.db.one<Import>('findImportAtWork', sql`select ${importSelect} from import t where t.id = ${id}`);
    const step = job && STEPS[job.status];
    if (!step || !(await step(ctx, job))) return;
  }
}

/** Lets others go first, and gives up where nothing helps. */
async function failed(ctx: ServiceContext, id: string, error: unknown): Promise<void> {
  if (isTransient(error)) return;
  const count = (failures.get(id) ?? 0) + 1;
  failures.set(id, count);
  const refusal = {
    code: 'failed',
    message: 'The import failed for an unexpected reason; ask an operator to look at the log.',
    line: null,
    column: null,
  };
  await ctx.db.query(
    'importFailed',
    sql`update import set worked_at = now(),
          status = case when ${count >= MAX_FAILURES}::boolean and status in ('reading', 'checking') then 'refused' else status end,
          refusal = case when ${count >= MAX_FAILURES}::boolean and status in ('reading', 'checking') then ${JSON.stringify(refusal)}::jsonb else refusal end
        where id = ${id}`,
  );
}
