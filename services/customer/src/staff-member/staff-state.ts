// A member of staff's state record on `crm.customer.staff.v1`: what the other services' directories know of owners, teams and roles.
import type { StateRecord } from '@customer360/kernel/transact';
import type { StaffMember } from './staff-member.ts';

export const STAFF_STATE_TOPIC = 'crm.customer.staff.v1';

/** The record of this row as it is now. */
export const staffState = (staff: StaffMember): StateRecord => ({
  topic: STAFF_STATE_TOPIC,
  type: 'crm.customer.staff-member-state.v1',
  key: staff.id,
  version: staff.version,
  data: {
    staffId: staff.id,
    name: staff.name,
    email: staff.email,
    roles: staff.roles,
    team: staff.team,
    managerId: staff.managerId,
    active: staff.active,
    deletedAt: staff.deletedAt?.toISOString() ?? null,
  },
});
