// An admin invites a member of staff: a link is mailed that works once, within 72 hours. Until the person has signed in by it, or as the verified owner of
// the address, they are nobody: not active, so without access, and nobody's owner. [StaffMember]
import { type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import type { CustomerEnv } from '../env.ts';
import type { Ctx } from '../loaders.ts';
import { linkTo, type MailText, mailLink, STAFF_LINKS, until, voidLinks } from '../mail/mail-link.ts';
import { mailConfigured } from '../mail/mail-queue.ts';
import { fact, readRow } from '../write.ts';
import { changeStaff } from './change-staff-member.ts';
import { addStaffMember, checkStaffFields, DIRECTORY_LOCK, emailProblem, requireManager } from './create-staff-member.ts';
import { emailTaken, StaffMemberTable } from './staff-member.table.ts';
import { type StaffFields, type StaffMember, stateOf } from './staff-member.ts';
import { staffState } from './staff-state.ts';

const INVITATION_HOURS = 72;

export type InviteStaffMemberInput = Omit<StaffFields, 'active'> & { idempotencyKey?: string | null };

/** Adds the person and mails the link. */
export async function inviteStaffMember(ctx: Ctx, input: InviteStaffMemberInput): Promise<StaffMember | Problem> {
  checkStaffFields(input);
  if (!mailConfigured(ctx)) return noMail();
  const once = {
    key: input.idempotencyKey,
    operation: 'inviteStaffMember',
    input,
    replay: (tx: Tx, id: string) => readRow(tx, StaffMemberTable, id),
  };
  const id = crypto.randomUUID();
  return transact<StaffMember, Problem>(ctx, { lock: [id, DIRECTORY_LOCK], once }, async (tx) => {
    if (await emailTaken(tx, emailKey(input.email)!, id)) return emailProblem();
    await requireManager(tx, input.managerId);
    const staff = await addStaffMember(tx, id, input, true);
    return (await mailInvitation(ctx, tx, staff)) ?? staff;
  });
}

/** Mails a new link; the one before is void. */
export function resendStaffInvitation(ctx: Ctx, id: string): Promise<StaffMember | Problem> {
  return changeStaff(ctx, id, {}, async (tx, staff) => {
    if (!staff.invited) return notInvited(staff);
    return mailConfigured(ctx) ? ((await mailInvitation(ctx, tx, staff)) ?? staff) : noMail();
  });
}

/** Takes the invitation back: the link is void, and the person gone from the directory. */
export function revokeStaffInvitation(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<StaffMember | Problem> {
  return changeStaff(ctx, id, { expectedVersion }, async (tx, staff) => {
    if (!staff.invited) return notInvited(staff);
    await voidLinks(tx, STAFF_LINKS, id);
    const deleted = await updateRow(tx, StaffMemberTable, staff, { deletedAt: tx.now });
    tx.emit(fact('staff-member-deleted', id, { staffId: id, version: deleted.version }));
    tx.state(staffState(deleted));
    return deleted;
  });
}

const noMail = () => problem('MailNotConfigured', 'Nobody can be invited: this installation sends no mail.');

const notInvited = (staff: StaffMember) =>
  problem('StaffNotInvited', 'There is no open invitation of this person.', { state: stateOf(staff) });

async function mailInvitation(ctx: Ctx, tx: Tx, { id, email }: StaffMember): Promise<Problem | undefined> {
  const { STAFF_URL } = ctx.env as CustomerEnv;
  const to = { id, customerId: null, to: email };
  const refused = await mailLink(tx, STAFF_LINKS, to, INVITATION_HOURS, (token, expiresAt) => invitationMail(STAFF_URL, token, expiresAt));
  if (!refused) tx.emit(fact('staff-member-invited', id, { staffId: id }));
  return refused;
}

const invitationMail = (application: string, token: string, expiresAt: Date): MailText => ({
  subject: 'You are invited to Customer 360',
  body: `An administrator of Customer 360 has invited you to work there.

Begin here, until ${until(expiresAt)}:
${linkTo(application, 'sign-in', token)}

The link works once. If you did not expect it, do nothing.
`,
});
