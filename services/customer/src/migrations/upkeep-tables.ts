// Tables of what keeps records in order: the hand-over of an inactive owner's customers [Inactive owner], the permissions to invoice that other modules
// ask for [Missing required for export], and the free texts that somebody has to look at [PII in notes field].
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UpkeepTables1730000040000 implements MigrationInterface {
  name = 'UpkeepTables1730000040000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table hand_over (
        staff_id uuid primary key references staff_member,
        to_staff_id uuid references staff_member,
        customers int not null default 0 check (customers >= 0),
        started_at timestamptz not null,
        finished_at timestamptz
      );
      create index hand_over_due on hand_over (started_at) where finished_at is null;

      create table invoice_authorisation (
        id uuid primary key,
        customer_id uuid not null references customer,
        origin_customer_id uuid not null,
        reference text check (char_length(reference) between 1 and 200),
        created_at timestamptz not null,
        created_by_kind text not null,
        created_by_id text not null
      );
      create index invoice_authorisation_customer on invoice_authorisation (customer_id, created_at desc);

      create table text_flag (
        id uuid primary key,
        customer_id uuid not null references customer,
        origin_customer_id uuid not null,
        noun text not null,
        row_id uuid not null,
        field text not null,
        kinds text[] not null check (cardinality(kinds) > 0 and kinds <@ array['payment_card', 'social_security_number', 'iban']),
        state text not null default 'open' check (state in ('open', 'reviewed', 'gone')),
        found_at timestamptz not null,
        reviewed_at timestamptz,
        reviewed_by_kind text,
        reviewed_by_id text
      );
      create unique index text_flag_open on text_flag (row_id, field) where state = 'open';
      create index text_flag_customer on text_flag (customer_id);
      create index text_flag_found_at on text_flag (found_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table text_flag, invoice_authorisation, hand_over');
  }
}
