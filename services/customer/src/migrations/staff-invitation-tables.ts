// Members of staff who are invited and have not signed in yet, and the links that were mailed to them [StaffMember].
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class StaffInvitationTables1730000082100 implements MigrationInterface {
  name = 'StaffInvitationTables1730000082100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table staff_member
        add column invited boolean not null default false,
        add column issuer text check (char_length(issuer) <= 500),
        add column subject text check (char_length(subject) <= 200),
        add check ((issuer is null) = (subject is null)),
        add check (not (invited and active));
      create unique index staff_member_subject on staff_member (issuer, subject);

      create table staff_link (
        token_hash text primary key,
        staff_id uuid not null references staff_member,
        created_at timestamptz not null,
        expires_at timestamptz not null
      );
      create index staff_link_staff on staff_link (staff_id, created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table staff_link; alter table staff_member drop column invited, drop column issuer, drop column subject');
  }
}
