// [Milestone] Finds a customer's live milestone of one type at once, also while Postgres has no statistics of the table yet: a projection that is filled from
// zero looked through all milestones of the type for each event. [issue 5, section 5]
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MilestoneOfType1730000080000 implements MigrationInterface {
  name = 'MilestoneOfType1730000080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index milestone_of_type on milestone (customer_id, milestone_type) where deleted_at is null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index milestone_of_type');
  }
}
