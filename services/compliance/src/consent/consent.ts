// ConsentRecord: one immutable statement of a customer about one purpose, a grant or a withdrawal [ConsentRecord AC-1]. A change is a
// new record; what holds now is derived (consent-decision.ts). Carries what ISO/IEC TS 27560 asks for, and says itself what it lacks.
import { isIP } from 'node:net';
import type { ActorKind } from '@customer360/kernel/actor';
import { badInput, checkText } from '@customer360/kernel/problem';

export const CONSENT_TYPES = [
  'marketing_email',
  'marketing_sms',
  'profiling',
  'third_party_sharing',
  'analytics',
  'essential_communications',
] as const;
export type ConsentType = (typeof CONSENT_TYPES)[number];

export const CONSENT_SOURCES = ['web_form', 'email_link', 'phone', 'in_person', 'api', 'import'] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

export const LEGAL_BASES = ['consent', 'contract', 'legal_obligation', 'vital_interest', 'public_task', 'legitimate_interest'] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** A row of `consent_record`: never changed, never deleted. */
export interface ConsentRecord {
  id: string;
  /** Records that were made in one call share it. */
  statementId: string;
  customerId: string;
  originCustomerId: string;
  /** Place among the records of its call, from 0. */
  place: number;
  /** Every identity that the statement speaks for: the customer and the ids that had been merged into it when it was made. */
  covers: string[];
  consentType: ConsentType;
  granted: boolean;
  grantedAt: Date | null;
  revokedAt: Date | null;
  source: ConsentSource;
  legalBasis: LegalBasis;
  privacyPolicyVersion: string | null;
  noticeVersion: string | null;
  noticeHash: string | null;
  language: string;
  validUntil: Date | null;
  recipients: string[];
  withdrawalMethod: string;
  retention: string;
  jurisdiction: string | null;
  createdAt: Date;
  createdByKind: ActorKind;
  createdById: string;
}

/** What all records of one call have in common, as it was handed in. */
export interface ConsentEvidence {
  source: ConsentSource;
  legalBasis?: LegalBasis | null;
  occurredAt?: Date | null;
  privacyPolicyVersion?: string | null;
  noticeVersion?: string | null;
  noticeHash?: string | null;
  language?: string | null;
  validUntil?: Date | null;
  recipients?: string[] | null;
  withdrawalMethod?: string | null;
  retention?: string | null;
  jurisdiction?: string | null;
  ipAddress?: string | null;
}

export interface ConsentChoice {
  consentType: ConsentType;
  granted: boolean;
}

export const MAX_CHOICES = CONSENT_TYPES.length;
export const DEFAULT_WITHDRAWAL_METHOD = 'In the customer portal under consent preferences, or by a message to us.';
/** The catalogue keeps consent records for seven years. [Retention consent_records] */
export const DEFAULT_RETENTION = 'P7Y';

const EARLIEST = Date.UTC(1990, 0, 1);
const CLOCK_SKEW_MS = 60_000;
const DURATION = /^P(?=\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?$/;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

/** Refuses malformed evidence by throwing BAD_USER_INPUT that names the field. */
export function checkEvidence(evidence: ConsentEvidence, now: Date, fromPortal: boolean, at = 'input'): void {
  const { occurredAt, validUntil, noticeHash, language, recipients, retention, ipAddress } = evidence;
  if (occurredAt && occurredAt.getTime() > now.getTime() + CLOCK_SKEW_MS) throw badInput(`${at}.occurredAt`, 'lies in the future');
  if (occurredAt && occurredAt.getTime() < EARLIEST) throw badInput(`${at}.occurredAt`, 'lies before 1990');
  if (validUntil && validUntil <= (occurredAt ?? now)) throw badInput(`${at}.validUntil`, 'must lie after the moment of the grant');
  checkText(`${at}.privacyPolicyVersion`, evidence.privacyPolicyVersion, { max: 50 });
  checkText(`${at}.noticeVersion`, evidence.noticeVersion, { max: 50 });
  if (noticeHash != null && !/^[0-9a-f]{64}$/i.test(noticeHash)) throw badInput(`${at}.noticeHash`, 'expected 64 hexadecimal digits');
  if (language != null && !LANGUAGE.test(language)) throw badInput(`${at}.language`, 'expected a BCP 47 language tag, for example de-AT');
  if ((recipients?.length ?? 0) > 50) throw badInput(`${at}.recipients`, 'are more than 50');
  for (const [i, name] of (recipients ?? []).entries()) checkText(`${at}.recipients.${i}`, name, { max: 200, required: true });
  checkText(`${at}.withdrawalMethod`, evidence.withdrawalMethod, { max: 500 });
  if (retention != null && !DURATION.test(retention)) throw badInput(`${at}.retention`, 'expected an ISO 8601 duration, for example P7Y');
  if (ipAddress != null && fromPortal) throw badInput(`${at}.ipAddress`, 'is taken from the connection here');
  if (ipAddress != null && isIP(ipAddress) === 0) throw badInput(`${at}.ipAddress`, 'expected an IPv4 or IPv6 address');
}

/** Each purpose at most once a call, and at least one. */
export function checkChoices(choices: readonly ConsentChoice[], evidence: ConsentEvidence, at = 'input.choices'): void {
  if (choices.length === 0) throw badInput(at, 'must name at least one purpose');
  if (choices.length > MAX_CHOICES) throw badInput(at, `are more than ${MAX_CHOICES}`, { max: MAX_CHOICES });
  choices.forEach(({ consentType }, i) => {
    if (choices.findIndex((other) => other.consentType === consentType) < i) throw badInput(`${at}.${i}.consentType`, 'is named twice');
  });
  if (evidence.validUntil && choices.every(({ granted }) => !granted)) throw badInput('input.validUntil', 'belongs to grants only');
}

/**
 * When a record counts as recorded. Two requests may race: the one that waited for the lock began earlier than the one it waited for. A
 * withdrawal then moves behind everything recorded, a grant stays where it began, so that the withdrawal wins either way.
 */
export const recordedAt = (granted: boolean, now: Date, lastRecordedAt: Date | null): Date =>
  !granted && lastRecordedAt && lastRecordedAt >= now ? new Date(lastRecordedAt.getTime() + 1) : now;

/** The fields of a record that its evidence and choice decide; ids, customer and actor are the use-case's. */
export function consentFields({ consentType, granted }: ConsentChoice, evidence: ConsentEvidence, recorded: Date) {
  const moment = evidence.occurredAt && evidence.occurredAt < recorded ? evidence.occurredAt : recorded;
  return {
    consentType,
    granted,
    grantedAt: granted ? moment : null,
    revokedAt: granted ? null : moment,
    source: evidence.source,
    legalBasis: evidence.legalBasis ?? ('consent' as const),
    privacyPolicyVersion: evidence.privacyPolicyVersion ?? null,
    noticeVersion: evidence.noticeVersion ?? evidence.privacyPolicyVersion ?? null,
    noticeHash: evidence.noticeHash?.toLowerCase() ?? null,
    language: evidence.language ?? 'en',
    validUntil: granted ? (evidence.validUntil ?? null) : null,
    recipients: evidence.recipients ?? [],
    withdrawalMethod: evidence.withdrawalMethod?.trim() || DEFAULT_WITHDRAWAL_METHOD,
    retention: evidence.retention ?? DEFAULT_RETENTION,
    jurisdiction: evidence.jurisdiction ?? null,
  };
}

/** The TS 27560 fields that a record lacks; a withdrawal needs no notice. */
export function missingEvidence(record: Pick<ConsentRecord, 'granted' | 'noticeVersion' | 'noticeHash' | 'jurisdiction'>): string[] {
  const missing: string[] = [];
  if (record.granted && !record.noticeVersion) missing.push('noticeVersion');
  if (record.granted && !record.noticeHash) missing.push('noticeHash');
  if (!record.jurisdiction) missing.push('jurisdiction');
  return missing;
}

/** When the statement was made, as opposed to recorded. */
export const effectiveAt = (record: Pick<ConsentRecord, 'granted' | 'grantedAt' | 'revokedAt'>): Date =>
  (record.granted ? record.grantedAt : record.revokedAt)!;
