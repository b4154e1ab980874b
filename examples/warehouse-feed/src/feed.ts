// The state topics into the landing tables, one set-based statement per batch and table. A tombstone (data null) is an erased customer: forget the row.
import { type Handlers, handlers, type Transaction } from '@customer360/events/handlers';
import { deriveStar } from './star.ts';

/** Replaces the rows of these keys; a null row forgets the key. `columns` is the record's type in SQL, its names those of the table. */
async function mirror(
  tx: Transaction,
  table: string,
  columns: string,
  records: ReadonlyArray<{ key: string; row: object | null }>,
): Promise<void> {
  const id = columns.split(' ')[0]!;
  await tx.query(`delete from ${table} where ${id} = any($1)`, [records.map(({ key }) => key)]);
  const rows = records.flatMap(({ row }) => (row ? [row] : []));
  const names = columns.split(', ').map((column) => column.split(' ')[0]);
  await tx.query(`insert into ${table} (${names}) select ${names} from jsonb_to_recordset($1::jsonb) as r(${columns})`, [
    JSON.stringify(rows),
  ]);
}

export const warehouseFeed = (): Handlers =>
  handlers()
    .onBatch('crm.customer.customer-state.v1', async (records, tx) => {
      const rows = records.map(({ key, data }) => ({
        key,
        row: data && {
          customer_id: key,
          type: data.type,
          status: data.status,
          source: data.source,
          country: data.account?.country ?? data.defaultAddresses[0]?.country ?? null,
          industry: data.account?.industry ?? null,
          employee_count: data.account?.employeeCount ?? null,
          owner_id: data.ownerId,
          merged_into: data.mergedInto,
          deleted: data.deletedAt !== null,
          created_at: data.createdAt,
        },
      }));
      const columns =
        'customer_id text, type text, status text, source text, country text, industry text, employee_count text, owner_id text, merged_into text, deleted boolean, created_at timestamptz';
      await mirror(tx, 'landing.customer', columns, rows);
      await derive(tx, rows);
    })
    .onBatch('crm.compliance.compliance-state.v1', async (records, tx) => {
      const rows = records.map(({ key, data }) => ({
        key,
        row: data && { customer_id: key, restricted: data.processingRestricted, objects: data.doNotProcess, hold: data.legalHold ?? false },
      }));
      await mirror(tx, 'landing.restriction', 'customer_id text, restricted boolean, objects boolean, hold boolean', rows);
      await derive(tx, rows);
    })
    .onBatch('crm.lifecycle.lifecycle-state.v1', async (records, tx) => {
      const rows = records.map(({ key, data }) => ({
        key,
        row: data && {
          customer_id: key,
          stage: data.stageName,
          stage_category: data.stageCategory,
          entered_stage_at: data.enteredStageAt,
          first_purchase: data.firstPurchaseDate,
          last_purchase: data.lastPurchaseDate,
          total_revenue: data.totalRevenue,
          currency: data.currency,
          purchases: data.purchaseCount,
        },
      }));
      const columns =
        'customer_id text, stage text, stage_category text, entered_stage_at timestamptz, first_purchase date, last_purchase date, total_revenue numeric, currency text, purchases int';
      await mirror(tx, 'landing.lifecycle', columns, rows);
      await derive(tx, rows);
    })
    .onBatch('crm.interaction.interaction-state.v1', async (records, tx) => {
      const rows = records.map(({ key, data }) => ({
        key,
        row: data && {
          customer_id: key,
          last_interaction_at: data.lastInteractionAt,
          interactions_30d: data.count30d,
          open_activities: data.openActivities,
        },
      }));
      await mirror(
        tx,
        'landing.activity',
        'customer_id text, last_interaction_at timestamptz, interactions_30d int, open_activities int',
        rows,
      );
      await derive(tx, rows);
    })
    .onBatch('crm.customer.staff-member-state.v1', async (records, tx) => {
      const rows = records.map(({ key, data }) => ({
        key,
        row: data && { staff_id: key, team: data.team, roles: data.roles, active: data.active && data.deletedAt === null },
      }));
      await mirror(tx, 'star.dim_staff', 'staff_id text, team text, roles text[], active boolean', rows);
    });

const derive = (tx: Transaction, rows: ReadonlyArray<{ key: string }>) =>
  deriveStar(
    tx,
    rows.map(({ key }) => key),
  );
