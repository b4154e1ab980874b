// The tables of imports [WF-CM-001, Bulk Import]. A file's lines are staged as rows of `import_row`, so that each later step is set-based and goes
// on after a kill where its last transaction ended. What is personal in them is cleared by retention (services/customer/src/import/retention.ts).
import { ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ImportTables1730000030000 implements MigrationInterface {
  name = 'ImportTables1730000030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table import (${ROW_COLUMNS},
        file_name text not null check (char_length(file_name) between 1 and 255),
        status text not null check (status in ('awaiting_file','reading','refused','uploaded','checking','previewed','running','done','cancelled','undoing','undone')),
        format text check (format in ('csv','xlsx')),
        encoding text check (char_length(encoding) <= 40),
        delimiter text check (char_length(delimiter) = 1),
        bytes int,
        sha256 text,
        refusal jsonb,
        columns jsonb,
        mapping jsonb,
        options jsonb not null,
        actor_id text not null,
        actor_roles text[] not null,
        upload_id uuid,
        rows_total int not null default 0,
        rows_done int not null default 0,
        counts jsonb not null,
        step_started_at timestamptz,
        finished_at timestamptz,
        worked_at timestamptz,
        cleared_at timestamptz
      );
      create index import_created_at on import (created_at, id);
      create index import_updated_at on import (updated_at, id);
      create index import_at_work on import (worked_at nulls first) where status in ('reading','checking','running','undoing');

      create table import_file (
        import_id uuid not null references import,
        upload_id uuid not null,
        position int not null,
        content bytea not null,
        stored_at timestamptz not null default now(),
        primary key (upload_id, position)
      );
      alter table import_file alter column content set storage external;
      create index import_file_import on import_file (import_id);

      create table import_row (
        import_id uuid not null references import,
        row int not null,
        id uuid not null default gen_random_uuid(),
        line int not null,
        cells text[] not null,
        unreadable jsonb,
        row_hash text,
        verdict text check (verdict in ('new','update','unchanged','duplicate','invalid')),
        errors jsonb,
        match_id uuid,
        match_row int,
        match_score int,
        match_reasons jsonb,
        decision text check (decision in ('create','update','skip')),
        outcome text check (outcome in ('created','updated','unchanged','skipped','failed','removed','reverted','kept')),
        message text,
        customer_id uuid,
        primary key (import_id, row)
      );
      create index import_row_verdict on import_row (import_id, verdict, row);
      create index import_row_hash on import_row (row_hash) where outcome in ('created','updated','unchanged');
      create index import_row_customer on import_row (customer_id) where customer_id is not null;

      create table import_key (
        import_id uuid not null references import,
        kind text not null,
        key text not null,
        row int not null
      );
      create index import_key_key on import_key (import_id, kind, key, row);

      create table import_change (
        import_id uuid not null references import,
        id bigint generated always as identity primary key,
        row int not null,
        customer_id uuid not null,
        table_name text not null check (table_name in ('customer','account','contact','address','external_id')),
        row_id uuid not null,
        version int not null,
        before jsonb,
        after jsonb
      );
      create index import_change_customer on import_change (import_id, customer_id, id);
      create index import_change_row on import_change (import_id, row);
      create index import_change_of_customer on import_change (customer_id);

      create table import_token (
        token_hash text primary key,
        import_id uuid not null references import,
        purpose text not null check (purpose in ('upload','report')),
        expires_at timestamptz not null
      );
      create index import_token_expires_at on import_token (expires_at);

      create table import_template (${ROW_COLUMNS},
        name text not null check (char_length(name) between 1 and 100),
        columns jsonb not null,
        options jsonb not null
      );
      create unique index import_template_name on import_template (lower(name)) where deleted_at is null;
      create index import_template_created_at on import_template (created_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table import_template, import_token, import_change, import_key, import_row, import_file, import');
  }
}
