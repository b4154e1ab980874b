// Whom the lines are about: the customers behind external ids and matches, with everything that a plan needs of them, in one statement per table.
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { columns, raw, sql } from '@customer360/kernel/sql';
import { AccountTable } from '../account/account.table.ts';
import type { Account } from '../account/account.ts';
import { AddressTable } from '../address/address.table.ts';
import type { Address } from '../address/address.ts';
import { ContactTable } from '../contact/contact.table.ts';
import type { Contact } from '../contact/contact.ts';
import { CustomerTable } from '../customer/customer.table.ts';
import type { Customer } from '../customer/customer.ts';
import { emailKey } from '../customer/email-key.ts';
import { visibleCustomer } from '../scope.ts';
import type { Existing } from './plan-group.ts';

/** Live customers by their id in an external system; `visible`: may the actor see it? A merge has re-pointed the ids of retired customers. */
export async function byExternalId(
  reader: Reader,
  actor: Actor,
  system: string,
  externalIds: readonly string[],
): Promise<Map<string, { customerId: string; visible: boolean }>> {
  if (externalIds.length === 0) return new Map();
  const rows = await reader.query<{ externalId: string; customerId: string; visible: boolean }>(
    'findByExternalIds',
    sql`select x.external_id as "externalId", c.id as "customerId", ${visibleCustomer(actor, 'c')} as visible
        from external_id x join customer c on c.id = x.customer_id and c.deleted_at is null
        where x.system = ${system} and x.external_id = any(${[...externalIds]}::text[]) and x.deleted_at is null`,
  );
  return new Map(rows.map((row) => [row.externalId, row]));
}

/** The live customers that these ids stand for, redirects of merges followed, as far as the actor may see them. */
export async function survivorsOf(reader: Reader, actor: Actor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query<{ asked: string; id: string }>(
    'findSurvivors',
    sql`select asked.id as asked, c.id from customer asked join customer c on c.id = coalesce(asked.merged_into, asked.id)
        where asked.id = any(${[...ids]}::uuid[]) and ${visibleCustomer(actor, 'c')}`,
  );
  return new Map(rows.map((row) => [row.asked, row.id]));
}

/** Customers with their accounts, contacts, addresses and ids in one external system, by id. */
export async function loadExisting(reader: Reader, system: string, ids: readonly string[]): Promise<Map<string, Existing>> {
  if (ids.length === 0) return new Map();
  const list = [...ids];
  const customers = await reader.query<Customer>(
    'findManyCustomers',
    sql`select ${columns(CustomerTable, 'c')} from customer c where c.id = any(${list}::uuid[]) and c.deleted_at is null`,
  );
  const children = <R>(table: typeof AccountTable | typeof ContactTable | typeof AddressTable) =>
    reader.query<R>(
      `findMany_${table.options.name}`,
      sql`select ${columns(table, 't')} from ${raw(table.options.name)} t where t.customer_id = any(${list}::uuid[]) and t.deleted_at is null order by t.created_at, t.id`,
    );
  const accounts = await children<Account>(AccountTable);
  const contacts = await children<Contact>(ContactTable);
  const addresses = await children<Address>(AddressTable);
  const externalIds = await reader.query<{ customerId: string; externalId: string }>(
    'findManyExternalIds',
    sql`select customer_id as "customerId", external_id as "externalId" from external_id
        where customer_id = any(${list}::uuid[]) and system = ${system} and deleted_at is null`,
  );
  const existing = new Map<string, Existing>(
    customers.map((customer) => [customer.id, { customer, account: null, contacts: [], addresses: [], externalIds: [] }]),
  );
  for (const account of accounts) existing.get(account.customerId)!.account = account;
  for (const contact of contacts) existing.get(contact.customerId)!.contacts.push(contact);
  for (const address of addresses) existing.get(address.customerId)!.addresses.push(address);
  for (const { customerId, externalId } of externalIds) existing.get(customerId)!.externalIds.push(externalId);
  return existing;
}

/** Ids of active members of staff by what a file calls them: e-mail address or id. */
export async function activeOwners(reader: Reader, names: readonly string[]): Promise<Map<string, string>> {
  const distinct = [...new Set(names)];
  if (distinct.length === 0) return new Map();
  const staff = await reader.query<{ id: string; emailKey: string }>(
    'findActiveOwners',
    sql`select id, email_key as "emailKey" from staff_member where active and deleted_at is null
          and (email_key = any(${distinct.map((name) => emailKey(name)!)}::text[]) or id::text = any(${distinct.map((name) => name.toLowerCase())}::text[]))`,
  );
  const byName = new Map(staff.flatMap(({ id, emailKey: key }) => [[id, id] as const, [key, id] as const]));
  return new Map(
    distinct.flatMap((name) => {
      const id = byName.get(name.toLowerCase()) ?? byName.get(emailKey(name)!);
      return id ? [[name, id] as const] : [];
    }),
  );
}
