// The tables of duplicate matching: the inverted index and what each customer has in it, the queue of pairs, the models and what is counted for them.
// Customers that exist get an entry without keys; the background task keys them in slices. [Duplicate Detection]
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DuplicateTables1730000020000 implements MigrationInterface {
  name = 'DuplicateTables1730000020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table match_key (
        kind text not null,
        key text not null,
        customer_id uuid not null,
        primary key (kind, key, customer_id)
      );
      create table match_state (
        customer_id uuid primary key references customer,
        key_version int not null,
        kinds text[] not null default '{}',
        keys text[] not null default '{}',
        -- Of everything that matching looks at: changes when a duplicate may have come or gone.
        fingerprint uuid,
        changes int not null default 0,
        checked int not null default 0
      );
      create index match_state_key_version on match_state (key_version);
      create index match_state_unchecked on match_state (customer_id) where checked < changes;
      insert into match_state (customer_id, key_version) select id, 0 from customer;

      create table duplicate_candidate (
        id uuid primary key,
        customer_id uuid not null references customer,
        other_customer_id uuid not null references customer,
        score double precision not null check (score between 0 and 100),
        reasons jsonb not null,
        model_version text not null,
        state text not null check (state in ('open','dismissed','merged')),
        found_at timestamptz not null,
        updated_at timestamptz not null,
        dismissed_at timestamptz,
        dismissed_by_kind text,
        dismissed_by_id text,
        dismiss_reason text check (char_length(dismiss_reason) <= 500),
        -- The fingerprints of both at the dismissal: it holds until one of them changes.
        dismissed_fingerprints uuid[],
        check (customer_id < other_customer_id),
        unique (customer_id, other_customer_id)
      );
      create index duplicate_candidate_other on duplicate_candidate (other_customer_id);
      create index duplicate_candidate_score on duplicate_candidate (score, id) where state = 'open';

      create table matching_model (
        version text primary key,
        -- null: the one that is shipped.
        model jsonb,
        customers int not null,
        pairs int not null,
        learned_at timestamptz not null,
        promoted_at timestamptz,
        promoted_by_kind text,
        promoted_by_id text
      );
      insert into matching_model (version, customers, pairs, learned_at, promoted_at, promoted_by_kind, promoted_by_id)
        values ('default-1', 0, 0, now(), now(), 'SYSTEM', 'system');

      create table matching_upkeep (
        id boolean primary key default true check (id),
        statistics jsonb,
        counted_at timestamptz,
        pass_day date,
        pass_after uuid
      );
      insert into matching_upkeep default values;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table matching_upkeep, matching_model, duplicate_candidate, match_state, match_key');
  }
}
