// [Journey] Milestones that the system records from facts, set-based and repeat-proof: `sourceRef` names the fact, so that the same one never
// makes two, and a date that a late or corrected fact proves wrong is put right. What people recorded or deleted by hand is left alone.
import { randomUUID } from 'node:crypto';
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { milestoneFact, milestoneUpdatedFact } from './milestone.table.ts';
import { type Milestone, type MilestoneType, ONCE_ONLY } from './milestone.ts';

export interface SystemMilestone {
  readonly customerId: string;
  readonly milestoneType: MilestoneType;
  readonly occurredAt: Date;
  readonly sourceRef: string;
  readonly details: object | null;
}

const ONCE_ONLY_LIST = raw(ONCE_ONLY.map((type) => `'${type}'`).join(', '));

type Written = Pick<Milestone, 'id' | 'customerId' | 'milestoneType' | 'occurredAt'> & { inserted: boolean };

/**
 * Records what is new. A known FIRST_CONTACT or SUPPORT_ESCALATION moves to an earlier time only (its fact may arrive late), a known FIRST_PURCHASE to
 * exactly the computed time, others stay. A once-only type that somebody recorded by hand is not recorded again.
 */
export async function recordFromFacts(tx: Tx, milestones: readonly SystemMilestone[]): Promise<void> {
  const items = [...new Map(milestones.map((item) => [item.sourceRef, item])).values()];
  if (items.length === 0) return;
  const written = await tx.query<Written>(
    'recordMilestonesFromFacts',
    sql`insert into milestone as m (id, customer_id, origin_customer_id, milestone_type, occurred_at, details, source_ref,
          created_at, updated_at, created_by_kind, created_by_id)
        select id, customer_id, customer_id, type, at, details, source_ref, ${tx.now}, ${tx.now}, ${tx.actor.kind}, ${tx.actor.id}
        from unnest(${items.map(() => randomUUID())}::uuid[], ${items.map((i) => i.customerId)}::uuid[], ${items.map((i) => i.milestoneType)}::text[],
          ${items.map((i) => i.occurredAt)}::timestamptz[], ${items.map((i) => i.details && JSON.stringify(i.details))}::jsonb[],
          ${items.map((i) => i.sourceRef)}::text[]) as new(id, customer_id, type, at, details, source_ref)
        where not (new.type in (${ONCE_ONLY_LIST}) and exists (
          select 1 from milestone hand where hand.customer_id = new.customer_id and hand.milestone_type = new.type and hand.deleted_at is null
            and hand.source_ref is distinct from new.source_ref))
        on conflict (source_ref) do update set occurred_at = excluded.occurred_at, version = m.version + 1, updated_at = ${tx.now}
        where m.deleted_at is null and (m.milestone_type in ('first_contact', 'support_escalation') and excluded.occurred_at < m.occurred_at
          or m.milestone_type = 'first_purchase' and excluded.occurred_at <> m.occurred_at)
        returning m.id, m.customer_id as "customerId", m.milestone_type as "milestoneType", m.occurred_at as "occurredAt", old.id is null as inserted`,
  );
  for (const { inserted, ...milestone } of written) {
    tx.emit(inserted ? milestoneFact('recorded', milestone) : milestoneUpdatedFact(milestone, ['occurredAt']));
  }
}

/** Takes back what turned out not to have happened (all purchases refunded). Its source is free again: it may happen after all. */
export async function retractFromFacts(tx: Tx, sourceRefs: readonly string[]): Promise<void> {
  if (sourceRefs.length === 0) return;
  const gone = await tx.query<Milestone>(
    'retractMilestones',
    sql`update milestone m set deleted_at = ${tx.now}, updated_at = ${tx.now}, version = version + 1, source_ref = null
        where source_ref = any(${[...sourceRefs]}::text[]) and deleted_at is null
        returning m.id, m.customer_id as "customerId", m.milestone_type as "milestoneType", m.occurred_at as "occurredAt"`,
  );
  tx.emit(...gone.map((milestone) => milestoneFact('deleted', milestone)));
}
