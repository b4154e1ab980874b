// Composition root of the lifecycle service; the only reader of the environment. `main.ts migrate` brings the database up to date and exits.
import { standingOf } from '@customer360/customer-data/directory';
import { DirectoryTables1730000001000 } from '@customer360/customer-data/directory-tables';
import { readEnv } from '@customer360/kernel/env';
import { runService } from '@customer360/kernel/service';
import { subscriptions } from './consumers/subscriptions.ts';
import { CustomerLifecycleEntity } from './customer-lifecycle/customer-lifecycle.table.ts';
import { lifecycleEnv } from './env.ts';
import { EquipmentEntity, WorkOrderEntity } from './field-service/field-service.table.ts';
import { LifecycleHistoryEntity } from './lifecycle-history/lifecycle-history.table.ts';
import { LifecycleStageEntity } from './lifecycle-stage/lifecycle-stage.table.ts';
import { loaders } from './loaders.ts';
import { LifecycleTables1730000002000 } from './migrations/1730000002000-lifecycle-tables.ts';
import { MilestoneOfType1730000080000 } from './migrations/1730000080000-milestone-of-type.ts';
import { MilestoneEntity } from './milestone/milestone.table.ts';
import { OpportunityEntity } from './opportunity/opportunity.table.ts';
import { InvoiceEntity, PaymentEntity, RefundEntity } from './purchase/purchase.table.ts';
import { resolvers } from './resolvers.ts';
import { StageRefusalEntity } from './stage-refusal/stage-refusal.table.ts';
import { SupportCaseEntity } from './support-case/support-case.table.ts';
import { TransitionRuleEntity } from './transition-rule/transition-rule.table.ts';

await runService(
  {
    name: 'lifecycle',
    resolvers,
    entities: [
      LifecycleStageEntity,
      TransitionRuleEntity,
      CustomerLifecycleEntity,
      LifecycleHistoryEntity,
      MilestoneEntity,
      StageRefusalEntity,
      InvoiceEntity,
      PaymentEntity,
      RefundEntity,
      OpportunityEntity,
      SupportCaseEntity,
      WorkOrderEntity,
      EquipmentEntity,
    ],
    migrations: [DirectoryTables1730000001000, LifecycleTables1730000002000, MilestoneOfType1730000080000],
    subscriptions,
    loaders,
    standingOf,
    schemas: new URL('../../../schemas/', import.meta.url),
  },
  readEnv(lifecycleEnv),
);
