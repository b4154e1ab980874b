// Writes what was planned for many customers at once: one statement per table and chunk, and for every row the same fact and state record as for one
// that a person enters. Beside it the journal from which an undo gives back the earlier values.
import type { Row } from '@customer360/kernel/entity';
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm';
import { AccountTable } from '../account/account.table.ts';
import { accountCreated } from '../account/new-account.ts';
import { AddressTable } from '../address/address.table.ts';
import { addressCreated } from '../address/new-address.ts';
import { ContactTable } from '../contact/contact.table.ts';
import { contactState } from '../contact/contact-state.ts';
import { contactCreated } from '../contact/new-contact.ts';
import { CustomerTable } from '../customer/customer.table.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import { customerCreated } from '../customer/new-customer.ts';
import { customerUpdated } from '../customer/save-customer.ts';
import { refreshMatchKeys } from '../duplicate/refresh-match-keys.ts';
import { fact, publicNames } from '../write.ts';
import type { Change, GroupPlan } from './plan-group.ts';

/** A planned group with the customer that its lines are about. */
export type Planned = GroupPlan & { customerId: string };

/** Writes the plans, tells of every row, and keeps the earlier values. */
export async function writePlans(tx: Tx, importId: string, externalSystem: string, plans: readonly Planned[]): Promise<void> {
  const customers = plans.flatMap((plan) => plan.customer ?? []);
  const accounts = plans.flatMap((plan) => plan.account ?? []);
  const contacts = plans.flatMap((plan) => plan.contacts);
  const addresses = plans.flatMap((plan) => plan.addresses);
  await saveRows(tx, CustomerTable, customers);
  await saveRows(tx, AccountTable, accounts);
  // Whoever steps back as primary contact does so before the next one comes forward: the unique index looks at each statement.
  await saveRows(
    tx,
    ContactTable,
    contacts.filter(({ after }) => !after.isPrimary),
  );
  await saveRows(
    tx,
    ContactTable,
    contacts.filter(({ after }) => after.isPrimary),
  );
  await saveRows(tx, AddressTable, addresses);
  const externalIds = await addExternalIds(tx, externalSystem, plans);
  await refreshMatchKeys(
    tx,
    plans.map(({ customerId }) => customerId),
  );
  for (const plan of plans) tell(tx, plan);
  const told = plans.filter(({ customer, account, addresses: changed }) => customer || account || changed.length > 0);
  await publishCustomerState(
    tx,
    told.map(({ customerId }) => customerId),
  );
  await keepJournal(tx, importId, [
    ...entriesOf('customer', customers, (row) => row.id),
    ...entriesOf('account', accounts, (row) => row.customerId),
    ...entriesOf('contact', contacts, (row) => row.customerId),
    ...entriesOf('address', addresses, (row) => row.customerId),
    ...externalIds,
  ]);
}

/** Names and new values of what an update changed. */
export function changesIn<R extends Row>({ before, after }: Change<R>): Partial<R> {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => name !== 'version' && name !== 'updatedAt' && JSON.stringify(value) !== JSON.stringify(before?.[name as keyof R]),
    ),
  ) as Partial<R>;
}

function tell(tx: Tx, { customer, account, contacts, addresses }: Planned): void {
  if (customer)
    tx.emit(
      ...(customer.before ? customerUpdated(customer.before, customer.after, changesIn(customer)) : [customerCreated(customer.after)]),
    );
  if (account) tx.emit(account.before ? updated('account', account) : accountCreated(account.after));
  for (const contact of contacts) {
    tx.emit(contact.before ? updated('contact', contact) : contactCreated(contact.after));
    tx.state(contactState(contact.after));
  }
  for (const address of addresses) tx.emit(address.before ? updated('address', address) : addressCreated(address.after));
}

/** `account-updated` and the like. */
export const updated = (noun: 'account' | 'contact' | 'address', change: Change<Row & { customerId: string }>) =>
  fact(`${noun}-updated`, change.after.customerId, {
    [`${noun}Id`]: change.after.id,
    customerId: change.after.customerId,
    version: change.after.version,
    changed: publicNames(changesIn(change)),
  });

/** Column values of rows as JSON that `jsonb_populate_recordset` reads. */
function recordset<R extends object>(table: EntitySchema<R>, rows: readonly R[]): { columns: string[]; json: string } {
  const names = Object.entries<EntitySchemaColumnOptions | undefined>(table.options.columns).map(
    ([property, column]) => [property, column?.name ?? property] as const,
  );
  const values = rows.map((row) => Object.fromEntries(names.map(([property, column]) => [column, row[property as keyof R] ?? null])));
  return { columns: names.map(([, column]) => column), json: JSON.stringify(values) };
}

/** Updates first, then inserts, one statement each. */
export async function saveRows<R extends Row>(tx: Tx, table: EntitySchema<R>, changes: ReadonlyArray<Change<R>>): Promise<void> {
  const name = raw(table.options.name);
  const old = changes.filter(({ before }) => before !== null).map(({ after }) => after);
  const fresh = changes.filter(({ before }) => before === null).map(({ after }) => after);
  if (old.length > 0) {
    const { columns, json } = recordset(table, old);
    const set = columns.filter((column) => !/^(id|created_.*|origin_customer_id)$/.test(column)).map((column) => `${column} = n.${column}`);
    await tx.query(
      `updateMany_${table.options.name}`,
      sql`update ${name} t set ${raw(set.join(', '))} from jsonb_populate_recordset(null::${name}, ${json}::jsonb) n where t.id = n.id`,
    );
  }
  if (fresh.length > 0) {
    const { columns, json } = recordset(table, fresh);
    const list = raw(columns.join(', '));
    await tx.query(
      `insertMany_${table.options.name}`,
      sql`insert into ${name} (${list}) select ${list} from jsonb_populate_recordset(null::${name}, ${json}::jsonb)`,
    );
  }
  await tx.written(table.options.name, changes);
}

interface Entry {
  row: number;
  customerId: string;
  table: 'customer' | 'account' | 'contact' | 'address' | 'external_id';
  rowId: string;
  version: number;
  before: object | null;
  after: object | null;
}

async function addExternalIds(tx: Tx, system: string, plans: readonly Planned[]): Promise<Entry[]> {
  const added = plans.flatMap(({ customerId, externalIds }) =>
    externalIds.map((each) => ({ ...each, customerId, id: crypto.randomUUID() })),
  );
  if (added.length === 0) return [];
  await tx.query(
    'addExternalIds',
    sql`insert into external_id (id, system, external_id, customer_id, origin_customer_id, created_at)
        select id, ${system}, external_id, customer_id, customer_id, ${tx.now}
        from unnest(${added.map((a) => a.id)}::uuid[], ${added.map((a) => a.externalId)}::text[], ${added.map((a) => a.customerId)}::uuid[]) as added(id, external_id, customer_id)`,
  );
  return added.map(({ row, customerId, id }) => ({
    row,
    customerId,
    table: 'external_id',
    rowId: id,
    version: 1,
    before: null,
    after: null,
  }));
}

/** What was created needs no values to be removed again; what was changed needs both. */
function entriesOf<R extends Row>(table: Entry['table'], changes: ReadonlyArray<Change<R>>, customerOf: (row: R) => string): Entry[] {
  return changes.map((change) => {
    const { before, after, row } = change;
    const changed = before && changesIn(change);
    const earlier = changed && Object.fromEntries(Object.keys(changed).map((name) => [name, before[name as keyof R] ?? null]));
    return { row, customerId: customerOf(after), table, rowId: after.id, version: after.version, before: earlier, after: changed };
  });
}

async function keepJournal(tx: Tx, importId: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    'keepImportJournal',
    sql`insert into import_change (import_id, row, customer_id, table_name, row_id, version, before, after)
        select ${importId}::uuid, e.row, e."customerId", e."table", e."rowId", e.version, e.before, e.after
        from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
          as e(row int, "customerId" uuid, "table" text, "rowId" uuid, version int, before jsonb, after jsonb)`,
  );
}
