// The tables of the lifecycle service, with the catalogue's indexes and constraints; the seven default stages and the catalogue's transition
// rules are rows like any other. Each customer row keeps where it was born (`origin_customer_id`) beside where it belongs.
import { CUSTOMER_COLUMNS, ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TRIGGERS } from '../customer-lifecycle/customer-lifecycle.ts';
import { CATEGORIES, DEFAULT_STAGES } from '../lifecycle-stage/lifecycle-stage.ts';
import { MILESTONE_TYPES, ONCE_ONLY } from '../milestone/milestone.ts';
import { REFUSAL_REASONS } from '../stage-refusal/stage-refusal.table.ts';
import { DEFAULT_RULES } from '../transition-rule/transition-rule.ts';

const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const ACTOR_COLUMNS = `
  created_at timestamptz not null default now(),
  created_by_kind text not null check (created_by_kind in ('STAFF','CUSTOMER','IMPORT','EMAIL_SYNC','API','SYSTEM')),
  created_by_id text not null`;

export class LifecycleTables1730000002000 implements MigrationInterface {
  name = 'LifecycleTables1730000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table lifecycle_stage (${ROW_COLUMNS},
        name text not null check (char_length(name) between 1 and 100),
        display_order int not null,
        category text not null check (category in (${list(CATEGORIES)})),
        color text check (color ~* '^#[0-9a-f]{6}$'),
        description text check (char_length(description) <= 5000),
        is_active boolean not null default true
      );
      create unique index lifecycle_stage_name on lifecycle_stage (lower(name)) where deleted_at is null;

      create table transition_rule (
        id uuid primary key,
        from_stage_id uuid not null references lifecycle_stage,
        to_stage_id uuid not null references lifecycle_stage,
        requires_override boolean not null default false,
        ${ACTOR_COLUMNS},
        unique (from_stage_id, to_stage_id),
        check (from_stage_id <> to_stage_id)
      );

      create table customer_lifecycle (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
        current_stage_id uuid not null references lifecycle_stage,
        entered_stage_at timestamptz not null,
        previous_stage_id uuid references lifecycle_stage,
        first_purchase_date date,
        last_purchase_date date,
        total_revenue numeric not null default 0,
        revenue_currency text not null check (revenue_currency ~ '^[A-Z]{3}$'),
        unconverted_revenue jsonb not null default '[]',
        purchase_count int not null default 0 check (purchase_count >= 0),
        metrics_as_of timestamptz
      );
      create unique index customer_lifecycle_customer on customer_lifecycle (customer_id);
      create index customer_lifecycle_stage on customer_lifecycle (current_stage_id);
      create index customer_lifecycle_created on customer_lifecycle (created_at, id);
      create index customer_lifecycle_entered on customer_lifecycle (entered_stage_at, id);
      create index customer_lifecycle_revenue on customer_lifecycle (total_revenue, id);

      create table lifecycle_history (
        id uuid primary key, ${CUSTOMER_COLUMNS},
        from_stage_id uuid references lifecycle_stage,
        to_stage_id uuid not null references lifecycle_stage,
        changed_at timestamptz not null,
        reason text check (char_length(reason) <= 500),
        trigger text not null check (trigger in (${list(TRIGGERS)})),
        override boolean not null default false,
        ${ACTOR_COLUMNS}
      );
      create index lifecycle_history_customer on lifecycle_history (customer_id, changed_at desc, id desc);
      create index lifecycle_history_changed on lifecycle_history (changed_at, id);
      select kernel_append_only('lifecycle_history');
      select guard_retired_customers('lifecycle_history');

      -- What the survivor of a merge had before it took over the stage of a retired identity, so that an un-merge can give it back.
      create table lifecycle_fold (
        retired_id uuid primary key,
        survivor_id uuid not null,
        before jsonb not null,
        after jsonb not null,
        folded_at timestamptz not null
      );
      create index lifecycle_fold_survivor on lifecycle_fold (survivor_id);

      create table milestone (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
        milestone_type text not null check (milestone_type in (${list(MILESTONE_TYPES)})),
        occurred_at timestamptz not null,
        details jsonb,
        source_ref text unique
      );
      create index milestone_customer on milestone (customer_id, occurred_at, id);
      create index milestone_type on milestone (milestone_type, occurred_at, id);
      create index milestone_occurred on milestone (occurred_at, id);
      create unique index milestone_once on milestone (origin_customer_id, milestone_type)
        where deleted_at is null and milestone_type in (${list(ONCE_ONLY)});
      select guard_retired_customers('milestone');

      create table stage_refusal (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS},
        opportunity_id text not null,
        from_stage_id uuid not null references lifecycle_stage,
        to_stage_id uuid not null references lifecycle_stage,
        reason text not null check (reason in (${list(REFUSAL_REASONS)})),
        resolved_at timestamptz
      );
      create unique index stage_refusal_open on stage_refusal (opportunity_id) where resolved_at is null;
      create index stage_refusal_customer on stage_refusal (customer_id);
      create index stage_refusal_created on stage_refusal (created_at, id);
    `);
    await runner.query(FACTS_OF_OTHER_MODULES);
    await seed(runner);
  }

  async down(): Promise<void> {
    throw new Error('the lifecycle tables are not removed: restore a backup instead');
  }
}

const FACTS_OF_OTHER_MODULES = `
  create table invoice (
    invoice_id text primary key, ${CUSTOMER_COLUMNS},
    number text, amount numeric, currency text, issued_at timestamptz, due_at timestamptz, voided_at timestamptz,
    stored_at timestamptz not null
  );
  create index invoice_customer on invoice (customer_id, issued_at desc, invoice_id);
  create table payment (
    payment_id text primary key, ${CUSTOMER_COLUMNS},
    invoice_id text, amount numeric not null, currency text not null, converted_amount numeric, received_at timestamptz not null,
    stored_at timestamptz not null
  );
  create index payment_customer on payment (customer_id);
  create index payment_invoice on payment (invoice_id);
  create table refund (
    refund_id text primary key, ${CUSTOMER_COLUMNS},
    payment_id text not null, amount numeric not null, currency text not null, converted_amount numeric, refunded_at timestamptz not null,
    stored_at timestamptz not null
  );
  create index refund_customer on refund (customer_id);
  create index refund_payment on refund (payment_id);

  create table opportunity (
    opportunity_id text primary key, ${CUSTOMER_COLUMNS},
    revision int not null, name text not null, stage text not null, status text not null check (status in ('open', 'won', 'lost')),
    amount numeric, currency text, expected_close_date date, closed_at timestamptz, changed_at timestamptz not null, event_time timestamptz not null,
    stage_moved_at timestamptz
  );
  create index opportunity_customer on opportunity (customer_id);
  create index opportunity_pending on opportunity (customer_id) where status = 'won' and stage_moved_at is null;
  create table support_case (
    case_id text primary key, ${CUSTOMER_COLUMNS},
    revision int not null, status text not null check (status in ('open', 'pending', 'resolved', 'closed')), priority text not null, escalated boolean not null,
    opened_at timestamptz not null, first_responded_at timestamptz, closed_at timestamptz,
    satisfaction_score int check (satisfaction_score between 1 and 5), event_time timestamptz not null
  );
  create index support_case_customer on support_case (customer_id);
  create table work_order (
    work_order_id text primary key, ${CUSTOMER_COLUMNS},
    revision int not null, status text not null check (status in ('scheduled', 'in_progress', 'completed', 'cancelled')),
    scheduled_at timestamptz, completed_at timestamptz, event_time timestamptz not null
  );
  create index work_order_customer on work_order (customer_id);
  create table equipment (
    equipment_id text primary key, ${CUSTOMER_COLUMNS},
    revision int not null, name text not null, serial_number text, installed_at timestamptz, removed_at timestamptz, event_time timestamptz not null
  );
  create index equipment_customer on equipment (customer_id);
`;

async function seed(runner: QueryRunner): Promise<void> {
  for (const [i, stage] of DEFAULT_STAGES.entries()) {
    await runner.query(
      `insert into lifecycle_stage (id, name, display_order, category, color, description, created_by_kind, created_by_id)
       values ($1, $2, $3, $4, $5, $6, 'SYSTEM', 'system')`,
      [stage.id, stage.name, i + 1, stage.category, stage.color, stage.description],
    );
  }
  for (const [from, allowed] of DEFAULT_RULES) {
    await runner.query(
      `insert into transition_rule (id, from_stage_id, to_stage_id, created_by_kind, created_by_id)
       select gen_random_uuid(), $1, to_id, 'SYSTEM', 'system' from unnest($2::uuid[]) as to_id`,
      [from, allowed],
    );
  }
}
