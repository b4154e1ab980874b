// The star schema: dimensions and facts that a BI tool reads, without names, addresses or anybody whose processing is restricted (GDPR Art. 18).
//
// Two layers. `landing` mirrors what the state topics say, whoever it is about. `star` is a function of `landing`: after each batch the rows of the touched
// customers are derived anew in the same transaction, so that a lifted restriction brings a customer back, and a new one takes them out at once.
import type { Transaction } from '@customer360/events/handlers';

export const TABLES = `
  create schema if not exists landing;
  create schema if not exists star;
  create table if not exists landing.customer (
    customer_id text primary key, type text not null, status text not null, source text, country text, industry text, employee_count text,
    owner_id text, merged_into text, deleted boolean not null, created_at timestamptz not null);
  create table if not exists landing.restriction (customer_id text primary key, restricted boolean not null, objects boolean not null, hold boolean not null);
  create table if not exists landing.lifecycle (
    customer_id text primary key, stage text not null, stage_category text not null, entered_stage_at timestamptz not null,
    first_purchase date, last_purchase date, total_revenue numeric not null, currency text not null, purchases int not null);
  create table if not exists landing.activity (customer_id text primary key, last_interaction_at timestamptz, interactions_30d int not null, open_activities int not null);
  create table if not exists landing.open (always boolean primary key default true check (always));

  create table if not exists star.dim_staff (staff_id text primary key, team text, roles text[] not null, active boolean not null);
  create table if not exists star.dim_customer (
    customer_id text primary key, type text not null, status text not null, source text, country text, industry text, employee_count text,
    owner_id text, created_at timestamptz not null);
  create table if not exists star.fact_lifecycle (
    customer_id text primary key, stage text not null, stage_category text not null, entered_stage_at timestamptz not null,
    first_purchase date, last_purchase date, total_revenue numeric not null, currency text not null, purchases int not null);
  create table if not exists star.fact_activity (customer_id text primary key, last_interaction_at timestamptz, interactions_30d int not null, open_activities int not null);`;

const ALLOWED = `select c.customer_id from landing.customer c left join landing.restriction r using (customer_id)
  where not c.deleted and c.merged_into is null and r.restricted is not true`;
const CUSTOMER = 'customer_id, type, status, source, country, industry, employee_count, owner_id, created_at';
const LIFECYCLE = 'customer_id, stage, stage_category, entered_stage_at, first_purchase, last_purchase, total_revenue, currency, purchases';
const ACTIVITY = 'customer_id, last_interaction_at, interactions_30d, open_activities';

/**
 * Derives the star rows of these customers (null: of all). While a bootstrap or rebuild is under way rows only leave: a customer's restriction may not have
 * been read yet, so nobody enters before `openStar`.
 */
export async function deriveStar(tx: Transaction, customerIds: readonly string[] | null): Promise<void> {
  // Shared among batches, alone in `openStar`: no batch may slip its landing rows past the moment in which the star is opened.
  await tx.query(`select pg_advisory_xact_lock_shared(hashtext('star'))`);
  const [open] = await tx.query('select 1 from landing.open');
  const touched = '($1::text[] is null or customer_id = any($1))';
  if (!open) {
    for (const table of ['dim_customer', 'fact_lifecycle', 'fact_activity']) {
      await tx.query(
        `delete from star.${table} where ${touched} and customer_id in (select customer_id from landing.restriction where restricted)`,
        [customerIds],
      );
    }
    return;
  }
  for (const table of ['dim_customer', 'fact_lifecycle', 'fact_activity'])
    await tx.query(`delete from star.${table} where ${touched}`, [customerIds]);
  for (const [table, columns, source] of [
    ['dim_customer', CUSTOMER, 'customer'],
    ['fact_lifecycle', LIFECYCLE, 'lifecycle'],
    ['fact_activity', ACTIVITY, 'activity'],
  ]) {
    await tx.query(
      `insert into star.${table} (${columns}) select ${columns} from landing.${source} where ${touched} and customer_id in (${ALLOWED} and ($1::text[] is null or c.customer_id = any($1)))`,
      [customerIds],
    );
  }
}

/** Everything that was there is in `landing`: fill the star in one transaction; from now on it follows batch by batch. */
export async function openStar(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('star'))`);
  await tx.query('insert into landing.open default values on conflict do nothing');
  await deriveStar(tx, null);
}

/** For a rebuild from zero: forget the mirror, keep the star for its readers until the new one is complete. */
export async function clearLanding(tx: Transaction): Promise<void> {
  await tx.query('delete from landing.open');
  for (const table of ['customer', 'restriction', 'lifecycle', 'activity']) await tx.query(`delete from landing.${table}`);
}
