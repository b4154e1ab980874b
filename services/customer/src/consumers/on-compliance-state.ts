// Restriction, objection, legal holds and open deletion requests, as compliance states them [Right to Restriction, Right to Objection]: kept on the
// customer's row, so that every write, list and merge can honour them without asking anybody. Set-based, by version.
import { newestStates, type Received, type Subscription } from '@customer360/kernel/consumer';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

interface ComplianceState {
  customerId: string;
  processingRestricted: boolean;
  doNotProcess: boolean;
  legalHold?: boolean;
  deletionOpen?: boolean;
}

export const onComplianceState: Subscription = { topic: 'crm.compliance.state.v1', from: 'state', handle: followCompliance };

async function followCompliance(tx: Tx, events: readonly Received<ComplianceState>[]): Promise<void> {
  const latest = newestStates(events.filter((event) => event.data !== null));
  if (latest.length === 0) return;
  const flags = latest.map(({ key, sequence, data }) => ({
    id: key,
    version: sequence ?? 0,
    restricted: data!.processingRestricted,
    objected: data!.doNotProcess,
    held: data!.legalHold ?? false,
    deleting: data!.deletionOpen ?? false,
  }));
  await tx.query(
    'followCompliance',
    sql`update customer c set processing_restricted = news.restricted, do_not_process = news.objected, legal_hold = news.held,
          deletion_open = news.deleting, compliance_version = news.version
        from jsonb_to_recordset(${JSON.stringify(flags)}::jsonb)
          as news(id uuid, version int, restricted boolean, objected boolean, held boolean, deleting boolean)
        where c.id = news.id and news.version > c.compliance_version`,
  );
}
