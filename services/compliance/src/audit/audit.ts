// The audit trail's rule [ConsentRecord AC-3]: every entry carries the hash of the one before it, so that a changed, inserted or removed
// entry shows. One chain per customer: the customer's advisory lock already serialises its writers, a chain for all would serialise
// everybody. Entries hold names, flags, enum values and instants, never a personal value: erasure never has to touch them.
import { createHash } from 'node:crypto';
import type { ActorKind } from '@customer360/kernel/actor';

/** What a use-case says it did. */
export interface Deed {
  customerId: string;
  /** Name of the fact that is published with it, for example `consent-revoked`. */
  action: string;
  subjectType: string;
  subjectId: string;
  /** Non-personal values only. */
  details: Readonly<Record<string, string | number | boolean | null>>;
  /** A code, not a sentence. */
  why: string;
}

/** A row of `audit_entry`. */
export interface AuditEntry extends Deed {
  id: string;
  sequence: number;
  at: Date;
  actorKind: ActorKind;
  actorId: string;
  actorRoles: string[];
  door: string;
  requestId: string;
  previousHash: string;
  hash: string;
}

export const GENESIS = '0'.repeat(64);

/** SHA-256 over the hash before and the entry in one canonical form: fixed field order, sorted details, UTC instants. */
export function hashEntry(previousHash: string, entry: Omit<AuditEntry, 'hash' | 'previousHash'>): string {
  const details = Object.entries(entry.details).sort(([a], [b]) => (a < b ? -1 : 1));
  const canonical = JSON.stringify([
    entry.id,
    entry.customerId,
    entry.sequence,
    entry.at.toISOString(),
    entry.actorKind,
    entry.actorId,
    entry.actorRoles,
    entry.action,
    entry.subjectType,
    entry.subjectId,
    details,
    entry.door,
    entry.requestId,
    entry.why,
  ]);
  return createHash('sha256').update(previousHash).update(canonical).digest('hex');
}

/** Appends an entry to a chain whose last one is given. */
export function chain(
  last: Pick<AuditEntry, 'sequence' | 'hash'> | undefined,
  entry: Omit<AuditEntry, 'hash' | 'previousHash' | 'sequence'>,
): AuditEntry {
  const previousHash = last?.hash ?? GENESIS;
  const numbered = { ...entry, sequence: (last?.sequence ?? 0) + 1, previousHash };
  return { ...numbered, hash: hashEntry(previousHash, numbered) };
}

/** Follows a chain in order; answers the number of the first entry that does not fit, or undefined when it is whole. */
export function firstBroken(entries: readonly AuditEntry[]): number | undefined {
  let previous = GENESIS;
  for (const [i, entry] of entries.entries()) {
    const fits = entry.sequence === i + 1 && entry.previousHash === previous && entry.hash === hashEntry(previous, entry);
    if (!fits) return i + 1;
    previous = entry.hash;
  }
  return undefined;
}

/** From which kind of door an actor came. */
export const doorOf = (kind: string): string =>
  ({ STAFF: 'staff', CUSTOMER: 'portal', API: 'integration', IMPORT: 'import', EMAIL_SYNC: 'mail' })[kind] ?? 'system';
