// What the identity provider asks of us [WF-CM-003], as an integration: whom a mailed link or a known subject stands for, so that it can put customer_id and
// contact_id into the token; and that a link be mailed to whoever wants to sign in. docs/decisions/0019 says how the two play together.
import { checkText, type Problem, problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import type { CustomerEnv } from '../env.ts';
import type { Ctx } from '../loaders.ts';
import { tokenHash } from '../mail/link-token.ts';
import { mailLink, PORTAL_LINKS } from '../mail/mail-link.ts';
import { mailConfigured } from '../mail/mail-queue.ts';
import { fact } from '../write.ts';
import { signInMail } from './mails.ts';
import { findByEmail, findByLink, findPortalUser, findSignedIn, PortalUserTable } from './portal-user.table.ts';
import type { PortalUser } from './self-service.ts';

const SIGN_IN_HOURS = 0.25;

/** Uses a mailed link up and answers whose it was; the first one, an invitation, binds the person to the subject. */
export async function redeemPortalLink(
  ctx: Ctx,
  input: { token: string; issuer: string; subject?: string | null },
): Promise<PortalUser | Problem> {
  checkText('input.issuer', input.issuer, { max: 500, required: true });
  checkText('input.subject', input.subject, { max: 200, required: input.subject != null });
  const hash = tokenHash(input.token);
  const seen = await findByLink(ctx.db, hash);
  if (!seen) return noLink();
  return transact<PortalUser, Problem>(ctx, { lock: [seen.customerId] }, async (tx) => {
    const user = await findByLink(tx, hash);
    if (!user) return noLink();
    const subject = input.subject ?? user.id;
    const accepted = user.state === 'invited' ? await accept(tx, user, input.issuer, subject) : user;
    if (accepted.issuer !== input.issuer || accepted.subject !== subject)
      return problem('PortalSubjectMismatch', 'This link belongs to somebody who signs in as another subject.');
    await tx.query('usePortalLink', sql`update portal_link set expires_at = ${tx.now} where token_hash = ${hash}`);
    return accepted;
  });
}

const noLink = () => problem('LinkExpired', 'This link was used, replaced, or has expired; ask for a new one.');

async function accept(tx: Tx, user: PortalUser, issuer: string, subject: string): Promise<PortalUser> {
  const taken = await tx.one(
    'findTakenSubject',
    sql`select 1 from portal_user where issuer = ${issuer} and subject = ${subject} and id <> ${user.id}`,
  );
  if (taken) return user;
  const accepted = await updateRow(tx, PortalUserTable, user, { state: 'active', issuer, subject });
  const { id: portalUserId, customerId, contactId } = accepted;
  tx.emit(fact('portal-user-activated', customerId, { portalUserId, customerId, contactId }));
  return accepted;
}

/** Who signs in as this subject; null for nobody, or one whose access was taken away. */
export const portalSubject = async (ctx: Ctx, issuer: string, subject: string): Promise<PortalUser | null> =>
  (await findSignedIn(ctx.db, issuer, subject)) ?? null;

/** Mails links to whoever has this address on record; answers the same whether there is somebody or not, and who has had enough gets none. */
export async function requestPortalSignIn(ctx: Ctx, email: string): Promise<boolean> {
  if (!mailConfigured(ctx)) return true;
  for (const { id, customerId } of await findByEmail(ctx.db, emailKey(email)!)) {
    await transact<boolean, Problem>(ctx, { lock: [customerId] }, async (tx) => {
      const user = await findPortalUser(tx, id);
      if (user?.state !== 'active' || user.customerId !== customerId) return false;
      const env = ctx.env as CustomerEnv;
      const to = { id, customerId, to: email };
      return (await mailLink(tx, PORTAL_LINKS, to, SIGN_IN_HOURS, (token, expiresAt) => signInMail(env, token, expiresAt))) ?? true;
    });
  }
  return true;
}
