// Work orders of the field-service module stand in the timeline [Timeline WorkOrder]; a completed job is a touchpoint, so it becomes an interaction,
// once, whatever is sent again or deleted by hand meanwhile [Field Service to CRM: Job completed].
import type { Subscription } from '@customer360/kernel/consumer';
import { lockKeys } from '@customer360/kernel/transact';
import { knownExternalIds } from '../interaction/interaction.table.ts';
import { interactionOfJob } from '../interaction/interaction-of-job.ts';
import { recordInteractions } from '../interaction/record-interaction.ts';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfWorkOrder } from '../timeline/timeline.ts';
import { hear } from './origin.ts';

export const onWorkOrdersChanged: Subscription = {
  topic: 'field-service.events.v1',
  from: 'inbound',
  async handle(tx, events) {
    const { heard, parked } = await hear(tx, events, ['field-service.work-order-changed.v1']);
    await putOnTimeline(
      tx,
      heard.map(({ data, origin }) => lineOfWorkOrder(data, origin)),
    );
    const jobs = new Map(heard.filter(({ data }) => data.status === 'completed').map((job) => [job.data.workOrderId as string, job]));
    if (jobs.size === 0) return parked;
    // The kernel holds the locks of the events' keys; a merged customer's facts are the survivor's, and an external id has a lock of its own.
    const survivors = [...jobs.values()].filter(({ customer }) => customer.id !== customer.requestedId).map(({ customer }) => customer.id);
    await lockKeys(tx, [...survivors, ...[...jobs.keys()].map((id) => `external ${id}`)]);
    for (const id of await knownExternalIds(tx, [...jobs.keys()])) jobs.delete(id);
    await recordInteractions(
      tx,
      [...jobs.values()].map(({ data, origin }) => interactionOfJob(data, origin, tx)),
    );
    return parked;
  },
};
