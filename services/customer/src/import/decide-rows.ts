// A person decides what becomes of rows [WF-CM-001, "Review exceptions"]: skip them, create anyway, or update the match; row by row, or all that a rule
// names. What the check found invalid stays out: it cannot be written. A decision may be changed until the import is confirmed.
import { badInput, expectVersion, type Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { and, raw, sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { countRows, holdImport, ImportTable, requireImport } from './import.table.ts';
import { type Decision, type Import, type Verdict, wrongStatus } from './import.ts';

/** Which rows: by number, or by what the check says of them. */
export interface RowRule {
  rows?: number[] | null;
  verdict?: Verdict | null;
  minScore?: number | null;
  maxScore?: number | null;
  undecidedOnly?: boolean | null;
}

const MAX_ROWS = 200;

/** Decides; rows that the rule names and that the decision does not fit stay as they were. */
export async function decideImportRows(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  rule: RowRule,
  decision: Decision,
): Promise<Import | Problem> {
  if (rule.rows && rule.rows.length > MAX_ROWS)
    throw badInput('rule.rows', `has more than ${MAX_ROWS} rows; name a verdict or a score instead`);
  if (!rule.rows && !rule.verdict) throw badInput('rule', 'names no rows: give rows or a verdict');
  await requireImport(ctx, id);
  return transact<Import, Problem>(ctx, { lock: [id] }, async (tx) => {
    const job = await holdImport(tx, id);
    const refused = wrongStatus(job, ['previewed']);
    if (refused) return refused;
    expectVersion('Import', job, expectedVersion);
    const named = and(
      rule.rows ? sql`row = any(${rule.rows}::int[])` : raw('true'),
      rule.verdict ? sql`verdict = ${rule.verdict}` : raw('true'),
      rule.minScore == null ? raw('true') : sql`match_score >= ${rule.minScore}`,
      rule.maxScore == null ? raw('true') : sql`match_score <= ${rule.maxScore}`,
      rule.undecidedOnly ? raw('decision is null') : raw('true'),
    );
    await tx.query(
      'decideImportRows',
      sql`update import_row set decision = ${decision} where import_id = ${id} and ${named} and (${FITS[decision]})`,
    );
    return updateRow(tx, ImportTable, job, { counts: await countRows(tx, id) });
  });
}

/** A row without a match has nothing to update; one about a known external id cannot be created beside it. */
const FITS = {
  skip: raw(`verdict in ('new', 'update', 'duplicate')`),
  create: raw(`verdict in ('new', 'duplicate')`),
  update: raw(`verdict = 'update' or (verdict = 'duplicate' and (match_id is not null or match_row is not null))`),
} as const;
