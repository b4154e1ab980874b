// Writes what was done into the customer's chain, in the transaction that does it [ConsentRecord AC-3]: no change without its entry, no
// entry without its change. The caller holds the customer's lock.
import type { Tx } from '@customer360/kernel/transact';
import { AuditEntryTable, findChainEnds } from './audit.table.ts';
import { type AuditEntry, chain, type Deed, doorOf } from './audit.ts';

export async function writeAudit(tx: Tx, requestId: string, deeds: readonly Deed[]): Promise<void> {
  const ends = new Map<string, Pick<AuditEntry, 'sequence' | 'hash'>>();
  for (const end of await findChainEnds(tx, [...new Set(deeds.map(({ customerId }) => customerId))])) ends.set(end.customerId, end);
  const entries = deeds.map((deed) => {
    const entry = chain(ends.get(deed.customerId), {
      ...deed,
      id: crypto.randomUUID(),
      at: tx.now,
      actorKind: tx.actor.kind,
      actorId: tx.actor.id,
      actorRoles: [...tx.actor.roles],
      door: doorOf(tx.actor.kind),
      requestId,
    });
    ends.set(deed.customerId, entry);
    return entry;
  });
  await tx.manager.getRepository(AuditEntryTable).insert(entries);
}
