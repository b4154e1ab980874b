// [360 field_service] Work orders and equipment of the field-service module: the newest revision of each is kept.
import { splitKnown } from '@customer360/customer-data/directory';
import type { Parked, Received } from '@customer360/kernel/consumer';
import type { Tx } from '@customer360/kernel/transact';
import { storeEquipment, storeWorkOrders } from '../field-service/field-service.table.ts';

/** field-service.events.v1 */
export async function onFieldServiceEvents(tx: Tx, events: readonly Received[]): Promise<readonly Parked[]> {
  const { known, unknown } = await splitKnown(tx, events, (event) => event.data.customerId);
  await storeWorkOrders(
    tx,
    known.filter(({ event }) => event.type === 'field-service.work-order-changed.v1'),
  );
  await storeEquipment(
    tx,
    known.filter(({ event }) => event.type === 'field-service.equipment-changed.v1'),
  );
  return unknown;
}
