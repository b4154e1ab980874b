// [CustomerLifecycle] A customer that this service hears of gets its lifecycle: the first stage follows from its status, or is named by an
// import (decisions page). Later changes of the status do not move it: the stage leads.
import { randomUUID } from 'node:crypto';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { insertHistory } from '../lifecycle-history/lifecycle-history.table.ts';
import { holdStages, listStages } from '../lifecycle-stage/lifecycle-stage.table.ts';
import { initialStage } from '../lifecycle-stage/lifecycle-stage.ts';
import { publishLifecycleState } from './customer-lifecycle.table.ts';

interface NewCustomer {
  id: string;
  status: string;
  initialStage: string | null;
  createdAt: Date;
}

/** Opens a lifecycle for those of these customers that have none; merged ones get none. Set-based. */
export async function openLifecycles(tx: Tx, customerIds: readonly string[], reportingCurrency: string): Promise<void> {
  const customers = await tx.query<NewCustomer>(
    'findCustomersWithoutLifecycle',
    sql`select d.customer_id as id, d.status, d.initial_stage as "initialStage", d.created_at as "createdAt"
        from directory_customer d left join customer_lifecycle l on l.customer_id = d.customer_id
        where d.customer_id = any(${[...customerIds]}::uuid[]) and d.version > 0 and d.merged_into is null and l.id is null`,
  );
  if (customers.length === 0) return;
  await holdStages(tx, 'shared');
  const stages = await listStages(tx);
  const opened = customers.map((customer) => ({ ...customer, stage: initialStage(stages, customer.status, customer.initialStage)! }));
  await tx.query(
    'openLifecycles',
    sql`insert into customer_lifecycle (id, customer_id, origin_customer_id, current_stage_id, entered_stage_at, revenue_currency,
          created_at, updated_at, created_by_kind, created_by_id)
        select id, customer_id, customer_id, stage_id, at, ${reportingCurrency}, ${tx.now}, ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}
        from unnest(${opened.map(() => randomUUID())}::uuid[], ${opened.map((c) => c.id)}::uuid[], ${opened.map((c) => c.stage.id)}::uuid[],
          ${opened.map((c) => c.createdAt)}::timestamptz[]) as new(id, customer_id, stage_id, at)`,
  );
  await insertHistory(
    tx,
    opened.map((customer) => ({
      id: randomUUID(),
      customerId: customer.id,
      fromStageId: null,
      toStageId: customer.stage.id,
      changedAt: customer.createdAt,
      reason: null,
      trigger: 'system' as const,
      override: false,
    })),
  );
  for (const { id, stage, createdAt } of opened) {
    tx.emit({
      type: 'crm.lifecycle.stage-changed.v1',
      key: id,
      data: {
        fromStageId: null,
        fromStage: null,
        toStageId: stage.id,
        toStage: stage.name,
        toCategory: stage.category,
        trigger: 'system',
        changedAt: createdAt.toISOString(),
      },
    });
  }
  await publishLifecycleState(
    tx,
    opened.map((customer) => customer.id),
  );
}
