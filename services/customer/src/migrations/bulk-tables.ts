// Tables of what a person does to many customers at once [CustomerList, Bulk delete request]: bulk jobs, tags, custom fields. A job's customers are
// stored in slices, each of which is deleted in the transaction that writes it, so that no kill repeats or loses one.
import { CUSTOMER_COLUMNS, ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BulkTables1730000070000 implements MigrationInterface {
  name = 'BulkTables1730000070000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bulk_job (${ROW_COLUMNS},
        action text not null check (action in ('assign','update','tag','untag','delete','export')),
        status text not null check (status in ('awaiting_approval','running','done','cancelled','rejected')),
        arguments jsonb not null,
        actor_roles text[] not null,
        items_total int not null check (items_total >= 0),
        items_ok int not null default 0,
        items_skipped int not null default 0,
        items_refused int not null default 0,
        decided_by_kind text,
        decided_by_id text,
        rejection_reason text check (char_length(rejection_reason) <= 500),
        started_at timestamptz,
        finished_at timestamptz,
        worked_at timestamptz,
        file_expires_at timestamptz,
        cleared_at timestamptz
      );
      create index bulk_job_created_at on bulk_job (created_at, id);
      create index bulk_job_open on bulk_job (worked_at nulls first) where status in ('running','awaiting_approval');

      create table bulk_slice (
        job_id uuid not null references bulk_job,
        position int not null,
        customer_ids uuid[] not null,
        primary key (job_id, position)
      );
      create table bulk_item (
        job_id uuid not null references bulk_job,
        position int not null,
        id uuid not null default gen_random_uuid(),
        customer_id uuid not null,
        outcome text not null check (outcome in ('ok','skipped','refused')),
        reason text,
        primary key (job_id, position)
      );
      create index bulk_item_outcome on bulk_item (job_id, outcome, position);
      create index bulk_item_customer on bulk_item (customer_id);
      create table bulk_file (
        job_id uuid not null references bulk_job,
        position int not null,
        content bytea not null,
        primary key (job_id, position)
      );
      create table bulk_token (
        token_hash text primary key,
        job_id uuid not null references bulk_job,
        expires_at timestamptz not null
      );
      create index bulk_token_expires_at on bulk_token (expires_at);

      -- The mail to the admins is about no customer.
      alter table mail alter column customer_id drop not null;

      create table tag (${ROW_COLUMNS},
        name text not null check (char_length(name) between 1 and 50),
        colour text check (colour ~ '^#[0-9a-f]{6}$'),
        merged_into uuid references tag
      );
      create unique index tag_name on tag (lower(name)) where deleted_at is null;
      create index tag_merged_into on tag (merged_into) where merged_into is not null;
      create table customer_tag (${CUSTOMER_COLUMNS} references customer,
        tag_id uuid not null references tag,
        created_at timestamptz not null,
        created_by_kind text not null,
        created_by_id text not null,
        primary key (origin_customer_id, tag_id)
      );
      create index customer_tag_customer on customer_tag (customer_id, tag_id);
      create index customer_tag_tag on customer_tag (tag_id, customer_id);

      create table custom_field (${ROW_COLUMNS},
        entity text not null check (entity in ('customer')),
        key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
        label text not null check (char_length(label) between 1 and 100),
        description text check (char_length(description) <= 500),
        type text not null check (type in ('text','number','date','boolean','choice','multi_choice','url')),
        choices text[] not null default '{}',
        required boolean not null default false,
        personal boolean not null
      );
      create unique index custom_field_key on custom_field (entity, key);
      alter table customer add column custom jsonb, add column custom_personal jsonb;
      create index customer_custom on customer using gin (custom jsonb_path_ops) where custom is not null;
      create index customer_custom_personal on customer using gin (custom_personal jsonb_path_ops) where custom_personal is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table customer drop column custom, drop column custom_personal;
      drop table custom_field, customer_tag, tag, bulk_token, bulk_file, bulk_item, bulk_slice, bulk_job`);
  }
}
