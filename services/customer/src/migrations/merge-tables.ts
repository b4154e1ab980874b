// The tables of merges [WF-CM-002]: the merge and its identities, the journal of the values it folded (erased after 30 days), and how far the other
// services have followed. Re-pointed rows need no journal: a row belongs to where its immutable origin leads.
import { ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MergeTables1730000050000 implements MigrationInterface {
  name = 'MergeTables1730000050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence merge_position;
      create table merge (${ROW_COLUMNS},
        survivor_id uuid not null references customer,
        retired_ids uuid[] not null check (cardinality(retired_ids) between 1 and 9),
        status text not null check (status in ('requested','rejected','merged','unmerged')),
        choices jsonb not null,
        expected_versions jsonb not null,
        records int not null,
        rejection_reason text check (char_length(rejection_reason) <= 500),
        decided_by_kind text,
        decided_by_id text,
        merged_at timestamptz,
        -- The order in which merges were done; clocks may step back.
        position bigint,
        unmerged_at timestamptz,
        journal_erased_at timestamptz
      );
      create index merge_created_at on merge (created_at, id);
      create index merge_survivor on merge (survivor_id);
      create index merge_journal on merge (merged_at) where journal_erased_at is null and merged_at is not null;

      create table merge_identity (
        merge_id uuid not null references merge,
        customer_id uuid not null references customer,
        -- Where the id led before: null for one that stood alone, the earlier survivor for one that rode along.
        previous_survivor_id uuid references customer,
        redirect_version int not null,
        primary key (merge_id, customer_id)
      );
      create index merge_identity_customer on merge_identity (customer_id);

      create table merge_change (
        merge_id uuid not null references merge,
        table_name text not null check (table_name in ('customer','contact','account','address','relationship')),
        row_id uuid not null,
        before jsonb not null,
        after jsonb not null,
        primary key (merge_id, table_name, row_id)
      );

      create table merge_progress (
        customer_id uuid not null,
        service text not null check (service in ('interaction','lifecycle','compliance')),
        redirect_version int not null,
        rows jsonb not null,
        applied_at timestamptz not null,
        primary key (customer_id, service)
      );

      alter table customer add column legal_hold boolean not null default false, add column deletion_open boolean not null default false;
      create index relationship_origin_from on relationship (origin_from_customer_id);
      create index relationship_origin_to on relationship (origin_to_customer_id);
      -- A relationship between two records of one customer is soft-deleted by their merge, and both its ends are the survivor then.
      alter table relationship drop constraint no_self_relationship;
      alter table relationship add constraint no_self_relationship check (from_customer_id <> to_customer_id or deleted_at is not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table merge_progress, merge_change, merge_identity, merge; drop sequence merge_position');
  }
}
