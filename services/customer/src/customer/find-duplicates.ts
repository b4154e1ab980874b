// Which customers may be the same as a new one [Customer AC-2, Duplicate on create]: those that share an exact identifier. This is the seam of
// the full matcher (matching-and-predictions.md), which will answer the same candidates with weights from every field.
import type { Tx } from '@customer360/kernel/transact';
import { sharingIdentifiers } from './customer.table.ts';

/** What an exact check compares. */
export interface IdentifierKeys {
  readonly emailKey: string | null;
  readonly phoneE164: string | null;
  readonly taxIdKey: string | null;
}

export interface Candidate {
  readonly customerId: string;
  /** May the caller see it? A hidden one shows that a duplicate exists, and nothing of it. */
  readonly hidden: boolean;
  /** 0 to 100. */
  readonly score: number;
  readonly reasons: ReadonlyArray<{ field: 'taxId' | 'email' | 'phone'; level: 'exact'; bits: number | null }>;
}

/** How sure one shared identifier makes us; a phone is shared in a household more often than a mailbox. */
export const SCORES = { taxId: 99, email: 95, phone: 90 } as const;
const MAX_CANDIDATES = 10;

/** The live customers that share an identifier, best first, at most 10. */
export async function findDuplicates(tx: Tx, keys: IdentifierKeys): Promise<Candidate[]> {
  if (keys.emailKey === null && keys.phoneE164 === null && keys.taxIdKey === null) return [];
  const rows = await sharingIdentifiers(tx, keys, MAX_CANDIDATES);
  return rows.map((row) => {
    const fields = (['taxId', 'email', 'phone'] as const).filter((field) => row[field]);
    return {
      customerId: row.id,
      hidden: !row.visible,
      score: Math.max(...fields.map((field) => SCORES[field])),
      reasons: fields.map((field) => ({ field, level: 'exact', bits: null })),
    };
  });
}

/** The locks under which two calls cannot both find "no duplicate" and create one. */
export const identifierLocks = (keys: IdentifierKeys): string[] =>
  Object.entries(keys).flatMap(([name, key]) => (key === null ? [] : [`${name}:${key}`]));
