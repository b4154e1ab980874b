// What the identity provider asks when staff sign in, as an integration: who that is here, and with which roles, so that it can put both into the token. The
// first time a mailed link or an address that it has verified says whom it means; from then on its subject does. docs/decisions/0021 says why.
import { checkText, type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import type { Ctx } from '../loaders.ts';
import { tokenHash } from '../mail/link-token.ts';
import { STAFF_LINKS, voidLinks } from '../mail/mail-link.ts';
import { fact } from '../write.ts';
import { DIRECTORY_LOCK } from './create-staff-member.ts';
import { findByEmail, findByLink, findBySubject, StaffMemberTable } from './staff-member.table.ts';
import type { StaffMember } from './staff-member.ts';
import { staffState } from './staff-state.ts';

export interface SignInStaffInput {
  issuer: string;
  subject?: string | null;
  token?: string | null;
  verifiedEmail?: string | null;
}

/** Who signs in; the first time that ends the invitation. */
export async function signInStaff(ctx: Ctx, input: SignInStaffInput): Promise<StaffMember | Problem> {
  const { issuer, subject, token, verifiedEmail } = input;
  checkText('input.issuer', issuer, { max: 500, required: true });
  checkText('input.subject', subject, { max: 200, required: subject != null });
  checkText('input.token', token, { max: 200 });
  const known = subject ? await findBySubject(ctx.db, issuer, subject) : undefined;
  if (known) return known.active && known.deletedAt === null ? known : unknown();
  return transact<StaffMember, Problem>(ctx, { lock: [DIRECTORY_LOCK] }, async (tx) => {
    if (token) {
      const staff = await findByLink(tx, tokenHash(token));
      return staff ? join(tx, staff, issuer, subject ?? staff.id) : noLink();
    }
    const staff = subject && verifiedEmail ? await findByEmail(tx, emailKey(verifiedEmail)!) : undefined;
    return staff && (staff.invited || (staff.active && staff.subject === null)) ? join(tx, staff, issuer, subject!) : unknown();
  });
}

const unknown = () => problem('StaffUnknown', 'Nobody in the staff directory is this person; an admin has to invite them.');
const noLink = () => problem('LinkExpired', 'This link was used, replaced, or has expired; ask for a new invitation.');

/** Binds the person to the subject; whoever was invited is at work from now on. */
async function join(tx: Tx, staff: StaffMember, issuer: string, subject: string): Promise<StaffMember | Problem> {
  if (await findBySubject(tx, issuer, subject)) return unknown();
  await voidLinks(tx, STAFF_LINKS, staff.id);
  const joined = await updateRow(tx, StaffMemberTable, staff, { invited: false, active: true, issuer, subject });
  tx.emit(fact('staff-member-joined', joined.id, { staffId: joined.id, version: joined.version, roles: joined.roles }));
  tx.state(staffState(joined));
  return joined;
}
