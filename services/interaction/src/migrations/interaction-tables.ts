// The tables of the interaction service: interactions, notes, activities and the timeline over all sources, with every constraint and index of the
// catalogue (package interaction_tracking) and those that keyset pages and full-text search need.
import { FOLD_TEXT } from '@customer360/customer-data/fold-text';
import { CUSTOMER_COLUMNS, ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InteractionTables1732460000000 implements MigrationInterface {
  name = 'InteractionTables1732460000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${FOLD_TEXT}
      create function search_query(words text) returns tsquery language sql immutable parallel safe return
        to_tsquery('simple'::regconfig, replace(nullif(trim(fold_text(words)), ''), ' ', ' & ') || ':*');
    `);
    await runner.query(`
      create table interaction (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
        contact_id uuid,
        interaction_type text not null check (interaction_type in ('email','call','meeting','chat','sms','social','in_person','other')),
        direction text not null check (direction in ('inbound','outbound')),
        subject text check (char_length(subject) <= 500),
        description text check (char_length(description) <= 20000),
        occurred_at timestamptz not null,
        duration_minutes int check (duration_minutes between 0 and 10080),
        outcome text check (outcome in ('successful','no_answer','left_message','bounced','follow_up_needed','completed')),
        sentiment text check (sentiment in ('positive','neutral','negative')),
        source text not null check (source in ('manual','email_sync','phone_integration','calendar_sync','api')),
        external_id text check (char_length(external_id) <= 200),
        backdated boolean not null default false,
        related_records jsonb not null default '[]' check (jsonb_typeof(related_records) = 'array'),
        search tsvector not null generated always as
          (to_tsvector('simple'::regconfig, fold_text(coalesce(subject, '') || ' ' || coalesce(description, '')))) stored
      );
      create index interaction_customer on interaction (customer_id, occurred_at desc, id desc);
      create index interaction_contact on interaction (contact_id, occurred_at desc);
      create index interaction_by_type on interaction (interaction_type, occurred_at);
      create index interaction_newest on interaction (occurred_at desc, id desc) where deleted_at is null;
      create unique index interaction_external_id on interaction (external_id) where external_id is not null and deleted_at is null;
      create index interaction_search on interaction using gin (search);
      create index interaction_related on interaction using gin (related_records jsonb_path_ops);

      create table note (${ROW_COLUMNS},
        customer_id uuid,
        origin_customer_id uuid,
        related_type text check (related_type ~ '^[A-Za-z][A-Za-z_]{0,49}$'),
        related_id uuid,
        title text check (char_length(title) <= 200),
        content text not null check (char_length(content) between 1 and 20000),
        is_pinned boolean not null default false,
        visibility text not null default 'team' check (visibility in ('private','team','all')),
        search tsvector not null generated always as
          (to_tsvector('simple'::regconfig, fold_text(coalesce(title, '') || ' ' || content))) stored,
        check (customer_id is not null or related_id is not null),
        check ((related_type is null) = (related_id is null)),
        check ((customer_id is null) = (origin_customer_id is null))
      );
      create index note_customer on note (customer_id, created_at desc, id desc);
      create index note_related on note (related_type, related_id);
      create index note_newest on note (is_pinned desc, created_at desc, id desc) where deleted_at is null;
      create index note_search on note using gin (search);

      create table activity (${ROW_COLUMNS},
        customer_id uuid,
        origin_customer_id uuid,
        contact_id uuid check (contact_id is null or customer_id is not null),
        activity_type text not null check (activity_type in ('call','email','meeting','task','follow_up','demo')),
        subject text not null check (char_length(subject) between 1 and 300),
        description text check (char_length(description) <= 20000),
        due_date timestamptz not null,
        reminder_at timestamptz check (reminder_at <= due_date),
        priority text not null default 'normal' check (priority in ('low','normal','high','urgent')),
        status text not null default 'pending' check (status in ('pending','in_progress','completed','cancelled')),
        completed_at timestamptz,
        assigned_to uuid not null,
        result_interaction_id uuid unique references interaction (id),
        search tsvector not null generated always as
          (to_tsvector('simple'::regconfig, fold_text(subject || ' ' || coalesce(description, '')))) stored,
        check ((status = 'completed') = (completed_at is not null)),
        check (result_interaction_id is null or status = 'completed'),
        check ((customer_id is null) = (origin_customer_id is null))
      );
      create index activity_assigned on activity (assigned_to, status, due_date);
      create index activity_customer on activity (customer_id, due_date, id);
      create index activity_due on activity (due_date) where status = 'pending';
      create index activity_next on activity (due_date, id) where deleted_at is null;
      create index activity_search on activity using gin (search);

      select guard_retired_customers(guarded) from unnest(array['interaction', 'note', 'activity']) as guarded;

      create table timeline_item (
        id uuid not null generated always as (md5(kind || ':' || source_id)::uuid) stored primary key,
        kind text not null check (kind in ('interaction','note','journey','invoice','order','work_order','case')),
        source_id text not null,
        customer_id uuid not null,
        origin_customer_id uuid not null,
        occurred_at timestamptz not null,
        display text not null,
        icon text not null,
        highlight boolean not null default false,
        pinned boolean not null default false,
        status text,
        actor_kind text,
        actor_id text,
        visibility text check ((visibility is not null) = (kind = 'note')),
        revision bigint not null,
        applied_at timestamptz not null default now(),
        shown boolean not null default true
      );
      create index timeline_item_customer on timeline_item (customer_id, pinned desc, occurred_at desc, id desc) where shown;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table timeline_item, activity, note, interaction');
    await runner.query('drop function search_query, fold_text');
  }
}
