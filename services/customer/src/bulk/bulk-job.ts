// A bulk job does one thing to many customers [CustomerList, Bulk delete request]: its actions and who may take them, its states, its limits. Pure.
// start → (approve | reject) → slices run in the background → done; cancel stops it where it is.
import { type Actor, type ActorKind, hasRole, type Role } from '@customer360/kernel/actor';
import type { Row } from '@customer360/kernel/entity';
import { type Problem, problem } from '@customer360/kernel/problem';
import type { Values } from '../custom-field/custom-field.ts';
import type { CustomerSource, CustomerStatus } from '../customer/customer.ts';

export const BULK_ACTIONS = ['assign', 'update', 'tag', 'untag', 'delete', 'export'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export const BULK_STATUSES = ['awaiting_approval', 'running', 'done', 'cancelled', 'rejected'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

export const BULK_OUTCOMES = ['ok', 'skipped', 'refused'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

/** Why a customer was skipped (nothing to do) or refused. */
export const BULK_REASONS = [
  'unchanged',
  'not_found',
  'processing_restricted',
  'status_follows_stage',
  'inactive_owner',
  'too_many_tags',
  'failed',
] as const;
export type BulkReason = (typeof BULK_REASONS)[number];

export const EXPORT_FORMATS = ['csv', 'xlsx', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const LIMITS = {
  ids: 10_000,
  customers: 1_000_000,
  sample: 10,
  /** Unfinished jobs of one person, and of all. */
  jobsOfOne: 3,
  jobs: 20,
} as const;

/** What the action needs, as it is stored. */
export interface BulkArguments {
  ownerId?: string | null;
  status?: CustomerStatus;
  source?: CustomerSource | null;
  custom?: Values;
  tagIds?: string[];
  format?: ExportFormat;
  /** Keys of the custom fields that an export has as columns. */
  customKeys?: string[];
}

export interface BulkJob extends Row {
  action: BulkAction;
  status: BulkStatus;
  arguments: BulkArguments;
  /** The roles with which it was started: its customers are changed within their scope. */
  actorRoles: string[];
  itemsTotal: number;
  itemsOk: number;
  itemsSkipped: number;
  itemsRefused: number;
  decidedByKind: ActorKind | null;
  decidedById: string | null;
  rejectionReason: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  workedAt: Date | null;
  fileExpiresAt: Date | null;
  /** When retention cleared its items. */
  clearedAt: Date | null;
}

export interface BulkItem {
  id: string;
  position: number;
  customerId: string;
  outcome: BulkOutcome;
  reason: BulkReason | null;
}

/** Who may take an action: whoever may take it on one customer; an export is a copy of everything, so fewer. */
const MAY: Readonly<Record<BulkAction, readonly Role[]>> = {
  assign: ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'dpo', 'integration'],
  update: ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'dpo', 'integration'],
  tag: ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'integration'],
  untag: ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'integration'],
  delete: ['admin', 'sales_manager', 'dpo', 'integration'],
  export: ['admin', 'sales_manager', 'marketing', 'dpo', 'auditor', 'integration'],
};
export const mayTake = (actor: Actor, action: BulkAction): boolean => hasRole(actor, ...MAY[action]);

/** The person on whose behalf it runs. */
export const requesterOf = (job: Pick<BulkJob, 'createdByKind' | 'createdById' | 'actorRoles'>): Actor => ({
  kind: job.createdByKind,
  id: job.createdById,
  roles: job.actorRoles as Role[],
});

/** May processing go on for a restricted customer? An export is processing too, and only a dpo takes those along. */
export const restrictedIsRefused = (actor: Actor, action: BulkAction): boolean =>
  action === 'export' ? !hasRole(actor, 'dpo') : !hasRole(actor, 'dpo', 'admin');

/** So many deletions that a second person approves them. [Bulk delete request] */
export const needsApproval = (action: BulkAction, count: number, above: number): boolean => action === 'delete' && count > above;

/** A change of state that the job is not ready for. */
export const wrongStatus = (job: Pick<BulkJob, 'status'>, allowed: readonly BulkStatus[]): Problem | undefined =>
  allowed.includes(job.status)
    ? undefined
    : problem('BulkJobNotReady', `The job is ${job.status.replace('_', ' ')}; this needs one of: ${allowed.join(', ')}.`, {
        status: job.status,
        allowed,
      });

/** How far it has come; rate and time left are null while nothing can be said. */
export function progressOf(job: BulkJob, now: Date) {
  const { itemsOk: ok, itemsSkipped: skipped, itemsRefused: refused, itemsTotal: total, startedAt, finishedAt } = job;
  const done = ok + skipped + refused;
  const seconds = startedAt ? ((finishedAt ?? now).getTime() - startedAt.getTime()) / 1_000 : 0;
  const rate = seconds < 0.5 || done === 0 ? null : done / seconds;
  return {
    done,
    total,
    ok,
    skipped,
    refused,
    perSecond: rate === null ? null : Math.round(rate),
    secondsLeft: rate === null || job.status !== 'running' ? null : Math.ceil((total - done) / rate),
  };
}
