// A member of staff, the catalogue's User: who owns customers, sees which rows, and may do what.
import type { Row } from '@customer360/kernel/entity';

export const STAFF_ROLES = ['admin', 'sales_manager', 'sales_rep', 'support_rep', 'marketing', 'dpo', 'auditor'] as const;

export interface StaffMember extends Row {
  name: string;
  email: string;
  emailKey: string;
  roles: (typeof STAFF_ROLES)[number][];
  team: string | null;
  managerId: string | null;
  active: boolean;
  /** Invited, and not signed in yet: not active either. */
  invited: boolean;
  /** Who the identity provider says they are, where it was told whom that is here; otherwise the id is the subject. */
  issuer: string | null;
  subject: string | null;
}

export const STAFF_STATES = ['invited', 'active', 'inactive'] as const;
export type StaffState = (typeof STAFF_STATES)[number];

/** Where the person stands. */
export const stateOf = ({ invited, active }: Pick<StaffMember, 'invited' | 'active'>): StaffState =>
  invited ? 'invited' : active ? 'active' : 'inactive';

/** What an admin may set. */
export interface StaffFields {
  name: string;
  email: string;
  roles: StaffMember['roles'];
  team?: string | null;
  managerId?: string | null;
  active?: boolean | null;
}

/** Can this person administer the directory? */
export const isAdministrator = (staff: Pick<StaffMember, 'active' | 'roles' | 'deletedAt'>): boolean =>
  staff.active && staff.deletedAt === null && staff.roles.includes('admin');
