// A customer is a person or an organisation, and everything else hangs on it [Customer]. The rules that need no database stand here:
// the lifecycle stage leads the status, `inactive` is set by hand and kept (decisions page), a restricted customer is changed by few.
import type { Row } from '@customer360/kernel/entity';
import { type Problem, problem } from '@customer360/kernel/problem';
import type { CustomColumns } from '../custom-field/custom-field.ts';

export const CUSTOMER_TYPES = ['individual', 'organization'] as const;
export const CUSTOMER_STATUSES = ['active', 'inactive', 'prospect', 'churned', 'deleted'] as const;
export const CUSTOMER_SOURCES = ['web', 'referral', 'sales', 'import', 'api'] as const;
export type CustomerType = (typeof CUSTOMER_TYPES)[number];
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];
export type CustomerSource = (typeof CUSTOMER_SOURCES)[number];
export type StageCategory = 'pre_customer' | 'customer' | 'post_customer';

export interface Customer extends Row, CustomColumns {
  type: CustomerType;
  displayName: string;
  status: CustomerStatus;
  source: CustomerSource | null;
  externalId: string | null;
  email: string | null;
  /** What two spellings of the same address have in common. */
  emailKey: string | null;
  phone: string | null;
  phoneE164: string | null;
  ownerId: string | null;
  parentId: string | null;
  /** Where a merge sent this id: always the final survivor, never another retired id. */
  mergedInto: string | null;
  /** How often `mergedInto` changed; services acknowledge up to which of them they have followed. */
  redirectVersion: number;
  /** The one deletion that took this row and its children. */
  deletionId: string | null;
  /** The stage that lifecycle shall begin with. */
  initialStage: string | null;
  /** What lifecycle last said. */
  stageCategory: StageCategory | null;
  lifecycleVersion: number;
  /** What compliance last said. */
  processingRestricted: boolean;
  doNotProcess: boolean;
  legalHold: boolean;
  deletionOpen: boolean;
  complianceVersion: number;
}

/** The status that a stage category stands for. */
export const STATUS_OF_STAGE: Readonly<Record<StageCategory, CustomerStatus>> = {
  pre_customer: 'prospect',
  customer: 'active',
  post_customer: 'churned',
};

/** The stage a new customer begins with, by the status it was given. */
export function firstStage(status: CustomerStatus): string {
  if (status === 'active') return 'Customer';
  return status === 'churned' ? 'Churned' : 'Lead';
}

/** The status after lifecycle moved the customer: `inactive` stays until a person lifts it, `deleted` for ever. */
export function statusAfterStage(status: CustomerStatus, category: StageCategory): CustomerStatus {
  return status === 'inactive' || status === 'deleted' ? status : STATUS_OF_STAGE[category];
}

/** May a person set this status now? INACTIVE always, otherwise only what the stage says. */
export function refuseStatus(
  customer: Pick<Customer, 'status' | 'stageCategory' | 'initialStage'>,
  wanted: CustomerStatus,
): Problem<'StatusFollowsStage', { allowed: CustomerStatus[] }> | undefined {
  const led = customer.stageCategory ? STATUS_OF_STAGE[customer.stageCategory] : undefined;
  const lifted = led ?? (customer.status === 'inactive' ? 'prospect' : customer.status);
  const allowed: CustomerStatus[] = [...new Set<CustomerStatus>(['inactive', lifted])];
  if (wanted === customer.status || allowed.includes(wanted)) return undefined;
  return problem('StatusFollowsStage', 'The status follows the lifecycle stage: move the stage with changeStage, or set INACTIVE.', {
    allowed,
  });
}
