// Recomputes a customer's chain, so that anybody who may read the trail can see that it is whole [ConsentRecord AC-3]. Bounded: 10,000
// entries a call. What a database owner cuts off at the end shows only against a hash that was written down elsewhere: `lastHash`.
import type { Database } from '@customer360/kernel/database';
import { findChain } from './audit.table.ts';
import { firstBroken } from './audit.ts';

const MAX_ENTRIES = 10_000;

export async function verifyAuditTrail(db: Database, customerId: string) {
  const found = await findChain(db, customerId, MAX_ENTRIES + 1);
  const entries = found.slice(0, MAX_ENTRIES);
  const broken = firstBroken(entries);
  return {
    customerId,
    intact: broken === undefined,
    entries: entries.length,
    truncated: found.length > entries.length,
    firstBrokenSequence: broken ?? null,
    lastHash: entries.at(-1)?.hash ?? null,
  };
}
