// The first administrator: without one nobody could add staff, and without staff nobody could own a customer. Comes from BOOTSTRAP_ADMIN at
// the start, is written once like any other change, and never overwrites what an administrator changed since.
import { SYSTEM } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { transact } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import { addStaffMember, DIRECTORY_LOCK } from './create-staff-member.ts';
import { emailTaken, staffIn } from './staff-member.table.ts';
import type { StaffMember } from './staff-member.ts';

export interface BootstrapAdmin {
  id: string;
  name: string;
  email: string;
}

/** Adds the first administrator unless the id is known or the e-mail address taken. */
export async function bootstrapAdmin(ctx: ServiceContext, admin: BootstrapAdmin): Promise<void> {
  await transact<StaffMember | null>({ ...ctx, actor: SYSTEM }, { lock: [admin.id, DIRECTORY_LOCK] }, async (tx) => {
    if ((await staffIn(tx, admin.id)) || (await emailTaken(tx, emailKey(admin.email)!, admin.id))) return null;
    return addStaffMember(tx, admin.id, { name: admin.name, email: admin.email, roles: ['admin'] });
  });
}
