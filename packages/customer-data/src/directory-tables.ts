// What a service holds about customers, staff and contacts that belong to the customer service: ids, owner, flags and redirects, fed by
// Kafka alone. No names, no addresses: a directory is not a copy of the personal data.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Migration of the directory, for every service but the customer service. Defines `guard_retired_customers(table)` for tables that people's changes fill. */
export class DirectoryTables1730000001000 implements MigrationInterface {
  name = 'DirectoryTables1730000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table directory_customer (
        customer_id uuid primary key,
        version int not null default 0,
        type text,
        status text,
        source text,
        initial_stage text,
        owner_id uuid,
        merged_into uuid,
        redirect_version int not null default 0,
        country text,
        created_at timestamptz,
        deleted_at timestamptz,
        processing_restricted boolean not null default false,
        do_not_process boolean not null default false,
        restrictions_version int not null default 0
      );
      create index directory_customer_owner on directory_customer (owner_id);
      create index directory_customer_merged_into on directory_customer (merged_into) where merged_into is not null;
      create table directory_staff (
        staff_id uuid primary key,
        version int not null,
        team text,
        manager_id uuid,
        roles text[] not null,
        active boolean not null
      );
      create index directory_staff_team on directory_staff (team);
      create table directory_contact (
        contact_id uuid primary key,
        version int not null,
        customer_id uuid not null,
        origin_customer_id uuid not null,
        do_not_contact boolean not null,
        active boolean not null,
        deleted_at timestamptz
      );
      create index directory_contact_customer on directory_contact (customer_id);
    `);
    // A change that looked the customer up just before a merge was applied here must not write to the retired id: it is a conflict, and the
    // next try finds the survivor. Class 40 (transaction rollback) is what clients and consumers repeat.
    await runner.query(`
      create function refuse_retired_customer() returns trigger language plpgsql as $$
        begin
          if exists (select 1 from directory_customer d where d.customer_id = new.customer_id and d.merged_into is not null) then
            raise exception 'the customer was merged meanwhile' using errcode = '40C36';
          end if;
          return new;
        end $$;
      create function guard_retired_customers(target regclass) returns void language plpgsql as $$
        begin
          execute format('create trigger refuse_retired_customer before insert on %s for each row execute function refuse_retired_customer()', target);
        end $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('the directory is not removed: restore a backup instead');
  }
}
