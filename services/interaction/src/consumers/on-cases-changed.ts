// Cases of the support module stand in the timeline with their newest subject and status [Timeline Case].
import type { Subscription } from '@customer360/kernel/consumer';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfCase } from '../timeline/timeline.ts';
import { hear } from './origin.ts';

export const onCasesChanged: Subscription = {
  topic: 'support.events.v1',
  from: 'inbound',
  async handle(tx, events) {
    const { heard, parked } = await hear(tx, events, ['support.case-changed.v1']);
    await putOnTimeline(
      tx,
      heard.map(({ data, origin }) => lineOfCase(data, origin)),
    );
    return parked;
  },
};
