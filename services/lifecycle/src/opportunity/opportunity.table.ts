// [360 opportunities] Opportunities of the sales module, the newest revision of each.
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type KnownEvent, newestRevisions } from '../revisions.ts';

export const OpportunityEntity = new EntitySchema({
  name: 'Opportunity',
  tableName: 'opportunity',
  columns: {
    opportunityId: { name: 'opportunity_id', type: 'text', primary: true },
    customerId: { name: 'customer_id', type: 'uuid' },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid' },
    revision: { type: 'int' },
    name: { type: 'text' },
    stage: { type: 'text' },
    status: { type: 'text' },
    amount: { type: 'numeric', nullable: true },
    currency: { type: 'text', nullable: true },
    expectedCloseDate: { name: 'expected_close_date', type: 'date', nullable: true },
    closedAt: { name: 'closed_at', type: 'timestamptz', nullable: true },
    changedAt: { name: 'changed_at', type: 'timestamptz' },
    eventTime: { name: 'event_time', type: 'timestamptz' },
    stageMovedAt: { name: 'stage_moved_at', type: 'timestamptz', nullable: true },
  },
});

/** Stores `sales.opportunity-changed.v1`; an older revision than the stored one changes nothing. */
export async function storeOpportunities(tx: Tx, events: readonly KnownEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    'storeOpportunities',
    sql`insert into opportunity as o (opportunity_id, customer_id, origin_customer_id, revision, name, stage, status, amount, currency, expected_close_date,
          closed_at, changed_at, event_time)
        select "opportunityId", "customerId", "originCustomerId", revision, name, stage, status, amount, currency, "expectedCloseDate", "closedAt", "changedAt", "eventTime"
        from jsonb_to_recordset(${newestRevisions(events, 'opportunityId')}::jsonb) as r("opportunityId" text, "customerId" uuid, "originCustomerId" uuid, revision int,
          name text, stage text, status text, amount numeric, currency text, "expectedCloseDate" date, "closedAt" timestamptz, "changedAt" timestamptz, "eventTime" timestamptz)
        on conflict (opportunity_id) do update set (customer_id, origin_customer_id, revision, name, stage, status, amount, currency, expected_close_date, closed_at, changed_at, event_time) =
          (excluded.customer_id, excluded.origin_customer_id, excluded.revision, excluded.name, excluded.stage, excluded.status, excluded.amount, excluded.currency,
           excluded.expected_close_date, excluded.closed_at, excluded.changed_at, excluded.event_time)
        where excluded.revision > o.revision`,
  );
}

export interface PendingDeal {
  opportunityId: string;
  customerId: string;
  /** Restriction or objection: automatic moves wait. */
  paused: boolean;
}

/** Won opportunities of these customers that have not moved a stage yet; those of deleted customers wait for a restore. */
export const pendingDeals = (tx: Tx, customerIds: readonly string[]): Promise<PendingDeal[]> =>
  tx.query(
    'pendingDeals',
    sql`select o.opportunity_id as "opportunityId", o.customer_id as "customerId", d.processing_restricted or d.do_not_process as paused
        from opportunity o join directory_customer d on d.customer_id = o.customer_id and d.deleted_at is null and d.merged_into is null
        where o.customer_id = any(${[...customerIds]}::uuid[]) and o.status = 'won' and o.stage_moved_at is null
        order by o.closed_at nulls last, o.opportunity_id`,
  );

export const markDealsMoved = (tx: Tx, opportunityIds: readonly string[]): Promise<unknown> =>
  tx.query(
    'markDealsMoved',
    sql`update opportunity set stage_moved_at = ${tx.now} where opportunity_id = any(${[...opportunityIds]}::text[])`,
  );
