// The loaders of one request: every read below a list goes through them, so that its cost does not grow with the list.
import type { Census } from '@customer360/customer-data/census';
import { recordsLoader } from '@customer360/customer-data/merge';
import type { RequestContext } from '@customer360/kernel/context';
import { byKey, manyByKey } from '@customer360/kernel/loader';
import { columns, raw, sql } from '@customer360/kernel/sql';
import { AccountTable } from './account/account.table.ts';
import type { Account } from './account/account.ts';
import { addressesOfCustomer } from './address/address.table.ts';
import { bulkItemList } from './bulk/bulk-job.table.ts';
import { census } from './census.ts';
import { contactList, contactsOfCustomer } from './contact/contact.table.ts';
import type { Contact } from './contact/contact.ts';
import { customFields } from './custom-field/custom-field.table.ts';
import type { CustomField } from './custom-field/custom-field.ts';
import { withCustomFields } from './custom-field/filter-customers.ts';
import { ancestorsOf, childrenList, customerLoader } from './customer/customer.table.ts';
import { externalIdsOf } from './customer/external-id.ts';
import { hierarchyPages, totalsLoader } from './hierarchy/hierarchy.table.ts';
import { importRowList } from './import/import.table.ts';
import { findReadiness } from './invoice/invoice-readiness.ts';
import { pagesBelow } from './list.ts';
import { relationshipList } from './relationship/relationship.table.ts';
import { countOwned, findHandOvers, findSuccessors } from './staff-member/hand-over.ts';
import { findInvitations, staffLoader } from './staff-member/staff-member.table.ts';
import { countTagged, findTagsByName, tagsOf } from './tag/tag.table.ts';
import { openFlags } from './text-flag/text-flag.table.ts';

/** What a person would call a customer's records: the children of the catalogue, and ids of other systems. */
const { contact, account, address, relationship, external_id } = census;
const nouns = { contact, account, address, relationship, external_id } as Census;

export function loaders(ctx: RequestContext) {
  let fields: Promise<CustomField[]> | undefined;
  /** The custom fields, read once in a request. */
  const custom = () => (fields ??= customFields(ctx.db));
  return {
    customFields: custom,
    /** The fields of a customer filter, the custom ones too. */
    customerFilter: async () => withCustomFields(await custom()),
    /** Living tags by name in lower case. */
    tagByName: byKey(
      (names: readonly string[]) => findTagsByName(ctx.db, names),
      (row) => row.name.toLowerCase(),
    ),
    tags: manyByKey(
      (ids: readonly string[]) => tagsOf(ctx.db, ids),
      (row) => row.customerId,
    ),
    taggedCount: byKey(
      (ids: readonly string[]) => countTagged(ctx.db, ctx.actor, ids),
      (row) => row.tagId,
    ),
    customer: customerLoader(ctx),
    staff: staffLoader(ctx),
    invitation: byKey(
      (ids: readonly string[]) => findInvitations(ctx.db, ids),
      (row) => row.staffId,
    ),
    owned: byKey(
      (ids: readonly string[]) => countOwned(ctx.db, ids),
      (row) => row.staffId,
    ),
    successor: byKey(
      (ids: readonly string[]) => findSuccessors(ctx.db, ids),
      (row) => row.staffId,
    ),
    handOver: byKey(
      (ids: readonly string[]) => findHandOvers(ctx.db, ids),
      (row) => row.staffId,
    ),
    readiness: byKey(
      (ids: readonly string[]) => findReadiness(ctx.db, ids),
      (row) => row.customerId,
    ),
    records: recordsLoader(ctx.db, nouns),
    externalIds: manyByKey(
      (ids: readonly string[]) => externalIdsOf(ctx.db, ids),
      (row) => row.customerId,
    ),
    account: byKey<string, Account>(
      (ids) =>
        ctx.db.query(
          'findAccounts',
          sql`select ${columns(AccountTable, 'a')} from account a where a.customer_id = any(${[...ids]}::uuid[]) and a.deleted_at is null`,
        ),
      (row) => row.customerId,
    ),
    contact: byKey<string, Contact>(
      (ids) =>
        ctx.db.query(
          'findContacts',
          sql`select ${contactList.select} from ${contactList.from} where t.id = any(${[...ids]}::uuid[]) and ${contactList.visible(ctx.actor, false)}`,
        ),
      (row) => row.id,
    ),
    ancestors: manyByKey(
      (ids) => ancestorsOf(ctx, ids),
      (row) => row.startId,
    ),
    textFlags: openFlags(ctx.db),
    hierarchy: hierarchyPages(ctx),
    totals: totalsLoader(ctx),
    children: pagesBelow(ctx, childrenList, raw('c.parent_id = parent.id')),
    contacts: pagesBelow(ctx, contactsOfCustomer, raw('t.customer_id = parent.id')),
    addresses: pagesBelow(ctx, addressesOfCustomer, raw('t.customer_id = parent.id')),
    bulkItems: pagesBelow(ctx, bulkItemList, raw('t.job_id = parent.id')),
    importRows: pagesBelow(ctx, importRowList, raw('t.import_id = parent.id')),
    relationships: pagesBelow(ctx, relationshipList, raw('(t.from_customer_id = parent.id or t.to_customer_id = parent.id)')),
  };
}

export type Loaders = ReturnType<typeof loaders>;
/** What a verb or resolver of this service is given. */
export type Ctx = RequestContext<Loaders>;
