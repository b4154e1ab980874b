// Table timeline_item, the read model over the seven sources. Own rows are put here in the transaction that changes them, other modules' by the
// consumers; an older state of a source never replaces a newer one, whatever the order of arrival.

import { columns, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { TimelineKind, TimelineLine } from './timeline.ts';

/** A stored line. */
export interface TimelineItem extends TimelineLine {
  /** Derived from kind and source id, so that it stays the same for the life of the source, and through a rebuild. */
  id: string;
  /** When this service last heard of the source. */
  appliedAt: Date;
  /** False until all that the line shows is known: a voided invoice that was never seen issued. */
  shown: boolean;
}

export const TimelineTable = new EntitySchema<TimelineItem>({
  name: 'timeline_item',
  tableName: 'timeline_item',
  columns: {
    id: { type: 'uuid', primary: true, insert: false, update: false },
    kind: { type: 'text' },
    sourceId: { name: 'source_id', type: 'text' },
    customerId: { name: 'customer_id', type: 'uuid' },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid', update: false },
    occurredAt: { name: 'occurred_at', type: 'timestamptz' },
    display: { type: 'text' },
    icon: { type: 'text' },
    highlight: { type: 'boolean' },
    pinned: { type: 'boolean' },
    status: { type: 'text', nullable: true },
    actorKind: { name: 'actor_kind', type: 'text', nullable: true },
    actorId: { name: 'actor_id', type: 'text', nullable: true },
    visibility: { type: 'text', nullable: true },
    revision: { type: 'bigint' },
    appliedAt: { name: 'applied_at', type: 'timestamptz' },
    shown: { type: 'boolean' },
  },
});

/** The select list; alias `r`. */
export const timelineColumns: Sql = columns(TimelineTable, 'r');

/** Puts lines on the timeline, or replaces older states of them; set-based, the newest state of each source in the batch. */
export async function putOnTimeline(tx: Tx, lines: readonly TimelineLine[]): Promise<void> {
  const newest = new Map<string, TimelineLine>();
  for (const line of lines) {
    const key = `${line.kind} ${line.sourceId}`;
    if (line.revision >= (newest.get(key)?.revision ?? Number.NEGATIVE_INFINITY)) newest.set(key, line);
  }
  if (newest.size === 0) return;
  await tx.query(
    'putOnTimeline',
    sql`insert into timeline_item as t (kind, source_id, customer_id, origin_customer_id, occurred_at, display, icon, highlight, pinned, status,
          actor_kind, actor_id, visibility, revision)
        select kind, "sourceId", "customerId", "originCustomerId", "occurredAt", display, icon, highlight, pinned, status,
          "actorKind", "actorId", visibility, revision
        from jsonb_to_recordset(${JSON.stringify([...newest.values()])}::jsonb) as line(kind text, "sourceId" text, "customerId" uuid,
          "originCustomerId" uuid, "occurredAt" timestamptz, display text, icon text, highlight boolean, pinned boolean, status text,
          "actorKind" text, "actorId" text, visibility text, revision bigint)
        on conflict (id) do update set customer_id = excluded.customer_id, occurred_at = excluded.occurred_at, display = excluded.display,
          icon = excluded.icon, highlight = excluded.highlight, pinned = excluded.pinned,
          status = case when t.kind = 'invoice' and t.status = 'voided' then t.status else excluded.status end,
          actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, visibility = excluded.visibility, revision = excluded.revision,
          applied_at = now(), shown = true
        where excluded.revision >= t.revision`,
  );
}

/** Takes a deleted source off the timeline. */
export async function takeOffTimeline(tx: Tx, kind: TimelineKind, ...sourceIds: readonly string[]): Promise<void> {
  if (sourceIds.length === 0) return;
  await tx.query('takeOffTimeline', sql`delete from timeline_item where kind = ${kind} and source_id = any(${[...sourceIds]}::text[])`);
}

/** An invoice that was voided; the news of its issue may still be on the way. */
export interface VoidedInvoice {
  invoiceId: string;
  customerId: string;
  originCustomerId: string;
  voidedAt: string;
}

/** Marks invoices voided, for ever: an `issued` that arrives late does not undo it. [Timeline Invoice] */
export async function markVoided(tx: Tx, invoices: readonly VoidedInvoice[]): Promise<void> {
  const each = [...new Map(invoices.map((invoice) => [invoice.invoiceId, invoice])).values()];
  if (each.length === 0) return;
  await tx.query(
    'markVoided',
    sql`insert into timeline_item (kind, source_id, customer_id, origin_customer_id, occurred_at, display, icon, status, revision, shown)
        select 'invoice', "invoiceId", "customerId", "originCustomerId", "voidedAt", '', 'file-invoice', 'voided', 0, false
        from jsonb_to_recordset(${JSON.stringify(each)}::jsonb)
          as voided("invoiceId" text, "customerId" uuid, "originCustomerId" uuid, "voidedAt" timestamptz)
        on conflict (id) do update set status = 'voided', applied_at = now()`,
  );
}
