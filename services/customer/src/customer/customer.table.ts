// The customer table: its schema, its lists, and the statements that several verbs share. Reads by id follow redirects of merges: an id asked
// for finds the survivor's row. `merged_into` always names the final survivor, so one hop is enough.
import type { Actor } from '@customer360/kernel/actor';
import type { RequestContext } from '@customer360/kernel/context';
import { rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { searchIn } from '@customer360/kernel/list';
import { byKey } from '@customer360/kernel/loader';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { ListSpec } from '../list.ts';
import { customerField, visibleCustomer } from '../scope.ts';
import { tagFilter } from '../tag/tag.table.ts';
import type { Customer } from './customer.ts';

export const CustomerTable = new EntitySchema<Customer>({
  name: 'customer',
  columns: {
    ...rowColumns,
    type: { type: 'text' },
    displayName: { name: 'display_name', type: 'text' },
    status: { type: 'text' },
    source: { type: 'text', nullable: true },
    externalId: { name: 'external_id', type: 'text', nullable: true },
    email: { type: 'text', nullable: true },
    emailKey: { name: 'email_key', type: 'text', nullable: true },
    phone: { type: 'text', nullable: true },
    phoneE164: { name: 'phone_e164', type: 'text', nullable: true },
    ownerId: { name: 'owner_id', type: 'uuid', nullable: true },
    parentId: { name: 'parent_id', type: 'uuid', nullable: true },
    mergedInto: { name: 'merged_into', type: 'uuid', nullable: true },
    redirectVersion: { name: 'redirect_version', type: 'int' },
    deletionId: { name: 'deletion_id', type: 'uuid', nullable: true },
    initialStage: { name: 'initial_stage', type: 'text', nullable: true },
    stageCategory: { name: 'stage_category', type: 'text', nullable: true },
    lifecycleVersion: { name: 'lifecycle_version', type: 'int' },
    processingRestricted: { name: 'processing_restricted', type: 'boolean' },
    doNotProcess: { name: 'do_not_process', type: 'boolean' },
    legalHold: { name: 'legal_hold', type: 'boolean' },
    deletionOpen: { name: 'deletion_open', type: 'boolean' },
    complianceVersion: { name: 'compliance_version', type: 'int' },
    custom: { type: 'jsonb', nullable: true },
    customPersonal: { name: 'custom_personal', type: 'jsonb', nullable: true },
  },
});

const select = columns(CustomerTable, 'c');

export const customerList: ListSpec<Customer> = {
  name: 'listCustomers',
  select,
  from: raw('customer c'),
  visible: (actor, includeDeleted) => visibleCustomer(actor, 'c', includeDeleted),
  search: searchIn('c.display_name', 'c.email', 'c.external_id'),
  order: keyset({
    fields: {
      DISPLAY_NAME: { column: raw('c.display_name'), type: 'text' },
      STATUS: { column: raw('c.status'), type: 'text' },
      EXTERNAL_ID: { column: raw('c.external_id'), type: 'text', nullable: true },
      CREATED_AT: { column: raw('c.created_at'), type: 'timestamptz' },
      UPDATED_AT: { column: raw('c.updated_at'), type: 'timestamptz' },
    },
    id: raw('c.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  filter: {
    id: customerField('c.id'),
    type: field('c.type', 'enum'),
    displayName: field('c.display_name', 'text'),
    status: field('c.status', 'enum'),
    source: field('c.source', 'enum'),
    externalId: field('c.external_id', 'text'),
    email: field('c.email', 'text'),
    phone: field('c.phone', 'text'),
    ownerId: field('c.owner_id', 'uuid'),
    parentId: customerField('c.parent_id'),
    processingRestricted: field('c.processing_restricted', 'bool'),
    createdAt: field('c.created_at', 'timestamptz'),
    updatedAt: field('c.updated_at', 'timestamptz'),
    deletedAt: field('c.deleted_at', 'timestamptz'),
    tags: tagFilter,
  },
};

/** The customers below one in the hierarchy, by name unless told. */
export const childrenList: ListSpec<Customer> = {
  ...customerList,
  name: 'listChildren',
  order: {
    plan: (args, max) => customerList.order.plan(args.orderBy?.length ? args : { ...args, orderBy: [{ field: 'DISPLAY_NAME' }] }, max),
  },
};

/** A customer by an id that may be a retired one. */
export type Found = Customer & { askedId: string };

const found = (actor: Actor, ids: readonly string[], includeDeleted: boolean) => sql`
  select asked.id as "askedId", ${select} from customer asked join customer c on c.id = coalesce(asked.merged_into, asked.id)
  where asked.id = any(${[...ids]}::uuid[]) and ${visibleCustomer(actor, 'c', includeDeleted)}`;

/** Customers that the caller may see, by the id asked for. */
export const customerLoader = (ctx: RequestContext) =>
  byKey<string, Found>(
    (ids) => ctx.db.query('findCustomers', found(ctx.actor, ids, false)),
    (row) => row.askedId,
  );

/** One customer as the caller may see it. */
export const findCustomer = (ctx: RequestContext, id: string, includeDeleted: boolean): Promise<Customer | undefined> =>
  ctx.db.one<Customer>('findCustomer', found(ctx.actor, [id], includeDeleted));

/** One customer inside a transaction; no redirect, because the lock was taken on this very id. */
export const customerIn = (tx: Tx, id: string, includeDeleted = false): Promise<Customer | undefined> =>
  tx.one<Customer>(
    'readCustomer',
    sql`select ${select} from customer c where c.id = ${id} and ${visibleCustomer(tx.actor, 'c', includeDeleted)}`,
  );

/** The hierarchy is never deeper than this. */
export const MAX_DEPTH = 100;

const climbing = (ids: readonly string[], depth: number) => sql`
  with recursive up(start, id, parent_id, level) as (
    select c.id, c.id, c.parent_id, 1 from customer c where c.id = any(${[...ids]}::uuid[])
    union all
    select up.start, c.id, c.parent_id, up.level + 1 from up join customer c on c.id = up.parent_id where up.level < ${depth}
  )`;

/** The ids from this customer up to the top, itself first, deleted ones too; at most MAX_DEPTH + 1. */
export async function climb(tx: Tx, id: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>('climbHierarchy', sql`${climbing([id], MAX_DEPTH + 1)} select id from up order by level`);
  return rows.map((row) => row.id);
}

/** The visible ancestors of many customers, nearest first. */
export const ancestorsOf = (ctx: RequestContext, ids: readonly string[]): Promise<Array<Customer & { startId: string }>> =>
  ctx.db.query(
    'findAncestors',
    sql`${climbing(ids, MAX_DEPTH + 1)} select up.start as "startId", ${select} from up join customer c on c.id = up.id
        where up.level > 1 and ${visibleCustomer(ctx.actor, 'c')} order by up.start, up.level`,
  );
