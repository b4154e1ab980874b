// Says which column is what [WF-CM-001, "Map columns to fields"] and begins the check; a mapping may come from a named template and be kept as one.
// Mapping again is possible until the import is confirmed: the check starts anew. `previewImport` shows the first rows under a mapping, and changes nothing.
import { newRow } from '@customer360/kernel/entity';
import { badInput, checkText, expectVersion, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow, updateRow } from '@customer360/kernel/rows';
import { columns, sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { FIELDS, type ImportField, normaliseHeader } from './fields.ts';
import { holdImport, ImportTable, requireImport, rowsAfter } from './import.table.ts';
import { type ColumnMapping, type Import, LIMITS, NO_COUNTS, wrongStatus } from './import.ts';
import { type ImportTemplate, ImportTemplateTable } from './import-template.ts';
import { missingForCreate, type ReadRow, readRow } from './read-row.ts';

export interface MapImportInput {
  mapping?: ColumnMapping[] | null;
  templateId?: string | null;
  saveAs?: string | null;
}

const MAPPABLE = ['uploaded', 'checking', 'previewed'] as const;

/** Takes a mapping and begins the check. */
export async function mapImport(ctx: Ctx, id: string, expectedVersion: number, input: MapImportInput): Promise<Import | Problem> {
  checkText('input.saveAs', input.saveAs, { max: 100, required: input.saveAs != null });
  const seen = await requireImport(ctx, id);
  const refused = wrongStatus(seen, MAPPABLE);
  if (refused) return refused;
  const mapping = await chosenMapping(ctx, seen, input);
  return transact<Import, Problem>(ctx, { lock: [id] }, async (tx) => {
    const job = await holdImport(tx, id);
    const late = wrongStatus(job, MAPPABLE);
    if (late) return late;
    expectVersion('Import', job, expectedVersion);
    const taken = input.saveAs ? await keepTemplate(tx, job, mapping, input.saveAs.trim()) : undefined;
    if (taken) return taken;
    return updateRow(tx, ImportTable, job, { mapping, status: 'checking', rowsDone: 0, counts: NO_COUNTS, stepStartedAt: tx.now });
  });
}

async function chosenMapping(ctx: Ctx, job: Import, input: MapImportInput): Promise<ColumnMapping[]> {
  if ((input.mapping == null) === (input.templateId == null)) throw badInput('input', 'takes either mapping or templateId');
  if (input.mapping) return checkMapping(job, input.mapping, 'input.mapping');
  const template = await ctx.db.one<ImportTemplate>(
    'findImportTemplate',
    sql`select ${columns(ImportTemplateTable, 't')} from import_template t where t.id = ${input.templateId} and t.deleted_at is null`,
  );
  if (!template) throw notFound('ImportTemplate', input.templateId!, 'input.templateId');
  return checkMapping(job, mappingByTemplate(job, template), 'input.templateId');
}

/** The template's columns by their headers in this file; those that the file lacks are left out. */
function mappingByTemplate(job: Pick<Import, 'columns'>, template: Pick<ImportTemplate, 'columns'>): ColumnMapping[] {
  const byHeader = new Map(job.columns!.map(({ header, column }) => [normaliseHeader(header), column]));
  const mapping = template.columns.flatMap(({ header, field }) => {
    const column = byHeader.get(normaliseHeader(header));
    return column === undefined ? [] : [{ column, field }];
  });
  if (mapping.length === 0) throw badInput('input.templateId', 'names no column of this file');
  return mapping;
}

/** Columns that exist, each once, each field once, and somebody named by them. */
function checkMapping(job: Pick<Import, 'columns'>, mapping: readonly ColumnMapping[], path: string): ColumnMapping[] {
  if (mapping.length === 0) throw badInput(path, 'is empty');
  if (mapping.length > LIMITS.columns) throw badInput(path, `has more than ${LIMITS.columns} columns`);
  const columnsSeen = new Set<number>();
  const fields = new Set<ImportField>();
  mapping.forEach(({ column, field }, n) => {
    if (column < 1 || column > job.columns!.length) throw badInput(`${path}.${n}.column`, `must be from 1 to ${job.columns!.length}`);
    if (columnsSeen.has(column)) throw badInput(`${path}.${n}.column`, 'is mapped twice');
    if (fields.has(field)) throw badInput(`${path}.${n}.field`, 'is filled by two columns');
    columnsSeen.add(column);
    fields.add(field);
  });
  const naming = [...fields].some(
    (field) => field === 'customer_external_id' || /displayName|firstName|lastName|fullName|legalName/.test(FIELDS[field].name),
  );
  if (!naming) throw badInput(path, 'names nobody: map a name, a company or an external id');
  return mapping.map(({ column, field }) => ({ column, field })).sort((a, b) => a.column - b.column);
}

async function keepTemplate(tx: Tx, job: Import, mapping: readonly ColumnMapping[], name: string): Promise<Problem | undefined> {
  const taken = await tx.one(
    'findTemplateName',
    sql`select 1 from import_template where lower(name) = lower(${name}) and deleted_at is null`,
  );
  if (taken) return problem('ImportTemplateNameTaken', 'A template of this name exists; choose another, or delete that one.');
  const named = mapping.map(({ column, field }) => ({ header: job.columns![column - 1]!.header, field }));
  await insertRow<ImportTemplate>(tx, ImportTemplateTable, { ...newRow(tx.actor, tx.now), name, columns: named, options: job.options });
  return undefined;
}

export type PreviewRow = ReadRow & { row: number; line: number };

/** The first rows as they would be under a mapping, or under the one in use. */
export async function previewImport(
  ctx: Ctx,
  id: string,
  mapping: ColumnMapping[] | null | undefined,
  first: number,
): Promise<PreviewRow[]> {
  if (first < 1 || first > LIMITS.previewRows)
    throw badInput('first', `must be from 1 to ${LIMITS.previewRows}, not ${first}`, {
      limit: 'first',
      max: LIMITS.previewRows,
      asked: first,
    });
  const job = await requireImport(ctx, id);
  if (!job.columns) return [];
  const used = mapping ? checkMapping(job, mapping, 'mapping') : (job.mapping ?? proposedMapping(job));
  const rows = await rowsAfter(ctx, id, 0, first);
  return rows.map((row) => {
    const read = readRow(used, job.options, row.cells, row.unreadable ?? []);
    const errors = read.errors.length > 0 || read.input.customer.externalId ? read.errors : missingForCreate(read.input, used);
    return { ...read, errors, row: row.row, line: row.line };
  });
}

const proposedMapping = (job: Import): ColumnMapping[] =>
  job.columns!.flatMap(({ column, proposed }) => (proposed ? [{ column, field: proposed }] : []));
