// Writes the rows of a confirmed import [WF-CM-001, "Confirm import"], a few hundred in one transaction: rows, facts, state records, the journal, each
// line's outcome and how far we are are committed together, so that a kill loses nothing and repeats nothing.
import type { Actor } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { isTransient, type Reader } from '@customer360/kernel/database';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { duplicateLocks } from '../duplicate/find-duplicates.ts';
import type { Profile } from '../duplicate/profile.ts';
import { fact } from '../write.ts';
import { findInBase, profileOfInput } from './find-duplicates-of-batch.ts';
import { countRows, forgetSomeKeys, holdImport, type ImportRow, rowsAfter } from './import.table.ts';
import type { Import, ImportCounts, Outcome } from './import.ts';
import { type Existing, type PlannedRow, planGroup } from './plan-group.ts';
import { type RowInput, readRow } from './read-row.ts';
import { activeOwners, byExternalId, loadExisting, survivorsOf } from './targets.ts';
import { type Planned, writePlans } from './write-plans.ts';

/** Rows of one transaction: its locks stay far below what Postgres holds, and nobody waits long for a customer. */
const CHUNK = 200;
const MAX_LOCKS = 1_000;
/** Events that may wait for the relay before the import waits for it. */
const MAX_OUTBOX = 50_000;

/** The person on whose behalf the rows are written: their scope and rights count, the rows say IMPORT. */
export const personOf = (job: Import): Actor => ({ kind: job.createdByKind, id: job.actorId, roles: job.actorRoles as Actor['roles'] });
export const writerOf = (job: Import): Actor => ({ kind: 'IMPORT', id: job.id, roles: job.actorRoles as Actor['roles'] });

interface Ready {
  row: ImportRow;
  input: RowInput;
  profile: Profile;
}

/** One chunk; answers false when there is nothing more to do. A chunk that cannot be written is written line by line, so that one line fails alone. */
export async function runChunk(ctx: ServiceContext, job: Import): Promise<boolean> {
  try {
    return await writeChunk(ctx, job, CHUNK);
  } catch (error) {
    if (isTransient(error)) throw error;
    ctx.log.warn({ err: error, importId: job.id, after: job.rowsDone }, 'a chunk of an import failed; its lines are written one by one');
  }
  for (let rowsDone = job.rowsDone; rowsDone < job.rowsDone + CHUNK; rowsDone++) {
    const goesOn = await writeChunk(ctx, { ...job, rowsDone }, 1).catch(async (error) => {
      if (isTransient(error)) throw error;
      return writeChunk(ctx, { ...job, rowsDone }, 1, 'The line could not be written.');
    });
    if (!goesOn) return false;
  }
  return true;
}

/** Writes the next rows; with `giveUp` none of them, saying why. */
async function writeChunk(ctx: ServiceContext, job: Import, size: number, giveUp?: string): Promise<boolean> {
  if (await outboxIsFull(ctx)) return true;
  const rows = await rowsAfter(ctx, job.id, job.rowsDone, size);
  if (rows.length === 0) return (await forgetSomeKeys(ctx.db, job.id)) || finish(ctx, job);
  const ready = rows
    .filter(({ decision }) => !giveUp && (decision === 'create' || decision === 'update'))
    .map((row): Ready => {
      const { input } = readRow(job.mapping!, job.options, row.cells, row.unreadable ?? []);
      return { row, input, profile: profileOfInput(input) };
    });
  const groups = await groupsOf(ctx.db, job, ready);
  const lock = new Set([...groups.keys(), ...ready.flatMap((each) => locksOf(job, each))]);
  if (lock.size > MAX_LOCKS && size > 1) return writeChunk(ctx, job, Math.ceil(size / 2), giveUp);
  return transact<boolean>({ ...ctx, actor: writerOf(job) }, { lock: [...lock] }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'running' || held.rowsDone !== job.rowsDone) return held.status === 'running';
    const outcomes = await writeGroups(ctx, tx, job, await groupsOf(tx, job, ready), groups);
    for (const row of rows) {
      if (giveUp) outcomes.set(row.row, { outcome: 'failed', message: giveUp, customerId: null });
      else if (!outcomes.has(row.row)) outcomes.set(row.row, leftOut(row));
    }
    await keepOutcomes(tx, job.id, outcomes);
    await tx.query(
      'advanceImport',
      sql`update import set rows_done = ${rows.at(-1)!.row}, worked_at = ${tx.now}, counts = ${JSON.stringify(added(held.counts, outcomes))}::jsonb where id = ${job.id}`,
    );
    return true;
  });
}

/** Is so much waiting for the relay that bulk work should wait for it? Pauses then. */
export async function outboxIsFull(ctx: ServiceContext): Promise<boolean> {
  const full = await ctx.db.one('outboxIsFull', sql`select 1 from outbox offset ${MAX_OUTBOX} limit 1`);
  if (full) await new Promise((resolve) => setTimeout(resolve, 200));
  return full !== undefined;
}

/** What two writers of the same customer would both take, so that none of them sees "nobody there" beside the other. */
const locksOf = (job: Import, { input, profile }: Ready): string[] => [
  ...(input.customer.externalId ? [`external-id:${job.options.externalSystem}:${input.customer.externalId}`] : []),
  ...duplicateLocks(profile),
];

/** Rows by the customer that they are about; rows about a new one share its external id, or that of an earlier row, as their name. */
async function groupsOf(reader: Reader, job: Import, ready: readonly Ready[]): Promise<Map<string, Ready[]>> {
  const person = personOf(job);
  const externalIds = ready.flatMap(({ input }) => input.customer.externalId ?? []);
  const known = await byExternalId(reader, person, job.options.externalSystem, externalIds);
  const matched = ready.flatMap(({ row }) => (row.decision === 'update' && row.matchId ? [row.matchId] : []));
  const earlier = await customersOfRows(reader, job.id, ready);
  const survivors = await survivorsOf(reader, person, [...matched, ...earlier.values()]);
  const nameOfRow = new Map<number, string>();
  const groups = new Map<string, Ready[]>();
  for (const each of ready) {
    const { row, input } = each;
    const { externalId } = input.customer;
    const wanted = row.decision === 'update' ? row : undefined;
    const ofExternalId = externalId === undefined || externalId === null ? undefined : known.get(externalId)?.customerId;
    const ofMatch = wanted?.matchId ? (survivors.get(wanted.matchId) ?? `gone:${row.row}`) : undefined;
    const ofRow = wanted?.matchRow ? (nameOfRow.get(wanted.matchRow) ?? survivors.get(earlier.get(wanted.matchRow) ?? '')) : undefined;
    const name = ofExternalId ?? ofMatch ?? ofRow ?? (externalId ? `external:${externalId}` : `row:${row.row}`);
    nameOfRow.set(row.row, name);
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
}

/** The customers that earlier rows of this import became. */
async function customersOfRows(reader: Reader, importId: string, ready: readonly Ready[]): Promise<Map<number, string>> {
  const wanted = ready.flatMap(({ row }) => (row.decision === 'update' && row.matchRow ? [row.matchRow] : []));
  if (wanted.length === 0) return new Map();
  const rows = await reader.query<{ row: number; customerId: string }>(
    'findCustomersOfRows',
    sql`select row, customer_id as "customerId" from import_row where import_id = ${importId} and row = any(${wanted}::int[]) and customer_id is not null`,
  );
  return new Map(rows.map(({ row, customerId }) => [row, customerId]));
}

const isCustomer = (name: string): boolean => !name.includes(':');

type Result = { outcome: Outcome; message: string | null; customerId: string | null };

/** Plans and writes all groups. `locked` are the names under which the locks were taken: whoever is not among them has changed meanwhile. */
async function writeGroups(
  ctx: ServiceContext,
  tx: Tx,
  job: Import,
  groups: ReadonlyMap<string, Ready[]>,
  locked: ReadonlyMap<string, unknown>,
): Promise<Map<number, Result>> {
  const results = new Map<number, Result>();
  const person = personOf(job);
  const existing = await loadExisting(tx, job.options.externalSystem, [...groups.keys()].filter(isCustomer));
  const seen = await survivorsOf(tx, person, [...existing.keys()]);
  const owners = await activeOwners(
    tx,
    [...groups.values()].flat().flatMap(({ input }) => input.owner ?? []),
  );
  const appeared = await appearedSince(
    ctx,
    tx,
    job,
    [...groups].filter(([name]) => !isCustomer(name)).map(([, members]) => members[0]!),
  );
  const plans: Planned[] = [];
  for (const [name, members] of groups) {
    const failed = (message: string) => {
      for (const { row } of members) results.set(row.row, { outcome: 'failed', message, customerId: null });
    };
    const before: Existing | null = existing.get(name) ?? null;
    if (isCustomer(name) && !seen.has(name)) failed('The external id belongs to a customer that you do not see.');
    else if (name.startsWith('gone:')) failed('The customer to update is gone.');
    else if (!locked.has(name)) failed('Changed by somebody else at this moment; import the line again.');
    else if (appeared.has(members[0]!.row.row)) failed('A possible duplicate appeared after the check; import the line again.');
    else {
      const rows = members.flatMap(({ row, input }): PlannedRow[] => {
        if (!input.owner || owners.has(input.owner)) return [{ row: row.row, input, ownerId: input.owner && owners.get(input.owner) }];
        results.set(row.row, { outcome: 'failed', message: 'The owner is not an active member of staff.', customerId: null });
        return [];
      });
      const plan = planGroup(tx, person, job.options, before, rows);
      const customerId = plan.customer?.after.id ?? before?.customer.id ?? null;
      for (const { row, outcome, message } of plan.outcomes)
        results.set(row, { outcome, message, customerId: outcome === 'failed' ? null : customerId });
      if (customerId !== null && plan.outcomes.some(({ outcome }) => outcome !== 'failed' && outcome !== 'unchanged'))
        plans.push({ ...plan, customerId });
    }
  }
  await writePlans(tx, job.id, job.options.externalSystem, plans);
  return results;
}

/** New lines that have a candidate by now which the check did not see; what this import itself has made does not count. */
async function appearedSince(ctx: ServiceContext, tx: Tx, job: Import, ready: readonly Ready[]): Promise<Set<number>> {
  const lines = ready
    .filter(({ row }) => row.verdict === 'new')
    .map(({ row, input, profile }) => ({ row: row.row, hash: row.rowHash!, input, profile }));
  const found = await findInBase(ctx, tx, personOf(job), lines, 5);
  if (found.size === 0) return new Set();
  const ids = [...found.values()].flatMap((candidates) => candidates.map(({ customerId }) => customerId));
  const others = await tx.query<{ id: string }>(
    'findForeignCandidates',
    sql`select id from customer where id = any(${ids}::uuid[]) and not (created_by_kind = 'IMPORT' and created_by_id = ${job.id})`,
  );
  const foreign = new Set(others.map(({ id }) => id));
  return new Set([...found].filter(([, candidates]) => candidates.some(({ customerId }) => foreign.has(customerId))).map(([row]) => row));
}

/** What becomes of a line that nobody wants to import. */
function leftOut(row: ImportRow): Result {
  if (row.verdict === 'unchanged') return { outcome: 'unchanged', message: row.message, customerId: row.matchId };
  const message = row.verdict === 'invalid' ? 'The line has errors.' : null;
  return { outcome: 'skipped', message, customerId: null };
}

async function keepOutcomes(tx: Tx, importId: string, results: ReadonlyMap<number, Result>): Promise<void> {
  const list = [...results].map(([row, result]) => ({ row, ...result }));
  await tx.query(
    'keepImportOutcomes',
    sql`update import_row t set outcome = r.outcome, message = r.message, customer_id = r."customerId"
        from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as r(row int, outcome text, message text, "customerId" uuid)
        where t.import_id = ${importId} and t.row = r.row`,
  );
}

function added(counts: ImportCounts, results: ReadonlyMap<number, Result>): ImportCounts {
  const outcomes = { ...counts.outcomes };
  for (const { outcome } of results.values()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return { ...counts, outcomes };
}

async function finish(ctx: ServiceContext, job: Import): Promise<boolean> {
  await transact<Import>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'running') return held;
    const counts = await countRows(tx, job.id);
    await tx.query(
      'finishImport',
      sql`update import set status = 'done', version = version + 1, updated_at = ${tx.now}, finished_at = ${tx.now}, counts = ${JSON.stringify(counts)}::jsonb where id = ${job.id}`,
    );
    const { created = 0, updated = 0, unchanged = 0, skipped = 0, failed = 0 } = counts.outcomes;
    tx.emit(
      fact('import-completed', job.id, {
        importId: job.id,
        version: held.version + 1,
        rows: held.rowsTotal,
        created,
        updated,
        unchanged,
        skipped,
        failed,
      }),
    );
    return held;
  });
  return false;
}
