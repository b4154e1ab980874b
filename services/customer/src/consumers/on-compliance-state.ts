// Restriction and objection, as compliance states them [Right to Restriction, Right to Objection]: kept on the customer's row, so that every
// write and every list can honour them without asking anybody. Set-based, by version.
import type { Received, Subscription } from '@customer360/kernel/consumer';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

interface ComplianceState {
  customerId: string;
  processingRestricted: boolean;
  doNotProcess: boolean;
}

export const onComplianceState: Subscription = { topic: 'crm.compliance.state.v1', from: 'state', handle: followRestrictions };

async function followRestrictions(tx: Tx, events: readonly Received<ComplianceState>[]): Promise<void> {
  const latest = [...new Map(events.filter((event) => event.data !== null).map((event) => [event.key, event])).values()];
  if (latest.length === 0) return;
  await tx.query(
    'followRestrictions',
    sql`update customer c set processing_restricted = news.restricted, do_not_process = news.objected, compliance_version = news.version
        from unnest(${latest.map((e) => e.key)}::uuid[], ${latest.map((e) => e.sequence ?? 0)}::int[], ${latest.map((e) => e.data!.processingRestricted)}::boolean[],
          ${latest.map((e) => e.data!.doNotProcess)}::boolean[]) as news(id, version, restricted, objected)
        where c.id = news.id and news.version > c.compliance_version`,
  );
}
