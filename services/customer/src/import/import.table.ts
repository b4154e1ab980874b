// The tables of imports: the job itself, its rows, and who sees which. An admin and a sales manager see all imports, everybody else their own.
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { notFound } from '@customer360/kernel/problem';
import { columns, raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import type { Ctx } from '../loaders.ts';
import type { Decision, Import, ImportCounts, Outcome, RowError, Verdict } from './import.ts';

export const ImportTable = new EntitySchema<Import>({
  name: 'import',
  columns: {
    ...rowColumns,
    fileName: { name: 'file_name', type: 'text' },
    status: { type: 'text' },
    format: { type: 'text', nullable: true },
    encoding: { type: 'text', nullable: true },
    delimiter: { type: 'text', nullable: true },
    bytes: { type: 'int', nullable: true },
    sha256: { type: 'text', nullable: true },
    refusal: { type: 'jsonb', nullable: true },
    columns: { type: 'jsonb', nullable: true },
    mapping: { type: 'jsonb', nullable: true },
    options: { type: 'jsonb' },
    actorId: { name: 'actor_id', type: 'text' },
    actorRoles: { name: 'actor_roles', type: 'text', array: true },
    uploadId: { name: 'upload_id', type: 'uuid', nullable: true },
    rowsTotal: { name: 'rows_total', type: 'int' },
    rowsDone: { name: 'rows_done', type: 'int' },
    counts: { type: 'jsonb' },
    stepStartedAt: { name: 'step_started_at', type: 'timestamptz', nullable: true },
    finishedAt: { name: 'finished_at', type: 'timestamptz', nullable: true },
    workedAt: { name: 'worked_at', type: 'timestamptz', nullable: true },
    clearedAt: { name: 'cleared_at', type: 'timestamptz', nullable: true },
  },
});

export const importSelect = columns(ImportTable, 't');

const visible = (actor: Actor): Sql =>
  hasRole(actor, 'admin', 'sales_manager', 'auditor')
    ? raw('true')
    : sql`(t.created_by_kind = ${actor.kind} and t.created_by_id = ${actor.id})`;

export const importList: ListSpec<Import> = {
  name: 'listImports',
  select: importSelect,
  from: raw('import t'),
  visible: (actor) => sql`t.deleted_at is null and ${visible(actor)}`,
  search: searchIn('t.file_name'),
  order: keyset({
    fields: {
      CREATED_AT: { column: raw('t.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('t.updated_at'), type: 'timestamptz' },
    },
    id: raw('t.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    id: field('t.id', 'uuid'),
    status: field('t.status', 'enum'),
    fileName: field('t.file_name', 'text'),
    createdAt: field('t.created_at', 'timestamptz'),
  },
};

/** The import as the caller may see it; NOT_FOUND otherwise. */
export async function requireImport(ctx: Pick<Ctx, 'db' | 'actor'>, id: string): Promise<Import> {
  const found = await ctx.db.one<Import>(
    'findImport',
    sql`select ${importSelect} from import t where t.id = ${id} and ${importList.visible(ctx.actor, false)}`,
  );
  if (!found) throw notFound('Import', id);
  return found;
}

/** The import in a transaction, held until it ends, so that no two steps pass each other. */
export async function holdImport(tx: Tx, id: string): Promise<Import> {
  const found = await tx.one<Import>('holdImport', sql`select ${importSelect} from import t where t.id = ${id} for update`);
  if (!found) throw notFound('Import', id);
  return found;
}

/** A staged line, what the check says of it, and what became of it. */
export interface ImportRow {
  id: string;
  importId: string;
  /** 1 is the first line below the header. */
  row: number;
  /** Where it begins in the file. */
  line: number;
  cells: string[];
  unreadable: Array<{ column: number; message: string }> | null;
  rowHash: string | null;
  verdict: Verdict | null;
  errors: RowError[] | null;
  matchId: string | null;
  matchRow: number | null;
  matchScore: number | null;
  matchReasons: Array<{ field: string; level: string; bits: number | null }> | null;
  decision: Decision | null;
  outcome: Outcome | null;
  message: string | null;
  customerId: string | null;
}

export const rowSelect =
  raw(`t.id, t.import_id as "importId", t.row, t.line, t.cells, t.unreadable, t.row_hash as "rowHash", t.verdict, t.errors,
  t.match_id as "matchId", t.match_row as "matchRow", t.match_score as "matchScore", t.match_reasons as "matchReasons", t.decision, t.outcome,
  t.message, t.customer_id as "customerId"`);

export const importRowList: ListSpec<ImportRow> = {
  name: 'listImportRows',
  select: rowSelect,
  from: raw('import_row t'),
  visible: () => raw('true'),
  order: keyset({ fields: { ROW: { column: raw('t.row'), type: 'int' } }, id: raw('t.id'), default: [{ field: 'ROW', direction: 'ASC' }] }),
  filter: {
    row: field('t.row', 'int'),
    verdict: field('t.verdict', 'enum'),
    decision: field('t.decision', 'enum'),
    outcome: field('t.outcome', 'enum'),
    matchScore: field('t.match_score', 'int'),
  },
};

/** The rows after `row`, in order. */
export const rowsAfter = (ctx: Pick<Ctx, 'db'> | Tx, importId: string, row: number, limit: number): Promise<ImportRow[]> =>
  ('db' in ctx ? ctx.db : ctx).query<ImportRow>(
    'readImportRows',
    sql`select ${rowSelect} from import_row t where t.import_id = ${importId} and t.row > ${row} order by t.row limit ${limit}`,
  );

/** Counts the rows anew. */
export async function countRows(tx: Tx, importId: string): Promise<ImportCounts> {
  const rows = await tx.query<{ verdict: Verdict | null; outcome: Outcome | null; undecided: boolean; count: number }>(
    'countImportRows',
    sql`select verdict, outcome, coalesce(verdict = 'duplicate' and decision is null, false) as undecided, count(*)::int as count
        from import_row where import_id = ${importId} group by 1, 2, 3`,
  );
  const counts: ImportCounts = { verdicts: {}, outcomes: {}, undecided: 0 };
  for (const { verdict, outcome, undecided, count } of rows) {
    if (verdict) counts.verdicts[verdict] = (counts.verdicts[verdict] ?? 0) + count;
    if (outcome) counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + count;
    if (undecided) counts.undecided += count;
  }
  return counts;
}

const KEYS = 50_000;

/** Forgets some of the keys by which the lines of a file were compared; false when none was left. Millions at once would hold everybody up. */
export async function forgetSomeKeys(reader: Reader, importId: string): Promise<boolean> {
  const forgotten = await reader.one<{ count: number }>(
    'forgetImportKeys',
    sql`with gone as (
          delete from import_key where ctid = any(array(select ctid from import_key where import_id = ${importId} limit ${KEYS})) returning 1
        )
        select count(*)::int as count from gone`,
  );
  return forgotten!.count > 0;
}
