// [CustomerLifecycle] One row per customer, read together with its stages in one statement.

import { customerField, visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Reader } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { stageJson, stageOf } from '../lifecycle-stage/lifecycle-stage.table.ts';
import { decimalText } from '../money.ts';
import type { CustomerLifecycle, LifecycleWithStages } from './customer-lifecycle.ts';

export const CustomerLifecycleEntity = new EntitySchema<CustomerLifecycle>({
  name: 'CustomerLifecycle',
  tableName: 'customer_lifecycle',
  columns: {
    ...rowColumns,
    ...customerColumns,
    currentStageId: { name: 'current_stage_id', type: 'uuid' },
    enteredStageAt: { name: 'entered_stage_at', type: 'timestamptz' },
    previousStageId: { name: 'previous_stage_id', type: 'uuid', nullable: true },
    firstPurchaseDate: { name: 'first_purchase_date', type: 'date', nullable: true },
    lastPurchaseDate: { name: 'last_purchase_date', type: 'date', nullable: true },
    totalRevenue: { name: 'total_revenue', type: 'numeric' },
    revenueCurrency: { name: 'revenue_currency', type: 'text' },
    unconvertedRevenue: { name: 'unconverted_revenue', type: 'jsonb' },
    purchaseCount: { name: 'purchase_count', type: 'int' },
    metricsAsOf: { name: 'metrics_as_of', type: 'timestamptz', nullable: true },
  },
});

const WITH_STAGES = sql`${columns(CustomerLifecycleEntity, 'l')}, ${stageJson('cs')} as "currentStage", ${stageJson('ps')} as "previousStage"`;
const FROM = raw(
  'customer_lifecycle l join lifecycle_stage cs on cs.id = l.current_stage_id left join lifecycle_stage ps on ps.id = l.previous_stage_id',
);

const revive = <R extends LifecycleWithStages>(row: R): R => ({
  ...row,
  currentStage: stageOf(row.currentStage),
  previousStage: stageOf(row.previousStage),
});

/** Lifecycles of these customers, with their stages. */
export const findLifecycles = async (db: Reader, customerIds: readonly string[]): Promise<LifecycleWithStages[]> =>
  (
    await db.query<LifecycleWithStages>(
      'findLifecycles',
      sql`select ${WITH_STAGES} from ${FROM} where l.customer_id = any(${[...customerIds]}::uuid[])`,
    )
  ).map(revive);

/** One customer's lifecycle. */
export const findLifecycle = async (db: Reader, customerId: string): Promise<LifecycleWithStages | undefined> =>
  (await findLifecycles(db, [customerId]))[0];

const lifecycleList: ListSpec<LifecycleWithStages> = {
  name: 'listLifecycles',
  select: WITH_STAGES,
  from: FROM,
  filter: {
    customerId: customerField('l.customer_id'),
    currentStageId: field('l.current_stage_id', 'uuid'),
    category: field('cs.category', 'enum'),
    enteredStageAt: field('l.entered_stage_at', 'timestamptz'),
    firstPurchaseDate: field('l.first_purchase_date', 'date'),
    lastPurchaseDate: field('l.last_purchase_date', 'date'),
    totalRevenue: field('l.total_revenue', 'numeric'),
    purchaseCount: field('l.purchase_count', 'int'),
  },
  order: keyset({
    fields: {
      ENTERED_STAGE_AT: { column: raw('l.entered_stage_at'), type: 'timestamptz' },
      FIRST_PURCHASE_DATE: { column: raw('l.first_purchase_date'), type: 'date', nullable: true },
      LAST_PURCHASE_DATE: { column: raw('l.last_purchase_date'), type: 'date', nullable: true },
      TOTAL_REVENUE: { column: raw('l.total_revenue'), type: 'numeric' },
      PURCHASE_COUNT: { column: raw('l.purchase_count'), type: 'int' },
      CREATED_AT: { column: raw('l.created_at'), type: 'timestamptz' },
    },
    id: raw('l.id'),
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
  revive,
};

/** A page of the lifecycles that the actor may see. */
export const listLifecycles = (db: Reader, actor: Actor, args: ListArgs) =>
  list(db, lifecycleList, visibleCustomer(actor, raw('l.customer_id')), args);

/** Publishes the present state of these customers; each needs a fact in the same transaction, which gives the record its version. */
export async function publishLifecycleState(tx: Tx, customerIds: readonly string[]): Promise<void> {
  for (const row of await findLifecycles(tx, customerIds)) {
    tx.state({
      topic: 'crm.lifecycle.state.v1',
      type: 'crm.lifecycle.lifecycle-state.v1',
      key: row.customerId,
      version: 'aggregate',
      data: {
        customerId: row.customerId,
        stageId: row.currentStageId,
        stageName: row.currentStage.name,
        stageCategory: row.currentStage.category,
        enteredStageAt: row.enteredStageAt.toISOString(),
        firstPurchaseDate: row.firstPurchaseDate,
        lastPurchaseDate: row.lastPurchaseDate,
        totalRevenue: decimalText(row.totalRevenue),
        currency: row.revenueCurrency,
        purchaseCount: row.purchaseCount,
      },
    });
  }
}
