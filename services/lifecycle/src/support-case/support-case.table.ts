// [360 support] Support cases of the support module, the newest revision of each. (`case` alone is a reserved word.)
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type KnownEvent, newestRevisions } from '../revisions.ts';

export const SupportCaseEntity = new EntitySchema({
  name: 'SupportCase',
  tableName: 'support_case',
  columns: {
    caseId: { name: 'case_id', type: 'text', primary: true },
    customerId: { name: 'customer_id', type: 'uuid' },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid' },
    revision: { type: 'int' },
    status: { type: 'text' },
    priority: { type: 'text' },
    escalated: { type: 'boolean' },
    openedAt: { name: 'opened_at', type: 'timestamptz' },
    firstRespondedAt: { name: 'first_responded_at', type: 'timestamptz', nullable: true },
    closedAt: { name: 'closed_at', type: 'timestamptz', nullable: true },
    satisfactionScore: { name: 'satisfaction_score', type: 'int', nullable: true },
    eventTime: { name: 'event_time', type: 'timestamptz' },
  },
});

/** Stores `support.case-changed.v1`; an older revision than the stored one changes nothing. The subject is the timeline's, not ours. */
export async function storeCases(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeCases',
    sql`insert into support_case as c (case_id, customer_id, origin_customer_id, revision, status, priority, escalated, opened_at, first_responded_at, closed_at,
          satisfaction_score, event_time)
        select "caseId", "customerId", "originCustomerId", revision, status, priority, escalated, "openedAt", "firstRespondedAt", "closedAt", "satisfactionScore", "eventTime"
        from jsonb_to_recordset(${newestRevisions(events, 'caseId')}::jsonb) as r("caseId" text, "customerId" uuid, "originCustomerId" uuid, revision int, status text,
          priority text, escalated boolean, "openedAt" timestamptz, "firstRespondedAt" timestamptz, "closedAt" timestamptz, "satisfactionScore" int, "eventTime" timestamptz)
        on conflict (case_id) do update set (customer_id, origin_customer_id, revision, status, priority, escalated, opened_at, first_responded_at, closed_at, satisfaction_score, event_time) =
          (excluded.customer_id, excluded.origin_customer_id, excluded.revision, excluded.status, excluded.priority, excluded.escalated, excluded.opened_at,
           excluded.first_responded_at, excluded.closed_at, excluded.satisfaction_score, excluded.event_time)
        where excluded.revision > c.revision`,
  );
}
