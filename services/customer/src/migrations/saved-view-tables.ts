// Saved views [CustomerList], and flags of texts behind which no customer stands, such as the name of a view [PII in notes field].
import { ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SavedViewTables1730000082000 implements MigrationInterface {
  name = 'SavedViewTables1730000082000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table saved_view (${ROW_COLUMNS},
        owner_id uuid references staff_member,
        name text not null check (char_length(name) between 1 and 100),
        search text check (char_length(search) <= 200),
        filter jsonb,
        order_by jsonb not null,
        columns text[] not null,
        audience text not null check (audience in ('only_me', 'team', 'everybody')),
        team text,
        check ((team is not null) = (audience = 'team') and (owner_id is not null or audience <> 'only_me'))
      );
      create index saved_view_owner on saved_view (owner_id);
      create index saved_view_shared on saved_view (audience, team) where audience <> 'only_me';

      alter table text_flag alter column customer_id drop not null, alter column origin_customer_id drop not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table saved_view');
  }
}
