// Takes an import back: what it created is removed where nobody touched it since, what it changed gets its earlier values where nobody changed those
// since. What was touched stays, and its line says so. A hundred customers in one transaction, in the order of their ids; each change is told like any other.
import { randomUUID } from 'node:crypto';
import type { ServiceContext } from '@customer360/kernel/context';
import type { Row } from '@customer360/kernel/entity';
import { columns, raw, sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { EntitySchema } from 'typeorm';
import { AccountTable } from '../account/account.table.ts';
import { AddressTable } from '../address/address.table.ts';
import { ContactTable } from '../contact/contact.table.ts';
import { contactState } from '../contact/contact-state.ts';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { customerUpdated } from '../customer/save-customer.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import { fact } from '../write.ts';
import { countRows, holdImport } from './import.table.ts';
import type { Import, Outcome } from './import.ts';
import type { Change } from './plan-group.ts';
import { writerOf } from './run-import.ts';
import { changesIn, saveRows, updated } from './write-plans.ts';

const CHUNK = 100;

interface Entry {
  id: string;
  row: number;
  customerId: string;
  table: 'customer' | 'account' | 'contact' | 'address' | 'external_id';
  rowId: string;
  version: number;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

const TABLES = { account: AccountTable, contact: ContactTable, address: AddressTable } as Record<
  'account' | 'contact' | 'address',
  EntitySchema<Row & { customerId: string }>
>;
type Child = Row & { customerId: string };

/** One chunk; answers false when the import is undone. */
export async function undoChunk(ctx: ServiceContext, job: Import): Promise<boolean> {
  const customers = await ctx.db.query<{ id: string }>(
    'findCustomersToUndo',
    sql`select distinct customer_id as id from import_change where import_id = ${job.id} order by 1 limit ${CHUNK}`,
  );
  const ids = customers.map(({ id }) => id);
  if (ids.length === 0) return finish(ctx, job);
  return transact<boolean>({ ...ctx, actor: writerOf(job) }, { lock: ids }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'undoing') return false;
    const entries = await tx.query<Entry>(
      'takeImportJournal',
      sql`delete from import_change where import_id = ${job.id} and customer_id = any(${ids}::uuid[])
          returning id, row, customer_id as "customerId", table_name as "table", row_id as "rowId", version, before, after`,
    );
    entries.sort((a, b) => Number(BigInt(b.id) - BigInt(a.id)));
    const world = await readWorld(tx, ids);
    const undone = new Undone();
    const removed = removable(world, entries, await touchedElsewhere(tx, ids));
    await removeCustomers(tx, world, removed);
    for (const entry of entries) if (removed.has(entry.customerId)) undone.say(entry.row, 'removed');
    await revert(
      tx,
      world,
      entries.filter(({ customerId }) => !removed.has(customerId)),
      undone,
    );
    await keepOutcomes(tx, job.id, undone);
    await tx.query(
      'advanceImportUndo',
      sql`update import set rows_done = least(rows_total, rows_done + ${undone.rows.size}), worked_at = ${tx.now} where id = ${job.id}`,
    );
    return true;
  });
}

/** What became of each line; `kept` wins over `reverted` over `removed`. */
class Undone {
  readonly rows = new Map<number, { outcome: Outcome; message: string | null }>();
  say(row: number, outcome: 'removed' | 'reverted' | 'kept', message: string | null = null): void {
    const rank = ['removed', 'reverted', 'kept'];
    const known = this.rows.get(row);
    if (!known || rank.indexOf(outcome) > rank.indexOf(known.outcome)) this.rows.set(row, { outcome, message });
  }
}

interface World {
  customers: Map<string, Customer>;
  children: Map<string, { noun: keyof typeof TABLES; row: Child }>;
}

async function readWorld(tx: Tx, ids: readonly string[]): Promise<World> {
  const customers = await tx.query<Customer>(
    'readCustomersToUndo',
    sql`select ${columns(CustomerTable, 'c')} from customer c where c.id = any(${[...ids]}::uuid[]) and c.deleted_at is null`,
  );
  const children: World['children'] = new Map();
  for (const noun of ['account', 'contact', 'address'] as const) {
    const rows = await tx.query<Child>(
      `readChildrenToUndo_${noun}`,
      sql`select ${columns(TABLES[noun], 't')} from ${raw(noun)} t where t.customer_id = any(${[...ids]}::uuid[]) and t.deleted_at is null`,
    );
    for (const row of rows) children.set(row.id, { noun, row });
  }
  return { customers: new Map(customers.map((row) => [row.id, row])), children };
}

/** Customers that somebody links to, merged into, or gave an id of another import. */
async function touchedElsewhere(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const list = [...ids];
  const rows = await tx.query<{ id: string }>(
    'findTouchedCustomers',
    sql`select from_customer_id as id from relationship where from_customer_id = any(${list}::uuid[]) and deleted_at is null
        union select to_customer_id from relationship where to_customer_id = any(${list}::uuid[]) and deleted_at is null
        union select parent_id from customer where parent_id = any(${list}::uuid[])
        union select merged_into from customer where merged_into = any(${list}::uuid[])`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Customers that the import made and that are as it left them: same versions, no further children, no consent, no move in the lifecycle. */
function removable({ customers, children }: World, entries: readonly Entry[], touched: ReadonlySet<string>): Set<string> {
  const versions = new Map<string, number>();
  for (const { rowId, version } of entries) versions.set(rowId, Math.max(version, versions.get(rowId) ?? 0));
  const made = entries
    .filter(({ table, before, after }) => table === 'customer' && before === null && after === null)
    .map(({ rowId }) => rowId);
  const foreign = new Set(
    [...children.values()].filter(({ row }) => versions.get(row.id) !== row.version).map(({ row }) => row.customerId),
  );
  const gone = new Set(entries.filter(({ table, rowId }) => table in TABLES && !children.has(rowId)).map(({ customerId }) => customerId));
  return new Set(
    made.filter((id) => {
      const row = customers.get(id);
      return (
        row &&
        row.version === versions.get(id) &&
        row.lifecycleVersion <= 1 &&
        row.complianceVersion <= 1 &&
        !touched.has(id) &&
        !foreign.has(id) &&
        !gone.has(id)
      );
    }),
  );
}

/** Soft-deletes customers with their children, each under a deletion of its own, so that each can be restored. */
async function removeCustomers(tx: Tx, { customers, children }: World, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const deletions = new Map([...ids].map((id) => [id, randomUUID()]));
  const deleted = <R extends Row>(row: R, customerId: string): Change<R> => ({
    before: row,
    after: { ...row, deletedAt: tx.now, deletionId: deletions.get(customerId), version: row.version + 1, updatedAt: tx.now },
    row: 0,
  });
  const gone = [...ids].map((id) => deleted(customers.get(id)!, id));
  await saveRows(tx, CustomerTable, gone);
  const counts = new Map([...ids].map((id) => [id, { contacts: 0, addresses: 0, accounts: 0, relationships: 0 }]));
  for (const [noun, plural] of [
    ['contact', 'contacts'],
    ['address', 'addresses'],
    ['account', 'accounts'],
  ] as const) {
    const rows = [...children.values()]
      .filter((child) => child.noun === noun && ids.has(child.row.customerId))
      .map(({ row }) => deleted(row, row.customerId));
    await saveRows(tx, TABLES[noun], rows);
    for (const { after } of rows) {
      const { id, customerId, version } = after;
      counts.get(customerId)![plural]++;
      tx.emit(fact(`${noun}-deleted`, customerId, { [`${noun}Id`]: id, customerId, version, deletionId: deletions.get(customerId) }));
      if (noun === 'contact') tx.state(contactState(after as never));
    }
  }
  await tx.query(
    'removeExternalIds',
    sql`update external_id x set deleted_at = ${tx.now}, deletion_id = d.deletion_id
        from unnest(${[...deletions.keys()]}::uuid[], ${[...deletions.values()]}::uuid[]) as d(customer_id, deletion_id)
        where x.customer_id = d.customer_id and x.deleted_at is null`,
  );
  for (const { after } of gone)
    tx.emit(
      fact('customer-deleted', after.id, {
        customerId: after.id,
        version: after.version,
        deletionId: deletions.get(after.id),
        ...counts.get(after.id),
      }),
    );
  await publishCustomerState(tx, [...ids]);
  await refreshMatchKeys(tx, [...ids]);
}

/** Gives back earlier values, and removes children that were added, of customers that stay. The newest entry comes first. */
async function revert(tx: Tx, { customers, children }: World, entries: readonly Entry[], undone: Undone): Promise<void> {
  const changes = new Map<string, Change<Row>>();
  const told = new Set<string>();
  for (const entry of entries) {
    const { table, rowId, row, before, after } = entry;
    if (table === 'external_id') {
      if (before === null && !entries.some((e) => e.customerId === entry.customerId && e.table === 'customer' && e.before === null))
        await dropExternalId(tx, rowId);
      continue;
    }
    const current = table === 'customer' ? customers.get(rowId) : children.get(rowId)?.row;
    if (!current) undone.say(row, 'kept', 'It was removed since.');
    else if (before === null || after === null) {
      const pristine = current.version === entry.version && table !== 'customer';
      if (!pristine) undone.say(row, 'kept', table === 'customer' ? 'The customer was touched since.' : `The ${table} was changed since.`);
      else if (
        customers.has(entry.customerId) &&
        entries.some((e) => e.customerId === entry.customerId && e.table === 'customer' && e.before === null)
      )
        undone.say(row, 'kept', 'The customer was touched since.');
      else {
        changes.set(rowId, { before: current, after: { ...current, deletedAt: tx.now }, row });
        undone.say(row, 'reverted');
      }
    } else {
      const draft = changes.get(rowId) ?? { before: current, after: { ...current }, row };
      const since = Object.keys(after).filter((name) => JSON.stringify(draft.after[name as keyof Row]) !== JSON.stringify(after[name]));
      const back = Object.fromEntries(Object.entries(before).filter(([name]) => !since.includes(name)));
      if (Object.keys(back).length > 0) changes.set(rowId, { ...draft, after: { ...draft.after, ...back } });
      if (since.length > 0) undone.say(row, 'kept', `Changed since: ${since.join(', ')}.`);
      else undone.say(row, 'reverted');
    }
    told.add(entry.customerId);
  }
  await writeReverted(tx, changes, children);
  const touched = [...told].filter(
    (id) => customers.has(id) && [...changes.values()].some(({ after }) => after.id === id || (after as Child).customerId === id),
  );
  await publishCustomerState(tx, touched);
  await refreshMatchKeys(tx, touched);
}

async function writeReverted(tx: Tx, changes: ReadonlyMap<string, Change<Row>>, children: World['children']): Promise<void> {
  const settled = [...changes.values()].map(
    (change): Change<Row> => ({
      ...change,
      after: { ...change.after, version: change.before!.version + 1, updatedAt: tx.now },
    }),
  );
  const ofCustomers = settled.filter(({ after }) => !children.has(after.id)) as Array<Change<Customer>>;
  await saveRows(tx, CustomerTable, ofCustomers);
  for (const { before, after, ...rest } of ofCustomers) tx.emit(...customerUpdated(before!, after, changesIn({ before, after, ...rest })));
  for (const noun of ['account', 'contact', 'address'] as const) {
    const rows = settled.filter(({ after }) => children.get(after.id)?.noun === noun) as Array<Change<Child>>;
    await saveRows(
      tx,
      TABLES[noun],
      rows.filter(({ after }) => !(after as { isPrimary?: boolean }).isPrimary),
    );
    await saveRows(
      tx,
      TABLES[noun],
      rows.filter(({ after }) => (after as { isPrimary?: boolean }).isPrimary),
    );
    for (const change of rows) {
      const { id, customerId, version, deletedAt } = change.after;
      tx.emit(
        deletedAt === null
          ? updated(noun, change)
          : fact(`${noun}-deleted`, customerId, { [`${noun}Id`]: id, customerId, version, deletionId: null }),
      );
      if (noun === 'contact') tx.state(contactState(change.after as never));
    }
  }
}

const dropExternalId = (tx: Tx, id: string): Promise<unknown> =>
  tx.query('dropImportedExternalId', sql`delete from external_id where id = ${id} and deleted_at is null`);

async function keepOutcomes(tx: Tx, importId: string, { rows }: Undone): Promise<void> {
  const list = [...rows].map(([row, result]) => ({ row, ...result }));
  await tx.query(
    'keepUndoOutcomes',
    sql`update import_row t set outcome = r.outcome, message = r.message from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as r(row int, outcome text, message text)
        where t.import_id = ${importId} and t.row = r.row`,
  );
}

async function finish(ctx: ServiceContext, job: Import): Promise<boolean> {
  await transact<Import>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
    const held = await holdImport(tx, job.id);
    if (held.status !== 'undoing') return held;
    const counts = await countRows(tx, job.id);
    await tx.query(
      'finishUndo',
      sql`update import set status = 'undone', version = version + 1, updated_at = ${tx.now}, finished_at = ${tx.now}, rows_done = rows_total,
            counts = ${JSON.stringify(counts)}::jsonb where id = ${job.id}`,
    );
    const { removed = 0, reverted = 0, kept = 0 } = counts.outcomes;
    tx.emit(fact('import-undone', job.id, { importId: job.id, version: held.version + 1, removed, reverted, kept }));
    return held;
  });
  return false;
}
