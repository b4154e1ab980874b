// What a service asks its directory: does this customer exist, may this actor see it, who is it after a merge. A write for a customer of a
// moment ago waits for Kafka, at most two seconds (events.md, "Sagas"); what is out of scope or deleted is simply not found.
import { type Actor, hasRole } from '@customer360/kernel/actor';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { RequestContext, ServiceContext } from '@customer360/kernel/context';
import type { FilterField } from '@customer360/kernel/filter';
import { badInput, isProblem, movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { isUuid } from '@customer360/kernel/scalars';
import { raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Standing } from '@customer360/kernel/standing';
import type { Tx } from '@customer360/kernel/transact';
import DataLoader from 'dataloader';
import { customerNews } from './directory-feed.ts';
import { type ProcessingRestricted, refuseRestricted } from './restriction.ts';
import { inScope, type ScopeColumns } from './scope.ts';

/** A customer as this service knows it. */
export interface KnownCustomer {
  /** The survivor's id when the requested one was merged away. */
  readonly id: string;
  readonly requestedId: string;
  readonly type: 'individual' | 'organization';
  readonly status: string;
  readonly source: string | null;
  readonly initialStage: string | null;
  readonly ownerId: string | null;
  readonly country: string | null;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
  readonly processingRestricted: boolean;
  readonly doNotProcess: boolean;
}

/** A member of staff as this service knows them. */
export interface KnownStaff {
  readonly id: string;
  readonly team: string | null;
  readonly managerId: string | null;
  readonly roles: readonly string[];
  readonly active: boolean;
}

type UnknownCustomer = Problem<'UnknownCustomer', { customerId: string; retryable: boolean }>;

const WAIT_MS = 2_000;
/** How long a read waits: well below the gateway's deadline of a query, or an unknown id would look like a service that is down. */
export const READ_WAIT_MS = 500;
const SLICE_MS = 200;
const MAX_REDIRECTS = 10;

/** Where this customer id leads now: itself, or the survivor. */
export const survivorOf = (id: Sql): Sql =>
  sql`coalesce((select led.merged_into from directory_customer led where led.customer_id = ${id}), ${id})`;

/** A filter field over a column of customer ids: a retired id finds the survivor's rows. */
export const customerField = (column: string): FilterField => ({ column: raw(column), type: 'uuid', means: survivorOf });

/** CTE `step(requested, id, depth)`: where merges lead from these ids, themselves first. Write `with ${redirects(ids)} select …`. */
export const redirects = (ids: readonly string[]): Sql => sql`recursive step(requested, id, depth) as (
    select id, id, 0 from unnest(${[...ids]}::uuid[]) as asked(id)
    union all
    select step.requested, d.merged_into, depth + 1 from step join directory_customer d on d.customer_id = step.id
    where d.merged_into is not null and depth < ${MAX_REDIRECTS}
  )`;

/** Customers of these ids (retired ids lead to their survivor), with whether `actor` may see them. Unknown ids are absent. */
const known = (ids: readonly string[], visible: Sql): Sql => sql`
  with ${redirects(ids)}
  select distinct on (step.requested) step.requested as "requestedId", d.customer_id as id, d.type, d.status, d.source, d.initial_stage as "initialStage",
    d.owner_id as "ownerId", d.country, d.created_at as "createdAt", d.deleted_at as "deletedAt", d.processing_restricted as "processingRestricted",
    d.do_not_process as "doNotProcess", (${visible}) as visible
  from step join directory_customer d on d.customer_id = step.id
  where d.version > 0 and d.merged_into is null
  order by step.requested, step.depth desc`;

type KnownRow = KnownCustomer & { visible: boolean };

/** May `actor` see rows of the customer in this column? Over `directory_customer`; deleted and merged customers are never visible. */
export function visibleCustomer(actor: Actor, column: Sql): Sql {
  if (actor.kind === 'SYSTEM') return raw('true');
  return sql`exists (select 1 from directory_customer seen where seen.customer_id = ${column} and seen.deleted_at is null and seen.merged_into is null and ${inScope(actor, under('seen'))})`;
}

/** A query for the ids of the staff in the team of this member of staff. */
export const teamOf = (staffId: string): Sql =>
  sql`select mate.staff_id from directory_staff mate join directory_staff me on me.team = mate.team
    where me.staff_id = ${isUuid(staffId) ? staffId : null}::uuid`;

/** The rule's columns of `directory_customer` under an alias. */
const under = (alias: string): ScopeColumns => ({
  id: raw(`${alias}.customer_id`),
  ownerId: raw(`${alias}.owner_id`),
  processingRestricted: raw(`${alias}.processing_restricted`),
  teamOf,
  survivorOf,
});

/**
 * The customer that a write is for. Waits up to 2 s (`waitMs`) for one that this service has not heard of, then answers `UnknownCustomer`; throws
 * NOT_FOUND naming `field` when it is deleted or outside the caller's scope. Call it before `transact`, and use the answer's `id`.
 */
export async function requireCustomer(
  ctx: RequestContext,
  id: string,
  field = 'customerId',
  waitMs = WAIT_MS,
): Promise<KnownCustomer | UnknownCustomer> {
  const look = () => ctx.db.one<KnownRow>('requireCustomer', known([id], inScope(ctx.actor, under('d'))));
  let customer = await look();
  // News wakes this instance; the short slices cover a consumer that runs in another one.
  for (const deadline = Date.now() + waitMs; !customer && Date.now() < deadline; ) {
    const news = ctx.news.wait(customerNews(id), SLICE_MS);
    customer = await look();
    if (!customer) await news;
  }
  customer ??= await look();
  if (!customer) {
    return problem(
      'UnknownCustomer',
      `${field}: customer ${id} has not been heard of here within ${waitMs / 1000} s; retry if it was just created`,
      {
        customerId: id,
        retryable: true,
      },
    );
  }
  if (customer.deletedAt !== null || !customer.visible) throw notFound('Customer', id, field);
  return customer;
}

/** The same for a write by staff: a customer whose processing is restricted is refused, see `refuseRestricted`. */
export async function requireUnrestricted(
  ctx: RequestContext,
  id: string,
  field = 'customerId',
): Promise<KnownCustomer | UnknownCustomer | ProcessingRestricted> {
  const customer = await requireCustomer(ctx, id, field);
  return isProblem(customer) ? customer : (refuseRestricted(customer, ctx.actor) ?? customer);
}

/** Looks again, with growing pauses, for what another service made a moment ago; undefined when the wait was in vain. */
async function awaited<T>(look: () => Promise<T | undefined>, waitMs: number): Promise<T | undefined> {
  const deadline = Date.now() + waitMs;
  for (let pause = 20; ; pause = Math.min(pause * 2, 250)) {
    const found = await look();
    if (found || Date.now() >= deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * Under the customer's lock: a retryable CONFLICT where the origin of what is written leads to another customer by now, because a merge or its undoing
 * was applied here between the look and the lock. The undoing takes the same lock before it moves the origin's rows.
 */
export async function requireStillLeads(tx: Tx, originCustomerId: string, customerId: string): Promise<void> {
  const leads = await tx.one<{ id: string }>(
    'whereOriginLeads',
    sql`with ${redirects([originCustomerId])} select id from step order by depth desc limit 1`,
  );
  if (leads?.id !== customerId) throw movedMeanwhile('Customer', customerId);
}

/**
 * Throws BAD_USER_INPUT naming `field` unless the contact exists and belongs to the customer. Waits for a contact of a moment ago like
 * `requireCustomer`. Answers the contact's origin: what is recorded with a contact goes where the contact goes when a merge is undone.
 */
export async function requireContact(
  ctx: RequestContext,
  contactId: string,
  customerId: string,
  field = 'contactId',
  waitMs = WAIT_MS,
): Promise<{ originCustomerId: string }> {
  const look = () =>
    ctx.db.one<{ customer_id: string; originCustomerId: string; deleted_at: Date | null }>(
      'requireContact',
      sql`select coalesce(c.merged_into, d.customer_id) as customer_id, d.origin_customer_id as "originCustomerId", d.deleted_at from directory_contact d
          left join directory_customer c on c.customer_id = d.customer_id where d.contact_id = ${contactId}`,
    );
  const contact = await awaited(look, waitMs);
  if (!contact || contact.deleted_at !== null || contact.customer_id !== customerId) {
    throw badInput(field, 'is not a contact of this customer');
  }
  return contact;
}

/** An active member of staff; throws BAD_USER_INPUT naming `field` otherwise. Waits for one of a moment ago like `requireCustomer`. */
export async function requireStaff(ctx: RequestContext, staffId: string, field: string): Promise<KnownStaff> {
  const look = () =>
    ctx.db.one<KnownStaff>(
      'requireStaff',
      sql`select staff_id as id, team, manager_id as "managerId", roles, active from directory_staff where staff_id = ${staffId}`,
    );
  const staff = await awaited(look, WAIT_MS);
  if (!staff?.active) throw badInput(field, 'is not an active member of staff');
  return staff;
}

const references = new WeakMap<object, DataLoader<string, KnownCustomer | null>>();

/**
 * The rows of these references. The customer service knows each of them, so one that is missing here was created a moment ago: it is waited
 * for, at most half a second, and a list in vain only once.
 */
async function findReferences(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, KnownRow>> {
  const byId = new Map<string, KnownRow>();
  let missing = ids;
  for (const deadline = Date.now() + READ_WAIT_MS; ; ) {
    const rows = await ctx.db.query<KnownRow>('customerReferences', known(missing, inScope(ctx.actor, under('d'))));
    for (const row of rows) byId.set(row.requestedId, row);
    missing = missing.filter((id) => !byId.has(id));
    if (missing.length === 0 || Date.now() >= deadline) return byId;
    await ctx.news.wait(customerNews(missing[0]!), SLICE_MS);
  }
}

/** `Customer.__resolveReference` of a service that does not own customers: redirected and scoped, one statement for a list. */
export async function customerReference(ctx: RequestContext, id: string): Promise<{ id: string } | null> {
  let loader = references.get(ctx);
  if (!loader) {
    loader = new DataLoader<string, KnownCustomer | null>(async (ids) => {
      const byId = await findReferences(ctx, ids);
      return ids.map((wanted) => {
        const row = byId.get(wanted);
        return row?.visible && (row.deletedAt === null || hasRole(ctx.actor, 'admin', 'dpo', 'auditor')) ? row : null;
      });
    });
    references.set(ctx, loader);
  }
  const customer = await loader.load(id);
  return customer && { ...customer, id: customer.id };
}

/** What the directory says of a token's subject now. */
export const standingOf = ({ db }: ServiceContext, staffId: string): Promise<Standing | undefined> =>
  db.one('findStanding', sql`select roles, active from directory_staff where staff_id = ${staffId}`);

/** Splits inbound events into those whose customer is known (merged ids already redirected) and those to park until it is. */
export async function splitKnown<E extends Received>(
  tx: Tx,
  events: readonly E[],
  idOf: (event: E) => string = (event) => event.key,
): Promise<{ known: Array<{ event: E; customer: KnownCustomer }>; unknown: Parked[] }> {
  const rows = await tx.query<KnownRow>('splitKnown', known([...new Set(events.map(idOf))], raw('true')));
  const byId = new Map(rows.map((row) => [row.requestedId, row]));
  const found: Array<{ event: E; customer: KnownCustomer }> = [];
  const unknown: Parked[] = [];
  for (const event of events) {
    const customer = byId.get(idOf(event));
    if (customer) found.push({ event, customer });
    else unknown.push({ event, reason: 'UNKNOWN_CUSTOMER' });
  }
  return { known: found, unknown };
}
