// Orders of the sales module stand in the timeline with their newest status [Timeline Order].
import type { Subscription } from '@customer360/kernel/consumer';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfOrder } from '../timeline/timeline.ts';
import { hear } from './origin.ts';

export const onOrdersChanged: Subscription = {
  topic: 'sales.events.v1',
  from: 'inbound',
  async handle(tx, events) {
    const { heard, parked } = await hear(tx, events, ['sales.order-changed.v1']);
    await putOnTimeline(
      tx,
      heard.map(({ data, origin }) => lineOfOrder(data, origin)),
    );
    return parked;
  },
};
