// Clears what is personal of imports that ended IMPORT_RETENTION_DAYS ago: cells, samples, messages, the journal of earlier values. What remains is who
// imported what and when with what counts, and per row a hash and the customer's id, so that the same file still imports nothing twice.
import type { ServiceContext } from '@customer360/kernel/context';
import type { BackgroundTask } from '@customer360/kernel/service';
import { sql } from '@customer360/kernel/sql';
import type { CustomerEnv } from '../env.ts';
import { forgetSomeKeys } from './import.table.ts';

const EVERY_MS = 600_000;
const ROWS = 5_000;
const IMPORTS = 20;

export const clearOldImports: BackgroundTask = { name: 'clear old imports', everyMs: EVERY_MS, run: (ctx) => clearImports(ctx) };

/** Clears the oldest ones; a large import takes several rounds. */
async function clearImports(ctx: ServiceContext): Promise<void> {
  const days = (ctx.env as CustomerEnv).IMPORT_RETENTION_DAYS;
  // Pieces of an upload that was killed, and links that nobody can use any more.
  await ctx.db.query(
    'forgetLostUploads',
    sql`delete from import_file f using import t where t.id = f.import_id and t.status <> 'reading' and f.stored_at < now() - interval '2 hours'`,
  );
  await ctx.db.query('forgetFileLinks', sql`delete from import_token where expires_at < now()`);
  const old = await ctx.db.query<{ id: string; rows: number }>(
    'findOldImports',
    sql`select id, rows_total as rows from import where cleared_at is null and status not in ('reading', 'checking', 'running', 'undoing')
          and coalesce(finished_at, updated_at) < now() - make_interval(days => ${days}) order by updated_at limit ${IMPORTS}`,
  );
  for (const { id, rows } of old) {
    while (await forgetSomeKeys(ctx.db, id));
    for (let from = 0; from <= rows; from += ROWS) {
      const range = sql`import_id = ${id} and row > ${from} and row <= ${from + ROWS}`;
      await ctx.db.query('forgetImportJournal', sql`delete from import_change where ${range}`);
      await ctx.db.query(
        'clearImportRows',
        sql`update import_row set cells = '{}', unreadable = null, errors = null, message = null, match_reasons = null where ${range}`,
      );
    }
    await ctx.db.query(
      'markImportCleared',
      sql`update import set cleared_at = now(), columns = null, file_name = 'cleared', version = version + 1, updated_at = now() where id = ${id}`,
    );
  }
}
