// The tables of the customer service: every field, index and constraint of the catalogue's package customer_management. Partial uniques leave
// soft-deleted rows out, so that a deleted row never blocks a value (api.md). Extensions are trusted ones: the database's owner may create them.
import { FOLD_TEXT } from '@customer360/customer-data/fold-text';
import { CUSTOMER_COLUMNS, ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CustomerTables1730000001000 implements MigrationInterface {
  name = 'CustomerTables1730000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create extension if not exists pg_trgm; create extension if not exists btree_gist');
    await runner.query(FOLD_TEXT);
    await runner.query(STAFF);
    await runner.query(CUSTOMER);
    await runner.query(CHILDREN);
    await runner.query(RELATIONSHIP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table override_token, relationship, address, account, contact, external_id, customer, staff_member');
  }
}

const STAFF = `
  create table staff_member (${ROW_COLUMNS},
    name text not null check (char_length(name) between 1 and 200),
    email text not null check (char_length(email) <= 254),
    email_key text not null,
    roles text[] not null check (cardinality(roles) between 1 and 7
      and roles <@ array['admin','sales_manager','sales_rep','support_rep','marketing','dpo','auditor']),
    team text check (char_length(team) <= 100),
    manager_id uuid references staff_member check (manager_id <> id),
    active boolean not null default true
  );
  create unique index staff_member_email on staff_member (email_key) where deleted_at is null;
  create index staff_member_team on staff_member (team) where deleted_at is null;
  create index staff_member_manager on staff_member (manager_id);`;

const CUSTOMER = `
  create table customer (${ROW_COLUMNS},
    type text not null check (type in ('individual','organization')),
    display_name text not null check (char_length(display_name) between 1 and 200),
    folded_name text not null generated always as (fold_text(display_name)) stored,
    status text not null default 'prospect' check (status in ('active','inactive','prospect','churned','deleted')),
    source text check (source in ('web','referral','sales','import','api')),
    external_id text check (char_length(external_id) between 1 and 200),
    email text check (char_length(email) <= 254),
    email_key text,
    phone text check (char_length(phone) <= 50),
    phone_e164 text check (phone_e164 ~ '^\\+[0-9]{3,15}$'),
    owner_id uuid references staff_member,
    parent_id uuid references customer check (parent_id <> id),
    merged_into uuid references customer check (merged_into <> id),
    redirect_version int not null default 0,
    deletion_id uuid,
    initial_stage text check (char_length(initial_stage) <= 100),
    stage_category text check (stage_category in ('pre_customer','customer','post_customer')),
    lifecycle_version int not null default 0,
    total_revenue numeric not null default 0,
    revenue_currency text,
    open_activities int not null default 0,
    interaction_version int not null default 0,
    processing_restricted boolean not null default false,
    do_not_process boolean not null default false,
    compliance_version int not null default 0
  );
  create index customer_display_name on customer (display_name);
  create unique index customer_external_id on customer (external_id) where external_id is not null and deleted_at is null;
  create index customer_owner_status on customer (owner_id, status);
  create index customer_created_at on customer (created_at, id);
  create index customer_updated_at on customer (updated_at, id);
  create index customer_parent on customer (parent_id, display_name, id) where parent_id is not null;
  create index customer_merged_into on customer (merged_into) where merged_into is not null;
  create index customer_email_key on customer (email_key);
  create index customer_phone_e164 on customer (phone_e164);
  create index customer_folded_name on customer using gin (folded_name gin_trgm_ops);
  create index customer_search on customer using gin (display_name gin_trgm_ops, email gin_trgm_ops, external_id gin_trgm_ops);

  create table external_id (
    id uuid primary key,
    system text not null check (char_length(system) between 1 and 100),
    external_id text not null check (char_length(external_id) between 1 and 200),
    ${CUSTOMER_COLUMNS},
    created_at timestamptz not null default now(),
    deleted_at timestamptz,
    deletion_id uuid,
    foreign key (customer_id) references customer
  );
  create index external_id_prefix on external_id (external_id text_pattern_ops) where deleted_at is null;
  create unique index external_id_value on external_id (system, external_id) where deleted_at is null;
  create index external_id_customer on external_id (customer_id);

  create table override_token (
    token_hash text primary key,
    actor text not null,
    input_hash text not null,
    candidate_ids uuid[] not null,
    expires_at timestamptz not null
  );
  create index override_token_expires_at on override_token (expires_at);`;

const CHILDREN = `
  create table contact (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
    first_name text not null check (char_length(first_name) between 1 and 100),
    last_name text not null check (char_length(last_name) between 1 and 100),
    folded_name text not null generated always as (fold_text(first_name || ' ' || last_name)) stored,
    email text check (char_length(email) <= 254),
    email_key text,
    phone text check (char_length(phone) <= 50),
    phone_e164 text check (phone_e164 ~ '^\\+[0-9]{3,15}$'),
    job_title text check (char_length(job_title) <= 100),
    roles text[] not null default '{}' check (roles <@ array['decision_maker','billing','technical','champion','user','other']),
    is_primary boolean not null default false,
    status text not null default 'active' check (status in ('active','inactive')),
    communication_preference text not null default 'any' check (communication_preference in ('email','phone','any')),
    do_not_contact boolean not null default false,
    deletion_id uuid,
    foreign key (customer_id) references customer
  );
  create index contact_customer on contact (customer_id, is_primary desc, last_name, first_name, id);
  create index contact_email on contact (email_key);
  create index contact_phone on contact (phone_e164);
  create index contact_name on contact (last_name, first_name, id);
  create index contact_folded_name on contact using gin (folded_name gin_trgm_ops);
  create index contact_search on contact using gin (first_name gin_trgm_ops, last_name gin_trgm_ops, email gin_trgm_ops);
  create unique index one_primary_per_customer on contact (customer_id) where is_primary and deleted_at is null;

  create table account (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
    legal_name text not null check (char_length(legal_name) between 1 and 300),
    dba_name text check (char_length(dba_name) <= 300),
    tax_id text check (char_length(tax_id) <= 50),
    tax_id_key text,
    tax_id_verified boolean not null default false,
    country char(2),
    industry text check (char_length(industry) <= 100),
    employee_count text check (employee_count in ('1-10','11-50','51-200','201-500','501-1000','1000+')),
    annual_revenue text check (annual_revenue in ('<100K','100K-1M','1M-10M','10M-100M','100M+')),
    website text check (char_length(website) <= 2000),
    deletion_id uuid,
    foreign key (customer_id) references customer
  );
  create unique index one_account_per_customer on account (customer_id) where deleted_at is null;
  create index account_customer on account (customer_id);
  create index account_legal_name on account (legal_name, id);
  create index account_tax_id_key on account (tax_id_key);
  create index account_search on account using gin (legal_name gin_trgm_ops, dba_name gin_trgm_ops);

  create table address (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
    address_type text not null check (address_type in ('billing','shipping','service','headquarters','other')),
    is_default boolean not null default false,
    street_line_1 text not null check (char_length(street_line_1) between 1 and 200),
    street_line_2 text check (char_length(street_line_2) <= 200),
    city text not null check (char_length(city) between 1 and 100),
    state_province text check (char_length(state_province) <= 100),
    postal_code text check (char_length(postal_code) <= 20),
    country char(2) not null,
    latitude numeric(8,6) check (latitude between -90 and 90),
    longitude numeric(9,6) check (longitude between -180 and 180),
    deletion_id uuid,
    foreign key (customer_id) references customer,
    check ((latitude is null) = (longitude is null))
  );
  create index address_customer_type on address (customer_id, address_type);
  create index address_postal_code on address (postal_code);
  create index address_created_at on address (created_at, id);
  create unique index one_default_per_type on address (customer_id, address_type) where is_default and deleted_at is null;`;

const RELATIONSHIP = `
  create table relationship (${ROW_COLUMNS},
    from_customer_id uuid not null references customer,
    origin_from_customer_id uuid not null,
    to_customer_id uuid not null references customer,
    origin_to_customer_id uuid not null,
    relationship_type text not null check (relationship_type in ('parent_child','partner','referral','reseller','subsidiary')),
    notes text check (char_length(notes) <= 10000),
    start_date date,
    end_date date,
    deletion_id uuid,
    constraint no_self_relationship check (from_customer_id <> to_customer_id),
    constraint relationship_days check (end_date >= start_date),
    -- The catalogue's unique pair, over the time in which it holds: the same relationship may come again after it ended.
    constraint unique_relationship exclude using gist (
      from_customer_id with =, to_customer_id with =, relationship_type with =, daterange(start_date, end_date) with &&
    ) where (deleted_at is null)
  );
  create index relationship_from on relationship (from_customer_id, created_at, id);
  create index relationship_to on relationship (to_customer_id, created_at, id);
  create index relationship_created_at on relationship (created_at, id);
  create unique index one_parent_per_customer on relationship (to_customer_id)
    where relationship_type = 'parent_child' and end_date is null and deleted_at is null;`;
