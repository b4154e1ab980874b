// DeletionRequest (GDPR Art. 17): its states, its deadline of 30 days [DeletionRequest AC-1], one extension of 60, and when it is overdue
// [DeletionRequest AC-2]. A legal hold blocks a verified request, and its release resumes it [DeletionRequest AC-3]. Execution is a later
// release: `in_progress` and `completed` exist as values and are not reachable.
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { badInput, checkText, type Problem, problem } from '@customer360/kernel/problem';

export const DELETION_REQUEST_TYPES = ['full_deletion', 'anonymization', 'partial_deletion'] as const;
export type DeletionRequestType = (typeof DELETION_REQUEST_TYPES)[number];
export const DELETION_REQUESTED_VIA = ['email', 'web_form', 'phone', 'legal', 'api'] as const;
export type DeletionRequestedVia = (typeof DELETION_REQUESTED_VIA)[number];
export const VERIFICATION_METHODS = ['email_confirmed', 'identity_verified', 'legal_order'] as const;
export type VerificationMethod = (typeof VERIFICATION_METHODS)[number];
export const DELETION_STATUSES = ['pending_verification', 'verified', 'in_progress', 'completed', 'rejected', 'blocked'] as const;
export type DeletionStatus = (typeof DELETION_STATUSES)[number];

/** Not finished: what has a deadline, and what excludes a second request. */
export const OPEN_STATUSES: readonly DeletionStatus[] = ['pending_verification', 'verified', 'in_progress', 'blocked'];

export interface DeletionRequest extends Row, CustomerChild {
  requestType: DeletionRequestType;
  details: string | null;
  requestedAt: Date;
  requestedVia: DeletionRequestedVia;
  verificationMethod: VerificationMethod;
  verifiedAt: Date | null;
  verifiedById: string | null;
  status: DeletionStatus;
  rejectionReason: string | null;
  deadline: Date;
  deadlineExtendedAt: Date | null;
  deadlineExtensionReason: string | null;
  escalatedAt: Date | null;
  completedAt: Date | null;
  affectedRecords: object | null;
  processedById: string | null;
}

const DAY_MS = 86_400_000;
const DEADLINE_DAYS = 30;
const EXTENSION_DAYS = 60;
const MAX_AGE_DAYS = 366;
const CLOCK_SKEW_MS = 60_000;

/** 30 days of 24 hours after the request was made. [DeletionRequest AC-1] */
export const deadlineOf = (requestedAt: Date): Date => new Date(requestedAt.getTime() + DEADLINE_DAYS * DAY_MS);

export const extendedDeadline = (deadline: Date): Date => new Date(deadline.getTime() + EXTENSION_DAYS * DAY_MS);

/** [DeletionRequest AC-2] */
export const isOverdue = ({ status, deadline }: Pick<DeletionRequest, 'status' | 'deadline'>, now: Date): boolean =>
  OPEN_STATUSES.includes(status) && deadline < now;

/** Refuses a malformed request by throwing BAD_USER_INPUT that names the field. */
export function checkRequest(
  { requestedAt, details, requestType }: Partial<Pick<DeletionRequest, 'requestedAt' | 'details'>> & Pick<DeletionRequest, 'requestType'>,
  now: Date,
): void {
  checkText('input.details', details, { max: 2_000, required: requestType === 'partial_deletion' });
  if (!requestedAt) return;
  if (requestedAt.getTime() > now.getTime() + CLOCK_SKEW_MS) throw badInput('input.requestedAt', 'lies in the future');
  if (requestedAt.getTime() < now.getTime() - MAX_AGE_DAYS * DAY_MS)
    throw badInput('input.requestedAt', `lies more than ${MAX_AGE_DAYS} days back`);
}

/** The customer has an open request already. */
export type DeletionAlreadyRequested = Problem<'DeletionAlreadyRequested', { deletionRequestId: string; status: DeletionStatus }>;

export type DeletionStepRefused = Problem<'DeletionStepRefused', { status: DeletionStatus; allowedFrom: DeletionStatus[] }>;

/** A step that the status does not allow. */
export function refuseStep(
  request: Pick<DeletionRequest, 'status'>,
  step: string,
  allowedFrom: readonly DeletionStatus[],
): DeletionStepRefused | undefined {
  if (allowedFrom.includes(request.status)) return undefined;
  return problem('DeletionStepRefused', `a request that is ${request.status.replaceAll('_', ' ')} cannot be ${step}`, {
    status: request.status,
    allowedFrom: [...allowedFrom],
  });
}

/** Where verification leads while holds are in force, or not. [DeletionRequest AC-3] */
export const statusAfterVerification = (activeHolds: number): DeletionStatus => (activeHolds > 0 ? 'blocked' : 'verified');
