// Every change of a consent, a flag, a hold or a deletion request publishes the customer's whole compliance state in the same transaction, after its fact,
// read from the rows as they stand in the transaction: the record cannot say anything else than the database.
import type { Tx } from '@customer360/kernel/transact';
import { asStatement, findConsents } from '../consent/consent.table.ts';
import { currentConsents, presentOf } from '../consent/consent-decision.ts';
import { findOpenRequests } from '../deletion-request/deletion-request.table.ts';
import { findActiveHolds } from '../legal-hold/legal-hold.table.ts';
import { findRestrictions } from '../restriction/restriction.table.ts';
import { combine } from '../restriction/restriction.ts';
import { complianceState } from './compliance-state.ts';

export async function publishState(tx: Tx, customerId: string): Promise<void> {
  const statements = (await findConsents(tx, [customerId])).map(asStatement);
  const consents = currentConsents(statements, presentOf(statements, tx.now));
  const restrictions = combine(customerId, await findRestrictions(tx, [customerId]));
  const holds = await findActiveHolds(tx, [customerId]);
  const requests = await findOpenRequests(tx, customerId);
  tx.state({
    topic: 'crm.compliance.state.v1',
    type: 'crm.compliance.compliance-state.v1',
    key: customerId,
    version: 'aggregate',
    data: complianceState(restrictions, consents, holds.length > 0, requests.length > 0),
  });
}
