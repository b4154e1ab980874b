// Checks a mapped import [WF-CM-001, "Preview import" and "Run duplicate check on batch"]: every line is read by the product's rules, compared with what
// was imported before, with the base and with the lines before it, and gets a verdict. A slice of lines is one transaction, so that a kill repeats
// at most that slice.
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { findInBase, findInBatch, type Likeness, type NewLine, profileOfInput } from './find-duplicates-of-batch.ts';
import { countRows, forgetSomeKeys, holdImport, type ImportRow, rowsAfter } from './import.table.ts';
import { defaultDecision, type Import, type RowError, type Verdict } from './import.ts';
import { planGroup } from './plan-group.ts';
import { missingForCreate, type ReadRow, readRow } from './read-row.ts';
import { personOf, writerOf } from './run-import.ts';
import { activeOwners, byExternalId, loadExisting } from './targets.ts';

/** Lines of one transaction: judging them blocks everybody else in this process, so they are few. */
const SLICE = 200;

export interface Checked {
  row: ImportRow;
  read: ReadRow;
  errors: RowError[];
}

interface Judged {
  row: number;
  rowHash: string;
  verdict: Verdict;
  errors: RowError[] | null;
  matchId: string | null;
  matchRow: number | null;
  matchScore: number | null;
  matchReasons: Likeness['reasons'] | null;
  message: string | null;
}

/** One slice; answers false when all lines are checked or the import was cancelled. */
export async function checkSlice(ctx: ServiceContext, job: Import): Promise<boolean> {
  return transact<boolean>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'checking') return false;
    // Those of an earlier mapping.
    if (held.rowsDone === 0 && (await forgetSomeKeys(tx, job.id))) return true;
    const rows = await rowsAfter(tx, job.id, held.rowsDone, SLICE);
    if (rows.length === 0) {
      const counts = await countRows(tx, job.id);
      await tx.query(
        'finishImportCheck',
        sql`update import set status = 'previewed', version = version + 1, updated_at = ${tx.now}, counts = ${JSON.stringify(counts)}::jsonb where id = ${job.id}`,
      );
      return false;
    }
    await keepVerdicts(tx, held, await judgeRows(ctx, tx, held, rows));
    await tx.query(
      'advanceImportCheck',
      sql`update import set rows_done = ${rows.at(-1)!.row}, worked_at = ${tx.now} where id = ${job.id}`,
    );
    return true;
  });
}

/** Reads lines and finds the mistakes that need a look into the database, too. */
async function readRows(tx: Tx, job: Import, rows: readonly ImportRow[]): Promise<Checked[]> {
  const checked = rows.map((row): Checked => {
    const read = readRow(job.mapping!, job.options, row.cells, row.unreadable ?? []);
    return { row, read, errors: [...read.errors, ...structureErrors(row, job)] };
  });
  const owners = await activeOwners(
    tx,
    checked.flatMap(({ read }) => read.input.owner ?? []),
  );
  const ownerColumn = job.mapping!.find(({ field }) => field === 'customer_owner')?.column ?? null;
  for (const { read, errors } of checked)
    if (read.input.owner && !owners.has(read.input.owner))
      errors.push({ column: ownerColumn, field: 'customer_owner', message: 'is not an active member of staff' });
  return checked;
}

/** A line of a CSV file with more or fewer cells than its header has been torn apart somewhere. */
function structureErrors(row: ImportRow, job: Import): RowError[] {
  const width = job.columns!.length;
  if (job.format === 'xlsx' || row.cells.length === width) return [];
  return [
    { column: Math.min(row.cells.length, width) + 1, field: null, message: `has ${row.cells.length} cells, the header has ${width}` },
  ];
}

async function judgeRows(ctx: ServiceContext, tx: Tx, job: Import, rows: readonly ImportRow[]): Promise<Judged[]> {
  const person = personOf(job);
  const checked = await readRows(tx, job, rows);
  const { externalSystem } = job.options;
  const ofExternalIds = await byExternalId(
    tx,
    person,
    externalSystem,
    checked.flatMap(({ read }) => read.input.customer.externalId ?? []),
  );
  const imported = await importedBefore(
    tx,
    checked.map(({ read }) => read.hash),
  );
  const fresh = checked.flatMap(({ row, read, errors }): NewLine[] => {
    const known = errors.length > 0 || imported.has(read.hash) || ofExternalIds.has(read.input.customer.externalId ?? '');
    return known || missingForCreate(read.input, job.mapping!).length > 0
      ? []
      : [{ row: row.row, hash: read.hash, input: read.input, profile: profileOfInput(read.input) }];
  });
  const inBatch = await findInBatch(ctx, tx, job, fresh);
  const inBase = await findInBase(ctx, tx, person, fresh);
  const changing = await changes(tx, job, checked, ofExternalIds);
  return checked.map(({ row, read, errors }) => {
    const judged = (verdict: Verdict, more: Partial<Judged> = {}): Judged => ({
      row: row.row,
      rowHash: read.hash,
      verdict,
      errors: null,
      matchId: null,
      matchRow: null,
      matchScore: null,
      matchReasons: null,
      message: null,
      ...more,
    });
    if (errors.length > 0) return judged('invalid', { errors });
    const before = imported.get(read.hash);
    if (before) return judged('unchanged', { matchId: before, message: 'This line was imported before.' });
    const { externalId } = read.input.customer;
    const target = externalId ? ofExternalIds.get(externalId) : undefined;
    if (target && !target.visible)
      return judged('invalid', {
        errors: [{ column: columnOf(job), field: 'customer_external_id', message: 'belongs to a customer that you do not see' }],
      });
    if (target) return judged(...changing(row.row, target.customerId));
    const missing = missingForCreate(read.input, job.mapping!);
    if (missing.length > 0) return judged('invalid', { errors: missing });
    const earlier = inBatch.get(row.row);
    if (earlier?.same) return judged('update', { matchRow: earlier.row });
    const base = inBase.get(row.row)?.[0];
    const best = base && (!earlier || base.score >= earlier.score) ? base : earlier;
    if (!best) return judged('new');
    const { score, reasons } = best;
    return judged('duplicate', {
      matchId: 'customerId' in best ? best.customerId : null,
      matchRow: 'row' in best ? best.row : null,
      matchScore: score,
      matchReasons: reasons,
    });
  });
}

const columnOf = (job: Import): number | null => job.mapping!.find(({ field }) => field === 'customer_external_id')?.column ?? null;

/** Would a line about a known customer change anything? */
async function changes(
  tx: Tx,
  job: Import,
  checked: readonly Checked[],
  known: ReadonlyMap<string, { customerId: string; visible: boolean }>,
) {
  const about = checked.flatMap(({ row, read, errors }) => {
    const target = known.get(read.input.customer.externalId ?? '');
    return target?.visible && errors.length === 0 ? [{ row: row.row, input: read.input, customerId: target.customerId }] : [];
  });
  const existing = await loadExisting(tx, job.options.externalSystem, [...new Set(about.map(({ customerId }) => customerId))]);
  const outcomes = new Map(
    about.map(({ row, input, customerId }) => {
      const plan = planGroup(tx, personOf(job), job.options, existing.get(customerId)!, [{ row, input, ownerId: undefined }]);
      // An owner is looked up when the line is written; until then it counts as a change.
      const { outcome, message } = plan.outcomes[0]!;
      return [row, { outcome: outcome === 'unchanged' && input.owner ? 'updated' : outcome, message }] as const;
    }),
  );
  return (row: number, customerId: string): [Verdict, Partial<Judged>] => {
    const { outcome, message } = outcomes.get(row)!;
    if (outcome === 'failed') return ['invalid', { errors: [{ column: null, field: null, message: message! }] }];
    return [outcome === 'unchanged' ? 'unchanged' : 'update', { matchId: customerId }];
  };
}

/** Customers that earlier imports made of, or found for, the very same lines, and that live. */
async function importedBefore(tx: Tx, hashes: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ hash: string; customerId: string }>(
    'findImportedBefore',
    sql`select distinct on (r.row_hash) r.row_hash as hash, c.id as "customerId"
        from import_row r join customer asked on asked.id = r.customer_id join customer c on c.id = coalesce(asked.merged_into, asked.id)
        where r.row_hash = any(${[...hashes]}::text[]) and r.outcome in ('created', 'updated', 'unchanged') and c.deleted_at is null
        order by r.row_hash, c.created_at`,
  );
  return new Map(rows.map((row) => [row.hash, row.customerId]));
}

async function keepVerdicts(tx: Tx, job: Import, judged: readonly Judged[]): Promise<void> {
  const list = judged.map((each) => ({ ...each, decision: defaultDecision(each.verdict) ?? null }));
  await tx.query(
    'keepImportVerdicts',
    sql`update import_row t set row_hash = j."rowHash", verdict = j.verdict, errors = j.errors, match_id = j."matchId", match_row = j."matchRow",
          match_score = j."matchScore", match_reasons = j."matchReasons", message = j.message, decision = j.decision
        from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as j(row int, "rowHash" text, verdict text, errors jsonb, "matchId" uuid, "matchRow" int,
          "matchScore" int, "matchReasons" jsonb, message text, decision text)
        where t.import_id = ${job.id} and t.row = j.row`,
  );
}
