// The result file of an import: its own lines with what became of each, as CSV. Written as a
// stream, a thousand lines at a time. A cell that a spreadsheet would take for a formula is quoted with an apostrophe.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ServiceContext } from '@customer360/kernel/context';
import { type ImportRow, rowsAfter } from './import.table.ts';
import type { Import } from './import.ts';

const LINES = 1_000;
const ADDED = ['line', 'result', 'message', 'customer id'];

/** Writes the report of an import whose rows are staged. */
export async function writeReport(ctx: ServiceContext, job: Import, response: ServerResponse): Promise<void> {
  const name = `${job.fileName.replace(/\.[^.]*$/, '').replace(/[^\w.-]+/g, '_') || 'import'}-result.csv`;
  response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` });
  response.write(`\ufeff${csvLine([...ADDED, ...(job.columns ?? []).map(({ header }) => header)])}`);
  for (let last = 0; ; ) {
    const rows = await rowsAfter(ctx, job.id, last, LINES);
    if (rows.length === 0 || response.destroyed) break;
    last = rows.at(-1)!.row;
    if (
      !response.write(
        rows
          .map((row) =>
            csvLine([String(row.line), row.outcome ?? row.verdict ?? '', messageOf(job, row), row.customerId ?? '', ...row.cells]),
          )
          .join(''),
      )
    ) {
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  }
  response.end();
}

/** What is to be said of a row, errors with the header of their column. */
function messageOf(job: Pick<Import, 'columns'>, row: Pick<ImportRow, 'errors' | 'message'>): string {
  if (!row.errors?.length) return row.message ?? '';
  return row.errors
    .map(({ column, message }) =>
      column === null ? message : `column ${column} (${job.columns?.[column - 1]?.header ?? '?'}): ${message}`,
    )
    .join('; ');
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** Quoted where needed; `=1+1`, `@x`, `+x` and `-x` are text, a phone number or a negative number stays what it is. */
export function csvCell(cell: string): string {
  const safe = /^[=@\t\r]|^[+-](?![\d\s().-]*$)/.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
