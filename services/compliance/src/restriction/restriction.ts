// Restriction of processing (GDPR Art. 18) and objection (Art. 21) of a customer [Right to Restriction] [Right to Object]. A change is a
// new row that holds both flags as they stand after it, so that any past instant can be answered and the history is free.
import { type Actor, type ActorKind, hasRole } from '@customer360/kernel/actor';
import { checkText, forbidden } from '@customer360/kernel/problem';

/** The two flags, as they stand. */
export interface Flags {
  processingRestricted: boolean;
  processingRestrictedSince: Date | null;
  processingRestrictedReason: string | null;
  doNotProcess: boolean;
  doNotProcessSince: Date | null;
  doNotProcessReason: string | null;
}

/** A row of `restriction_record`. */
export interface RestrictionRecord extends Flags {
  id: string;
  customerId: string;
  originCustomerId: string;
  /** The identities that the change speaks for, as in a consent record. */
  covers: string[];
  /** 1, 2, 3 … per customer. */
  version: number;
  createdAt: Date;
  createdByKind: ActorKind;
  createdById: string;
}

export type Flag = 'processingRestricted' | 'doNotProcess';

/** What holds for a customer; version 0 = never touched. */
export interface Restrictions extends Flags {
  customerId: string;
  version: number;
  updatedAt: Date | null;
  updatedBy: { kind: ActorKind; id: string } | null;
}

/** Several identities of one customer: set on one side is set, the most restrictive wins. `latest` is the newest row of each side. */
export function combine(customerId: string, latest: readonly RestrictionRecord[]): Restrictions {
  const newest = [...latest].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
  const deciding = (flag: Flag) => latest.find((row) => row[flag]) ?? newest;
  const restricting = deciding('processingRestricted');
  const objecting = deciding('doNotProcess');
  return {
    customerId,
    processingRestricted: restricting?.processingRestricted ?? false,
    processingRestrictedSince: restricting?.processingRestrictedSince ?? null,
    processingRestrictedReason: restricting?.processingRestrictedReason ?? null,
    doNotProcess: objecting?.doNotProcess ?? false,
    doNotProcessSince: objecting?.doNotProcessSince ?? null,
    doNotProcessReason: objecting?.doNotProcessReason ?? null,
    version: Math.max(0, ...latest.map(({ version }) => version)),
    updatedAt: newest?.createdAt ?? null,
    updatedBy: newest ? { kind: newest.createdByKind, id: newest.createdById } : null,
  };
}

/** The flags after one was set or lifted; setting what is set keeps its `since` and takes the new reason. */
export function withFlag(before: Flags, flag: Flag, on: boolean, reason: string, now: Date): Flags {
  const since = on ? (before[`${flag}Since`] ?? now) : null;
  return {
    processingRestricted: before.processingRestricted,
    processingRestrictedSince: before.processingRestrictedSince,
    processingRestrictedReason: before.processingRestrictedReason,
    doNotProcess: before.doNotProcess,
    doNotProcessSince: before.doNotProcessSince,
    doNotProcessReason: before.doNotProcessReason,
    [flag]: on,
    [`${flag}Since`]: since,
    [`${flag}Reason`]: reason,
  };
}

export const checkReason = (reason: string, field = 'reason'): void => checkText(field, reason, { max: 2_000, required: true });

/** Whoever hears an objection may record it; its end is for the customer, a dpo or an admin to say. */
export function checkMayEndObjection(actor: Actor): void {
  if (!hasRole(actor, 'customer', 'dpo', 'admin'))
    throw forbidden('only the customer, a dpo or an admin may end an objection', { field: 'doNotProcess' });
}

/** Since when the older of the flags that are set stands. */
export function restrictedSince({ processingRestrictedSince, doNotProcessSince }: Flags): Date | null {
  const set = [processingRestrictedSince, doNotProcessSince].filter((since) => since !== null);
  return set.length > 0 ? new Date(Math.min(...set.map((since) => since.getTime()))) : null;
}
