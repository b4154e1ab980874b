// The customers of one slice as lines of the export file [CustomerList]: CSV with formulas defused, rows of an XLSX sheet, or NDJSON for programs. Each slice
// is one piece of the file, written in the transaction that says so; memory holds one slice, whatever the file becomes.
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { csvCell } from '../import/report.ts';
import type { BulkJob } from './bulk-job.ts';
import { sheetRow } from './xlsx-stream.ts';

const COLUMNS = [
  'id',
  'type',
  'displayName',
  'status',
  'source',
  'externalId',
  'email',
  'phone',
  'phoneE164',
  'ownerId',
  'ownerName',
  'parentId',
  'tags',
  'legalName',
  'dbaName',
  'taxId',
  'country',
  'industry',
  'employeeCount',
  'annualRevenue',
  'website',
  'createdAt',
  'updatedAt',
] as const;

type Exported = Record<(typeof COLUMNS)[number], string | string[] | Date | null> & { custom: Record<string, unknown> };

const EXPORTED = raw(`c.id, c.type, c.display_name as "displayName", c.status, c.source, c.external_id as "externalId", c.email, c.phone,
  c.phone_e164 as "phoneE164", c.owner_id as "ownerId", s.name as "ownerName", c.parent_id as "parentId",
  array(select distinct t.name from customer_tag k join tag own on own.id = k.tag_id
        join tag t on t.id = coalesce(own.merged_into, own.id) and t.deleted_at is null where k.customer_id = c.id order by 1) as tags,
  a.legal_name as "legalName", a.dba_name as "dbaName", a.tax_id as "taxId", a.country, a.industry, a.employee_count as "employeeCount",
  a.annual_revenue as "annualRevenue", a.website, c.created_at as "createdAt", c.updated_at as "updatedAt",
  coalesce(c.custom, '{}') || coalesce(c.custom_personal, '{}') as custom`);

/** The columns that this actor may read: a tax id is not for marketing, as in the graph. */
const columnsFor = (roles: readonly string[]): ReadonlyArray<(typeof COLUMNS)[number]> =>
  COLUMNS.filter((name) => name !== 'taxId' || roles.some((role) => role !== 'marketing'));

/** Writes the header of a table; the first piece, before any slice. */
export async function beginExport(tx: Tx, job: BulkJob): Promise<void> {
  const { format } = job.arguments;
  if (format === 'ndjson') return;
  const header = [...columnsFor(job.actorRoles), ...(job.arguments.customKeys ?? []).map((key) => `custom.${key}`)];
  await writePiece(tx, job.id, 0, format === 'xlsx' ? sheetRow(header) : `\ufeff${line(header)}`);
}

/** Writes the piece of the slice at `position`. */
export async function exportCustomers(tx: Tx, job: BulkJob, position: number, ids: readonly string[]): Promise<void> {
  const rows = await tx.query<Exported>(
    'exportCustomers',
    sql`select ${EXPORTED} from unnest(${[...ids]}::uuid[]) with ordinality as asked(id, place) join customer c on c.id = asked.id
        left join account a on a.customer_id = c.id and a.deleted_at is null left join staff_member s on s.id = c.owner_id order by asked.place`,
  );
  const names = columnsFor(tx.actor.roles);
  const { format, customKeys = [] } = job.arguments;
  const text = rows.map((row) => {
    if (format === 'ndjson')
      return `${JSON.stringify({ ...Object.fromEntries(names.map((name) => [name, row[name]])), custom: row.custom })}\n`;
    const cells = [...names.map((name) => cell(row[name])), ...customKeys.map((key) => cell(row.custom[key]))];
    return format === 'xlsx' ? sheetRow(cells) : line(cells.map(String));
  });
  await writePiece(tx, job.id, position, text.join(''));
}

function cell(value: unknown): string | number {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return value;
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join('; ') : String(value);
}

const line = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const writePiece = (tx: Tx, jobId: string, position: number, text: string): Promise<unknown> =>
  tx.query('writeBulkFile', sql`insert into bulk_file (job_id, position, content) values (${jobId}, ${position}, ${Buffer.from(text)})`);
