// [360 field_service] Work orders and equipment of the field-service module, the newest revision of each.
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type KnownEvent, newestRevisions } from '../revisions.ts';

const shared = {
  customerId: { name: 'customer_id', type: 'uuid' },
  originCustomerId: { name: 'origin_customer_id', type: 'uuid' },
  revision: { type: 'int' },
  eventTime: { name: 'event_time', type: 'timestamptz' },
} as const;

export const WorkOrderEntity = new EntitySchema({
  name: 'WorkOrder',
  tableName: 'work_order',
  columns: {
    workOrderId: { name: 'work_order_id', type: 'text', primary: true },
    ...shared,
    status: { type: 'text' },
    scheduledAt: { name: 'scheduled_at', type: 'timestamptz', nullable: true },
    completedAt: { name: 'completed_at', type: 'timestamptz', nullable: true },
  },
});

export const EquipmentEntity = new EntitySchema({
  name: 'Equipment',
  tableName: 'equipment',
  columns: {
    equipmentId: { name: 'equipment_id', type: 'text', primary: true },
    ...shared,
    name: { type: 'text' },
    serialNumber: { name: 'serial_number', type: 'text', nullable: true },
    installedAt: { name: 'installed_at', type: 'timestamptz', nullable: true },
    removedAt: { name: 'removed_at', type: 'timestamptz', nullable: true },
  },
});

/** Stores `field-service.work-order-changed.v1`; an older revision than the stored one changes nothing. */
export async function storeWorkOrders(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeWorkOrders',
    sql`insert into work_order as w (work_order_id, customer_id, origin_customer_id, revision, status, scheduled_at, completed_at, event_time)
        select "workOrderId", "customerId", "originCustomerId", revision, status, "scheduledAt", "completedAt", "eventTime"
        from jsonb_to_recordset(${newestRevisions(events, 'workOrderId')}::jsonb) as r("workOrderId" text, "customerId" uuid, "originCustomerId" uuid, revision int,
          status text, "scheduledAt" timestamptz, "completedAt" timestamptz, "eventTime" timestamptz)
        on conflict (work_order_id) do update set (customer_id, origin_customer_id, revision, status, scheduled_at, completed_at, event_time) =
          (excluded.customer_id, excluded.origin_customer_id, excluded.revision, excluded.status, excluded.scheduled_at, excluded.completed_at, excluded.event_time)
        where excluded.revision > w.revision`,
  );
}

/** Stores `field-service.equipment-changed.v1`; an older revision than the stored one changes nothing. */
export async function storeEquipment(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeEquipment',
    sql`insert into equipment as e (equipment_id, customer_id, origin_customer_id, revision, name, serial_number, installed_at, removed_at, event_time)
        select "equipmentId", "customerId", "originCustomerId", revision, name, "serialNumber", "installedAt", "removedAt", "eventTime"
        from jsonb_to_recordset(${newestRevisions(events, 'equipmentId')}::jsonb) as r("equipmentId" text, "customerId" uuid, "originCustomerId" uuid, revision int,
          name text, "serialNumber" text, "installedAt" timestamptz, "removedAt" timestamptz, "eventTime" timestamptz)
        on conflict (equipment_id) do update set (customer_id, origin_customer_id, revision, name, serial_number, installed_at, removed_at, event_time) =
          (excluded.customer_id, excluded.origin_customer_id, excluded.revision, excluded.name, excluded.serial_number, excluded.installed_at, excluded.removed_at, excluded.event_time)
        where excluded.revision > e.revision`,
  );
}
