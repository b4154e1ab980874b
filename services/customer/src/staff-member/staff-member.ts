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
}

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
