// What a completed job of field service looks like as an interaction [Field Service to CRM: Job completed]: our people were at the customer's, so it is
// an outbound touchpoint of type other, linked to its work order and known by its id.
import type { Actor } from '@customer360/kernel/actor';
import { newRow } from '@customer360/kernel/entity';
import { cut, type Origin } from '../timeline/timeline.ts';
import { type Interaction, isBackdated, MAX_SUBJECT } from './interaction.ts';

export interface Job {
  workOrderId: string;
  description: string;
  completedAt: string | null;
}

export function interactionOfJob(job: Job, origin: Origin, { actor, now }: { actor: Actor; now: Date }): Interaction {
  const occurredAt = job.completedAt ? new Date(job.completedAt) : origin.time;
  return {
    ...newRow(actor, now),
    customerId: origin.customerId,
    originCustomerId: origin.originCustomerId,
    contactId: null,
    interactionType: 'other',
    direction: 'outbound',
    subject: cut(`Service: ${job.description}`, MAX_SUBJECT),
    description: null,
    occurredAt,
    durationMinutes: null,
    outcome: 'completed',
    sentiment: null,
    source: 'api',
    externalId: job.workOrderId,
    backdated: isBackdated(occurredAt, now),
    relatedRecords: [{ type: 'work_order', id: job.workOrderId }],
  };
}
