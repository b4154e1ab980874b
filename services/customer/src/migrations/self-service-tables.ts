// The tables of self-service [WF-CM-003]: who may use the portal, the links mailed to them, the changes that wait for an approval or a
// confirmation, the log of everything changed there, and the mails that wait to be sent.
import { CUSTOMER_COLUMNS, ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SelfServiceTables1730000060000 implements MigrationInterface {
  name = 'SelfServiceTables1730000060000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table portal_user (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS} references customer,
        contact_id uuid references contact,
        state text not null check (state in ('invited', 'active', 'revoked')),
        -- Who the identity provider says they are, once they have accepted.
        issuer text check (char_length(issuer) <= 500),
        subject text check (char_length(subject) <= 200),
        check ((issuer is null) = (subject is null) and (state <> 'active' or subject is not null))
      );
      create unique index portal_user_subject on portal_user (issuer, subject);
      create index portal_user_customer on portal_user (customer_id);
      create index portal_user_contact on portal_user (contact_id);
      create index portal_user_created_at on portal_user (created_at, id);

      create table portal_link (
        token_hash text primary key,
        portal_user_id uuid not null references portal_user,
        created_at timestamptz not null,
        expires_at timestamptz not null
      );
      create index portal_link_user on portal_link (portal_user_id, created_at);

      create table profile_change_request (${ROW_COLUMNS}, ${CUSTOMER_COLUMNS} references customer,
        contact_id uuid references contact,
        field text not null check (field in ('legal_name', 'tax_id', 'email')),
        old_value text,
        new_value text,
        state text not null check (state in ('pending', 'applied', 'rejected', 'replaced')),
        reason text check (char_length(reason) <= 500),
        decided_at timestamptz,
        decided_by_kind text,
        decided_by_id text,
        -- E-mail only: what the link to the new address proves, and until when.
        token_hash text unique,
        email_key text,
        expires_at timestamptz
      );
      create index profile_change_request_customer on profile_change_request (customer_id, created_at);
      create index profile_change_request_created_at on profile_change_request (created_at, id);
      create index profile_change_request_email on profile_change_request (email_key, created_at) where email_key is not null;

      create table profile_change_log (
        id uuid primary key,
        ${CUSTOMER_COLUMNS} references customer,
        contact_id uuid,
        action text not null,
        fields text[] not null,
        request_id uuid,
        actor_kind text not null,
        actor_id text not null,
        ip text,
        user_agent text,
        changed_at timestamptz not null
      );
      create index profile_change_log_customer on profile_change_log (customer_id, changed_at);
      create index profile_change_log_changed_at on profile_change_log (changed_at, id);

      create table mail (
        id uuid primary key,
        customer_id uuid not null references customer,
        -- Erased as soon as the mail is sent or given up.
        recipient text,
        subject text,
        body text,
        created_at timestamptz not null,
        due_at timestamptz not null,
        attempts int not null default 0,
        sent_at timestamptz,
        given_up_at timestamptz
      );
      create index mail_due on mail (due_at) where sent_at is null and given_up_at is null;
      create index mail_created_at on mail (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table mail, profile_change_log, profile_change_request, portal_link, portal_user');
  }
}
