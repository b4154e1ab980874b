// The kernel's own tables, in every service's database, as one migration. See events.md for why the outbox has no cursor and why offsets
// live beside the rows that they stand for.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Migration of the shared mechanisms. Also defines `kernel_append_only(table)`: a trigger refuses UPDATE, DELETE and TRUNCATE, and the
 * application role (session setting `customer360.app_role` of the migrating connection) loses those grants.
 */
export class KernelTables1730000000000 implements MigrationInterface {
  name = 'KernelTables1730000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table aggregate (
        key text primary key,
        version int not null check (version > 0)
      );
      create table outbox (
        position bigint generated always as identity primary key,
        id uuid not null,
        topic text not null,
        key text not null,
        headers jsonb not null,
        payload text,
        created_at timestamptz not null default clock_timestamp()
      );
      create table idempotency (
        actor text not null,
        key text not null,
        operation text not null,
        input_hash text not null,
        result_id text,
        created_at timestamptz not null default now(),
        primary key (actor, key)
      );
      create index idempotency_created_at on idempotency (created_at);
      create table consumer_offset (
        topic text not null,
        partition int not null,
        next_offset bigint not null,
        primary key (topic, partition)
      );
      create table consumer_seen (
        topic text not null,
        key text not null,
        sequence int not null,
        primary key (topic, key)
      );
      create table consumer_inbox (
        event_id text primary key,
        received_at timestamptz not null default now()
      );
      create index consumer_inbox_received_at on consumer_inbox (received_at);
      create table parked (
        id bigint generated always as identity primary key,
        topic text not null,
        key text not null,
        event_id text not null,
        sequence int,
        headers jsonb not null,
        payload text,
        partition int not null,
        record_offset bigint not null,
        reason text not null,
        detail text,
        attempts int not null default 0,
        parked_at timestamptz not null default now(),
        retry_at timestamptz,
        unique (topic, event_id)
      );
      create index parked_key on parked (topic, key, id);
      create index parked_retry on parked (retry_at) where retry_at is not null;

      create function kernel_refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
      end $$;
      create function kernel_append_only(target regclass) returns void language plpgsql as $$
      declare app text := nullif(current_setting('customer360.app_role', true), '');
      begin
        execute format('create trigger append_only before update or delete on %s for each row execute function kernel_refuse_change()', target);
        execute format('create trigger append_only_truncate before truncate on %s for each statement execute function kernel_refuse_change()', target);
        if app is not null then
          execute format('revoke update, delete, truncate on %s from %I', target, app);
        end if;
      end $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('the kernel tables are not removed: restore a backup instead');
  }
}
