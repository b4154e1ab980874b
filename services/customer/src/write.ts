// What every verb of this service does around its rule: find the row in the caller's scope, lock its customer, look again, honour a
// restriction, compare versions, write, and tell. The rule itself stands in the verb's file; here is only what all of them share.
import { type ProcessingRestricted, refuseRestricted } from '@customer360/customer-data/restriction';
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { expectVersion, movedMeanwhile, notFound, type Problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { type Fact, type Tx, transact } from '@customer360/kernel/transact';
import type { EntitySchema } from 'typeorm';
import { customerIn } from './customer/customer.table.ts';
import type { Customer } from './customer/customer.ts';
import type { ListSpec } from './list.ts';
import type { Ctx } from './loaders.ts';

/** A child noun of a customer: its SDL name, its table, its list. */
export interface ChildNoun<R extends Row & CustomerChild> {
  readonly noun: string;
  readonly table: EntitySchema<R>;
  readonly list: ListSpec;
}

/** The live customer as the caller may see it, redirects followed; NOT_FOUND naming `field` otherwise. */
export async function requireCustomer(ctx: Ctx, id: string, field: string): Promise<Customer> {
  const customer = await ctx.loaders.customer.load(id);
  if (!customer) throw notFound('Customer', id, field);
  return customer;
}

/** The same inside the transaction, under the lock; CONFLICT where it was merged into another one meanwhile. */
export async function customerUnderLock(tx: Tx, id: string, field: string): Promise<Customer> {
  const customer = await customerIn(tx, id);
  if (customer) return customer;
  if (await mergedMeanwhile(tx, id)) throw movedMeanwhile('Customer', id);
  throw notFound('Customer', id, field);
}

const mergedMeanwhile = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.one('findMergedMeanwhile', sql`select 1 from customer where id = ${id} and merged_into is not null`)) !== undefined;

/** Reads a row by id in the transaction. */
export async function readRow<R extends Row>(tx: Tx, table: EntitySchema<R>, id: string): Promise<R> {
  const row = await tx.manager.getRepository(table).findOneBy({ id } as never);
  if (!row) throw notFound(table.options.name, id);
  return row;
}

const INTERNAL = new Set(['emailKey', 'taxIdKey', 'deletionId', 'deletedAt', 'geocodeDueAt', 'geocodeAttempts']);

/** The names of changed fields as the graph shows them. */
export const publicNames = (changes: object): string[] => Object.keys(changes).filter((name) => !INTERNAL.has(name));

/** A fact of this service. */
export const fact = (name: string, key: string, data: object): Fact => ({ type: `crm.customer.${name}.v1`, key, data });

/** What an update may say: absent leaves a field, null clears it (or is refused by the noun's check). */
export type Changes<T> = { [K in keyof T]?: T[K] | null };

/** Creates a child row: the customer is found, locked and not restricted. */
export async function createChild<R extends Row & CustomerChild, P extends Problem = never>(
  ctx: Ctx,
  child: ChildNoun<R>,
  input: { customerId: string; idempotencyKey?: string | null },
  work: (tx: Tx, customer: Customer) => Promise<R | P>,
): Promise<R | P | ProcessingRestricted> {
  const { id } = await requireCustomer(ctx, input.customerId, 'input.customerId');
  const once = {
    key: input.idempotencyKey,
    operation: `create${child.noun}`,
    input,
    replay: (tx: Tx, rowId: string) => readRow(tx, child.table, rowId),
  };
  return transact<R, P | ProcessingRestricted>(ctx, { lock: [id], once }, async (tx) => {
    const customer = await customerUnderLock(tx, id, 'input.customerId');
    return refuseRestricted(customer, tx.actor) ?? work(tx, customer);
  });
}

/** Changes a live child row, or with `deleted` a deleted one: found in scope, locked by its customer, at the expected version. */
export async function changeChild<R extends Row & CustomerChild, P extends Problem = never>(
  ctx: Ctx,
  child: ChildNoun<R>,
  id: string,
  options: { expectedVersion?: number | null; deleted?: boolean },
  work: (tx: Tx, row: R, customer: Customer) => Promise<R | P>,
): Promise<R | P | ProcessingRestricted> {
  const seen = await ctx.db.one<{ customerId: string }>(
    `find${child.noun}`,
    sql`select t.customer_id as "customerId" from ${child.list.from} where t.id = ${id} and c.deleted_at is null and ${child.list.visible(ctx.actor, true)}`,
  );
  if (!seen) throw notFound(child.noun, id);
  return transact<R, P | ProcessingRestricted>(ctx, { lock: [seen.customerId] }, async (tx) => {
    const row = await readRow(tx, child.table, id);
    // Whose lock we hold is not whose row it is any more: a merge came between.
    if (row.customerId !== seen.customerId) throw movedMeanwhile(child.noun, id);
    const customer = await customerIn(tx, row.customerId);
    if (!customer || (row.deletedAt !== null && !options.deleted)) throw notFound(child.noun, id);
    const refused = refuseRestricted(customer, tx.actor);
    if (refused) return refused;
    expectVersion(child.noun, row, options.expectedVersion);
    // A restore of a row that lives is done already.
    return options.deleted && row.deletedAt === null ? row : work(tx, row, customer);
  });
}
