// Reads an uploaded file into staged rows [WF-CM-001, "Upload CSV/Excel"]: what it is, its header with a proposed mapping, and each line. Memory holds a
// few hundred lines, whatever the file; after a kill the next instance reads it again and goes on behind the lines that are there. A file that cannot be
// read ends as `refused`, with the reason and the place.
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import type { CustomerEnv } from '../env.ts';
import { detect, detectDelimiter } from './detect.ts';
import { normaliseHeader } from './fields.ts';
import { holdImport } from './import.table.ts';
import { FileRefused, type Import, type ImportColumn, LIMITS, NO_COUNTS } from './import.ts';
import { proposeMapping } from './propose-mapping.ts';
import { decode, type FileLine, readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import { writerOf } from './run-import.ts';
import { forgetFile, readStored, StoredArchive } from './stored-file.ts';

const BATCH_LINES = 1_000;
const BATCH_CHARACTERS = 2 * 1_048_576;
const SAMPLES = 20;
const SAMPLES_SHOWN = 3;
const DELIMITER_CHARACTERS = 64 * 1024;

/** Reads the whole file; answers false, since nothing remains to be done. */
export async function readFile(ctx: ServiceContext, job: Import): Promise<boolean> {
  try {
    await stage(ctx, job);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    await refuse(ctx, job, error);
  }
  return false;
}

async function* linesOf(ctx: ServiceContext, job: Import): AsyncGenerator<FileLine, void, void> {
  const { format, encoding, delimiter } = job;
  const env = ctx.env as CustomerEnv;
  if (format === 'csv') yield* readCsv(readStored(ctx, job.uploadId!), encoding!, delimiter!);
  else {
    const limits = {
      unpackedBytes: env.IMPORT_MAX_UNPACKED_BYTES,
      sharedTextBytes: Math.min(env.IMPORT_MAX_UNPACKED_BYTES, 64 * 1_048_576),
    };
    yield* readXlsx(new StoredArchive(ctx, job.uploadId!), job.bytes!, limits);
  }
}

async function stage(ctx: ServiceContext, job: Import): Promise<void> {
  const { format, encoding } = await detect(readStored(ctx, job.uploadId!));
  const delimiter = encoding === null ? null : detectDelimiter(await beginning(ctx, job.uploadId!, encoding));
  const env = ctx.env as CustomerEnv;
  const staged = await stagedRows(ctx, job.id);
  let header: string[] | undefined;
  const samples: string[][] = [];
  let batch: Array<FileLine & { row: number }> = [];
  let characters = 0;
  let row = 0;
  for await (const line of linesOf(ctx, { ...job, format, encoding, delimiter })) {
    if (!header) {
      header = headerOf(line);
      continue;
    }
    if (line.cells.length > LIMITS.columns) throw tooManyColumns(line);
    row++;
    if (row > env.IMPORT_MAX_ROWS)
      throw new FileRefused('too_many_rows', `The file has more than ${env.IMPORT_MAX_ROWS} lines; split it.`, line);
    if (row <= SAMPLES) samples.push([...line.cells]);
    if (row <= staged) continue;
    batch.push({ ...line, row });
    characters += line.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (batch.length < BATCH_LINES && characters < BATCH_CHARACTERS) continue;
    if (!(await keep(ctx, job, batch))) return;
    batch = [];
    characters = 0;
  }
  if (!header) throw new FileRefused('empty', 'The file is empty.');
  if (row === 0) throw new FileRefused('no_rows', 'The file has a header and no line below it.');
  if (batch.length > 0 && !(await keep(ctx, job, batch))) return;
  await finish(ctx, { ...job, format, encoding, delimiter, columns: columnsOf(header, samples), rowsTotal: row });
}

async function beginning(ctx: ServiceContext, uploadId: string, encoding: string): Promise<string> {
  let text = '';
  for await (const piece of decode(readStored(ctx, uploadId), encoding)) {
    text += piece;
    if (text.length >= DELIMITER_CHARACTERS) break;
  }
  const cut = text.slice(0, DELIMITER_CHARACTERS);
  return cut.length < text.length && cut.includes('\n') ? cut.slice(0, cut.lastIndexOf('\n')) : cut;
}

const tooManyColumns = (line: FileLine) =>
  new FileRefused('too_many_columns', `A line has ${line.cells.length} columns; at most ${LIMITS.columns} are read.`, {
    line: line.line,
    column: line.cells.length,
  });

function headerOf(line: FileLine): string[] {
  if (line.cells.length > LIMITS.columns) throw tooManyColumns(line);
  const headers = line.cells.map((cell) => cell.trim().slice(0, 200));
  const seen = new Map<string, number>();
  for (const [n, header] of headers.entries()) {
    const name = normaliseHeader(header);
    const before = name === '' ? undefined : seen.get(name);
    if (before !== undefined)
      throw new FileRefused('duplicate_headers', `Columns ${before + 1} and ${n + 1} have the same header; rename one of them.`, {
        line: line.line,
        column: n + 1,
      });
    seen.set(name, n);
  }
  return headers;
}

function columnsOf(headers: readonly string[], samples: readonly string[][]): ImportColumn[] {
  const ofColumn = headers.map((_, n) => samples.map((cells) => (cells[n] ?? '').trim().toWellFormed().replaceAll('\0', '\ufffd')));
  const proposed = proposeMapping(headers, ofColumn);
  return headers.map((header, n) => ({
    column: n + 1,
    header: header.toWellFormed().replaceAll('\0', '\ufffd') || `Column ${n + 1}`,
    samples: ofColumn[n]!.filter((text) => text !== '')
      .slice(0, SAMPLES_SHOWN)
      .map((text) => text.slice(0, 100)),
    proposed: proposed[n]!,
  }));
}

async function stagedRows(ctx: ServiceContext, importId: string): Promise<number> {
  const last = await ctx.db.one<{ row: number | null }>(
    'lastStagedRow',
    sql`select max(row) as row from import_row where import_id = ${importId}`,
  );
  return last?.row ?? 0;
}

/** Stages lines; false when the import was cancelled meanwhile. What Postgres cannot hold becomes U+FFFD, and later an error of its cell. */
async function keep(ctx: ServiceContext, job: Import, lines: ReadonlyArray<FileLine & { row: number }>): Promise<boolean> {
  const list = lines.map(({ row, line, cells, unreadable }) => ({
    row,
    line,
    cells: Array.from(cells, (cell) => (cell ?? '').toWellFormed().replaceAll('\0', '\ufffd')),
    unreadable: unreadable ?? null,
  }));
  return transact<boolean>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
    if ((await holdImport(tx, job.id)).status !== 'reading') return false;
    await tx.query(
      'stageImportRows',
      sql`insert into import_row (import_id, row, line, cells, unreadable)
          select ${job.id}::uuid, l.row, l.line, array(select jsonb_array_elements_text(l.cells)), nullif(l.unreadable, 'null')
          from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as l(row int, line int, cells jsonb, unreadable jsonb)`,
    );
    await tx.query(
      'advanceImportReading',
      sql`update import set rows_done = ${lines.at(-1)!.row}, worked_at = ${tx.now} where id = ${job.id}`,
    );
    return true;
  });
}

async function finish(ctx: ServiceContext, job: Import): Promise<void> {
  await transact<Import>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'reading') return held;
    await tx.query(
      'finishImportReading',
      sql`update import set status = 'uploaded', version = version + 1, updated_at = ${tx.now}, format = ${job.format}, encoding = ${job.encoding},
            delimiter = ${job.delimiter}, columns = ${JSON.stringify(job.columns)}::jsonb, rows_total = ${job.rowsTotal}, rows_done = 0 where id = ${job.id}`,
    );
    await tx.query('forgetImportFile', sql`delete from import_file where import_id = ${job.id}`);
    return held;
  });
}

async function refuse(ctx: ServiceContext, job: Import, { refusal }: FileRefused): Promise<void> {
  await transact<Import>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'reading') return held;
    await tx.query(
      'refuseImportFile',
      sql`update import set status = 'refused', version = version + 1, updated_at = ${tx.now}, finished_at = ${tx.now}, refusal = ${JSON.stringify(refusal)}::jsonb,
            rows_done = 0, counts = ${JSON.stringify(NO_COUNTS)}::jsonb where id = ${job.id}`,
    );
    await tx.query('forgetStagedRows', sql`delete from import_row where import_id = ${job.id}`);
    return held;
  });
  await forgetFile(ctx, job.id);
}
