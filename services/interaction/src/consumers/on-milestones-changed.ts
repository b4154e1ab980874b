// Milestones of the lifecycle service stand in the timeline, highlighted, as long as they stand at all [Timeline Journey] [Journey AC-1].
import type { Subscription } from '@customer360/kernel/consumer';
import { putOnTimeline, takeOffTimeline } from '../timeline/timeline.table.ts';
import { lineOfMilestone, type TimelineLine } from '../timeline/timeline.ts';
import { hear } from './origin.ts';

const DELETED = 'crm.lifecycle.milestone-deleted.v1';
const TYPES = ['crm.lifecycle.milestone-recorded.v1', 'crm.lifecycle.milestone-updated.v1', 'crm.lifecycle.milestone-restored.v1', DELETED];

export const onMilestonesChanged: Subscription = {
  topic: 'crm.lifecycle.events.v1',
  from: 'facts',
  async handle(tx, events) {
    const { heard, parked } = await hear(tx, events, TYPES);
    // The last word on each milestone counts; the kernel hands a customer's facts over in order.
    const last = new Map<string, TimelineLine | null>();
    for (const { type, data, origin } of heard) last.set(data.milestoneId, type === DELETED ? null : lineOfMilestone(data, origin));
    await takeOffTimeline(tx, 'journey', ...[...last].filter(([, line]) => line === null).map(([id]) => id));
    await putOnTimeline(
      tx,
      [...last.values()].filter((line) => line !== null),
    );
    return parked;
  },
};
