// Keeps the directory: state records are upserted by version, so that order, repeats and rebuilds do not matter. Whoever waits for a
// customer of a moment ago is woken after the commit, and events parked for want of it become due. A redirect that changed moves the service's
// rows in the same transaction, and is acknowledged: the customer service tells from that how far a merge has come [WF-CM-002].
import { newestStates, type Received, type Subscription, wakeParked } from '@customer360/kernel/consumer';
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import { standingNews } from '@customer360/kernel/standing';
import { lockKeys, type Tx } from '@customer360/kernel/transact';
import type { Census } from './census.ts';
import { type Move, moveRecords } from './merge.ts';

/** The news key of a customer; see `requireCustomer`. */
export const customerNews = (id: string): string => `customer ${id}`;

/** Answers the redirects that changed. */
async function upsertCustomers(tx: Tx, events: readonly Received[], ctx: ServiceContext): Promise<Move[]> {
  const records = newestStates(events);
  const rows = records
    .filter(({ data }) => data !== null)
    .map(({ data, sequence }) => ({
      ...data,
      version: sequence,
      country: data.account?.country ?? data.defaultAddresses?.[0]?.country ?? null,
    }));
  const written = await tx.query<Move & { redirected: boolean }>(
    'upsertDirectoryCustomers',
    sql`insert into directory_customer as d (customer_id, version, type, status, source, initial_stage, owner_id, merged_into, redirect_version, country,
          created_at, deleted_at)
        select "customerId", version, type, status, source, "initialStage", "ownerId", "mergedInto", "redirectVersion", country, "createdAt", "deletedAt"
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("customerId" uuid, version int, type text, status text, source text, "initialStage" text,
          "ownerId" uuid, "mergedInto" uuid, "redirectVersion" int, country text, "createdAt" timestamptz, "deletedAt" timestamptz)
        on conflict (customer_id) do update set (version, type, status, source, initial_stage, owner_id, merged_into, redirect_version, country, created_at,
            deleted_at) =
          (excluded.version, excluded.type, excluded.status, excluded.source, excluded.initial_stage, excluded.owner_id, excluded.merged_into,
           excluded.redirect_version, excluded.country, excluded.created_at, excluded.deleted_at)
        where excluded.version > d.version
        returning new.customer_id as "customerId", coalesce(old.merged_into, new.customer_id) as "from", coalesce(new.merged_into, new.customer_id) as "to",
          new.redirect_version as "redirectVersion", new.redirect_version > coalesce(old.redirect_version, 0) as redirected`,
  );
  const ids = rows.map((row) => row.customerId as string);
  await wakeParked(tx, ids);
  tx.afterCommit(() => {
    for (const id of ids) ctx.news.publish(customerNews(id));
  });
  return written.filter(({ redirected }) => redirected);
}

async function upsertRestrictions(tx: Tx, events: readonly Received[]): Promise<void> {
  const rows = newestStates(events).map(({ key, data, sequence }) => ({
    customerId: key,
    version: sequence,
    restricted: data?.processingRestricted ?? false,
    objected: data?.doNotProcess ?? false,
  }));
  await tx.query(
    'upsertDirectoryRestrictions',
    sql`insert into directory_customer as d (customer_id, restrictions_version, processing_restricted, do_not_process)
        select "customerId", version, restricted, objected
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("customerId" uuid, version int, restricted boolean, objected boolean)
        on conflict (customer_id) do update set (restrictions_version, processing_restricted, do_not_process) =
          (excluded.restrictions_version, excluded.processing_restricted, excluded.do_not_process)
        where excluded.restrictions_version > d.restrictions_version`,
  );
}

async function upsertStaff(tx: Tx, events: readonly Received[], ctx: ServiceContext): Promise<void> {
  const rows = newestStates(events)
    .filter(({ data }) => data !== null)
    .map(({ data, sequence }) => ({ ...data, version: sequence, active: data.active && data.deletedAt == null }));
  await tx.query(
    'upsertDirectoryStaff',
    sql`insert into directory_staff as d (staff_id, version, team, manager_id, roles, active)
        select "staffId", version, team, "managerId", roles, active
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("staffId" uuid, version int, team text, "managerId" uuid, roles text[], active boolean)
        on conflict (staff_id) do update set (version, team, manager_id, roles, active) =
          (excluded.version, excluded.team, excluded.manager_id, excluded.roles, excluded.active)
        where excluded.version > d.version`,
  );
  tx.afterCommit(() => {
    for (const { staffId } of rows) ctx.news.publish(standingNews(staffId));
  });
}

async function upsertContacts(tx: Tx, events: readonly Received[]): Promise<void> {
  const rows = newestStates(events)
    .filter(({ data }) => data !== null)
    .map(({ data, sequence }) => ({ ...data, version: sequence, active: data.status === 'active' }));
  await tx.query(
    'upsertDirectoryContacts',
    sql`insert into directory_contact as d (contact_id, version, customer_id, origin_customer_id, do_not_contact, active, deleted_at)
        select "contactId", version, "customerId", "originCustomerId", "doNotContact", active, "deletedAt"
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("contactId" uuid, version int, "customerId" uuid, "originCustomerId" uuid,
          "doNotContact" boolean, active boolean, "deletedAt" timestamptz)
        on conflict (contact_id) do update set (version, customer_id, origin_customer_id, do_not_contact, active, deleted_at) =
          (excluded.version, excluded.customer_id, excluded.origin_customer_id, excluded.do_not_contact, excluded.active, excluded.deleted_at)
        where excluded.version > d.version`,
  );
}

const CUSTOMERS = 'crm.customer.state.v1';

/** The directory alone; what `events rebuild` fills anew. */
export const directorySubscriptions: readonly Subscription[] = [
  { topic: CUSTOMERS, from: 'state', handle: async (tx, events, ctx) => void (await upsertCustomers(tx, events, ctx)) },
  { topic: 'crm.customer.staff.v1', from: 'state', handle: upsertStaff },
  { topic: 'crm.customer.contacts.v1', from: 'state', handle: upsertContacts },
  { topic: 'crm.compliance.state.v1', from: 'state', handle: upsertRestrictions },
];

/** What a merge means to a service besides re-pointed rows: what it folds, and which states it publishes anew. */
export type AfterMoves = (tx: Tx, moves: readonly Move[], ctx: ServiceContext) => Promise<void>;

/** The directory of a service that has rows of customers: a changed redirect moves them. */
export const directoryFeed = (census: Census, afterwards: AfterMoves): Subscription[] =>
  directorySubscriptions.map((subscription) =>
    subscription.topic !== CUSTOMERS
      ? subscription
      : { ...subscription, handle: async (tx, events, ctx) => follow(tx, await upsertCustomers(tx, events, ctx), ctx, census, afterwards) },
  );

async function follow(tx: Tx, moves: readonly Move[], ctx: ServiceContext, census: Census, afterwards: AfterMoves): Promise<void> {
  if (moves.length === 0) return;
  // The kernel holds the identities' locks; the customers that lose or gain rows have theirs too.
  await lockKeys(tx, [...new Set(moves.flatMap(({ from, to }) => [from, to]))]);
  const counts = await moveRecords(tx, census, moves);
  for (const { customerId, from, to, redirectVersion } of moves) {
    const rows = counts.get(customerId)!;
    const data = { originCustomerId: customerId, fromCustomerId: from, toCustomerId: to, redirectVersion, rows };
    for (const key of new Set([from, to])) tx.emit({ type: `crm.${ctx.name}.records-moved.v1`, key, data });
    tx.state({
      topic: `crm.${ctx.name}.redirects.v1`,
      type: `crm.${ctx.name}.redirect-state.v1`,
      key: customerId,
      version: redirectVersion,
      data: { customerId, mergedInto: to === customerId ? null : to, redirectVersion, appliedAt: tx.now.toISOString(), rows },
    });
  }
  await afterwards(tx, moves, ctx);
}

/** These subscriptions, with more to do for one topic afterwards, in the same transaction. */
export function alsoHandle(topic: string, handle: Subscription['handle'], subscriptions: readonly Subscription[]): Subscription[] {
  return subscriptions.map((subscription) =>
    subscription.topic !== topic
      ? subscription
      : {
          ...subscription,
          async handle(tx, events, ctx) {
            const parked = (await subscription.handle(tx, events, ctx)) ?? [];
            return [...parked, ...((await handle(tx, events, ctx)) ?? [])];
          },
        },
  );
}
