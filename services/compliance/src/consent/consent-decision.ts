// May we? The one rule behind every consent answer [ConsentRecord AC-2]: default deny; a withdrawal beats a grant on any collision; a
// merge takes the most restrictive side. Two times decide: when a thing was said (effective) and when we learnt of it (recorded). A grant
// counts only if it is later than every withdrawal in BOTH, so that neither back-dating, nor an import, nor a race can revive a "no".
import { CONSENT_TYPES, type ConsentType, type LegalBasis } from './consent.ts';

/** A consent record, as the rule sees it. */
export interface Statement {
  readonly id: string;
  /** The identity whose stream it stands in; one record stands in the streams of all identities that it covers. */
  readonly side: string;
  readonly consentType: ConsentType;
  readonly granted: boolean;
  readonly effectiveAt: Date;
  readonly recordedAt: Date;
  /** End of a grant, exclusive. */
  readonly validUntil: Date | null;
  readonly legalBasis: LegalBasis;
}

/** What is known of the customer at the instant asked about. */
export interface Standing {
  readonly exists: boolean;
  readonly erased: boolean;
  readonly deleted: boolean;
  readonly processingRestricted: boolean;
  readonly doNotProcess: boolean;
  /** Of the contact person asked about; false without one. */
  readonly doNotContact: boolean;
}

export type DeniedReason =
  | 'UNKNOWN_CUSTOMER'
  | 'ERASED'
  | 'DELETED'
  | 'RESTRICTED'
  | 'DO_NOT_CONTACT'
  | 'OBJECTION'
  | 'WITHDRAWN'
  | 'EXPIRED'
  | 'NO_CONSENT';
export type AllowedReason = 'CONSENT_GRANTED' | 'OTHER_LEGAL_BASIS' | 'CONTRACT_BASIS';

export interface Decision {
  readonly allowed: boolean;
  readonly verdict: 'ALLOWED' | 'DENIED';
  readonly reason: DeniedReason | AllowedReason;
  readonly legalBasis: LegalBasis | null;
  readonly evidence: readonly Statement[];
  readonly validUntil: Date | null;
}

export type ConsentStatus = 'GRANTED' | 'WITHDRAWN' | 'EXPIRED';

/** Where a purpose stands, and the statements that decide, most recent first. */
export interface PurposeStanding {
  readonly status: ConsentStatus;
  readonly decidedBy: readonly [Statement, ...Statement[]];
}

const later = (a: Date, b: Date): boolean => a.getTime() > b.getTime();

/** Most recent first; of two at the same instant the one that ends sooner, then the smaller id, so that the answer never wavers. */
const byRecency = (a: Statement, b: Statement): number =>
  b.effectiveAt.getTime() - a.effectiveAt.getTime() ||
  b.recordedAt.getTime() - a.recordedAt.getTime() ||
  (a.validUntil?.getTime() ?? Number.POSITIVE_INFINITY) - (b.validUntil?.getTime() ?? Number.POSITIVE_INFINITY) ||
  (a.id < b.id ? -1 : 1);

/** One identity's stream: its latest grant counts if it is later than every withdrawal, in both times. */
function standingOfSide(stream: readonly Statement[], at: Date): { status: ConsentStatus; by: Statement } | undefined {
  const withdrawals = stream.filter(({ granted }) => !granted).sort(byRecency);
  const grants = stream.filter(({ granted }) => granted).sort(byRecency);
  const standing = grants.find((grant) =>
    withdrawals.every((no) => later(grant.effectiveAt, no.effectiveAt) && later(grant.recordedAt, no.recordedAt)),
  );
  if (standing) return { status: standing.validUntil && standing.validUntil <= at ? 'EXPIRED' : 'GRANTED', by: standing };
  return withdrawals[0] && { status: 'WITHDRAWN', by: withdrawals[0] };
}

/** All identities together: the most restrictive side wins; a side that never said anything says nothing. Undefined: nobody did. */
export function purposeStanding(
  statements: readonly Statement[],
  purpose: ConsentType,
  at: Date,
  knownAt: Date = at,
): PurposeStanding | undefined {
  const streams = new Map<string, Statement[]>();
  for (const statement of statements) {
    if (statement.consentType !== purpose || later(statement.effectiveAt, at) || later(statement.recordedAt, knownAt)) continue;
    const stream = streams.get(statement.side);
    if (stream) stream.push(statement);
    else streams.set(statement.side, [statement]);
  }
  const sides = [...streams.values()].map((stream) => standingOfSide(stream, at)!);
  for (const status of ['WITHDRAWN', 'EXPIRED', 'GRANTED'] as const) {
    const deciding = new Map(sides.filter((side) => side.status === status).map(({ by }) => [by.id, by]));
    if (deciding.size > 0) return { status, decidedBy: [...deciding.values()].sort(byRecency) as [Statement, ...Statement[]] };
  }
  return undefined;
}

/**
 * "Now", never before anything that is already known: with several instances a clock may lag, and a withdrawal just recorded must count.
 */
export const presentOf = (statements: readonly Statement[], clock: Date): Date =>
  new Date(statements.reduce((latest, { recordedAt }) => Math.max(latest, recordedAt.getTime()), clock.getTime()));

/** What holds for each purpose that has a record, in the catalogue's order. */
export function currentConsents(statements: readonly Statement[], at: Date): Array<PurposeStanding & { consentType: ConsentType }> {
  return CONSENT_TYPES.flatMap((consentType) => {
    const standing = purposeStanding(statements, consentType, at);
    return standing ? [{ consentType, ...standing }] : [];
  });
}

const COMMUNICATIONS: readonly ConsentType[] = ['marketing_email', 'marketing_sms', 'essential_communications'];

/** The decision; reasons are tried in the order of the SDL's `ConsentReason`. */
export function decideConsent(
  question: { purpose: ConsentType; at: Date; knownAt?: Date },
  standing: Standing,
  statements: readonly Statement[],
): Decision {
  const { purpose, at } = question;
  const essential = purpose === 'essential_communications';
  if (!standing.exists) return deny('UNKNOWN_CUSTOMER');
  if (standing.erased) return deny('ERASED');
  if (standing.deleted) return deny('DELETED');
  if (standing.processingRestricted) return deny('RESTRICTED');
  if (standing.doNotContact && COMMUNICATIONS.includes(purpose)) return deny('DO_NOT_CONTACT');
  if (standing.doNotProcess && !essential) return deny('OBJECTION');
  const consent = purposeStanding(statements, purpose, at, question.knownAt);
  if (consent?.status === 'WITHDRAWN') return deny('WITHDRAWN', consent.decidedBy);
  if (consent?.status === 'GRANTED') return allow(consent.decidedBy);
  if (essential)
    return { allowed: true, verdict: 'ALLOWED', reason: 'CONTRACT_BASIS', legalBasis: 'contract', evidence: [], validUntil: null };
  return consent ? deny('EXPIRED', consent.decidedBy) : deny('NO_CONSENT');
}

function deny(reason: DeniedReason, evidence: readonly Statement[] = []): Decision {
  return { allowed: false, verdict: 'DENIED', reason, legalBasis: null, evidence, validUntil: null };
}

function allow(evidence: readonly [Statement, ...Statement[]]): Decision {
  const ends = evidence.flatMap(({ validUntil }) => (validUntil ? [validUntil.getTime()] : []));
  const { legalBasis } = evidence[0];
  return {
    allowed: true,
    verdict: 'ALLOWED',
    reason: legalBasis === 'consent' ? 'CONSENT_GRANTED' : 'OTHER_LEGAL_BASIS',
    legalBasis,
    evidence,
    validUntil: ends.length > 0 ? new Date(Math.min(...ends)) : null,
  };
}
