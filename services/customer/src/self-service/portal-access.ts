// Staff give a person access to the portal and take it away [WF-CM-003]. The invitation goes to the e-mail address on record, of the contact or of the
// customer, and to no other: who can read that mailbox is whom we know. A new invitation voids the links before it.

import { refuseRestricted } from '@customer360/customer-data/restriction';
import { newRow } from '@customer360/kernel/entity';
import { badInput, expectVersion, movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { insertRow, updateRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { ContactTable } from '../contact/contact.table.ts';
import type { CustomerEnv } from '../env.ts';
import type { Ctx } from '../loaders.ts';
import { mailLink, PORTAL_LINKS } from '../mail/mail-link.ts';
import { mailConfigured } from '../mail/mail-queue.ts';
import { customerUnderLock, fact, readRow, requireCustomer } from '../write.ts';
import { invitationMail } from './mails.ts';
import { findInvited, findPortalUser, PortalUserTable } from './portal-user.table.ts';
import type { PortalUser } from './self-service.ts';

const INVITATION_HOURS = 72;

/** Invites a contact, or the customer itself; again if that happened before. */
export async function invitePortalUser(ctx: Ctx, input: { customerId: string; contactId?: string | null }): Promise<PortalUser | Problem> {
  if (!mailConfigured(ctx)) return problem('MailNotConfigured', 'Nobody can be invited: this installation sends no mail.');
  const { id: customerId } = await requireCustomer(ctx, input.customerId, 'input.customerId');
  const contactId = input.contactId ?? null;
  return transact<PortalUser, Problem>(ctx, { lock: [customerId] }, async (tx) => {
    const customer = await customerUnderLock(tx, customerId, 'input.customerId');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    const contact = contactId === null ? undefined : await readRow(tx, ContactTable, contactId);
    if (contact && (contact.customerId !== customerId || contact.deletedAt))
      throw badInput('input.contactId', 'is not a contact of this customer');
    const email = contact ? contact.email : customer.email;
    if (!email) return problem('NoEmailOnRecord', 'There is no e-mail address on record to send the invitation to.');
    const known = await findInvited(tx, customerId, contactId);
    if (known?.state === 'active') return problem('PortalUserActive', 'This person has access already.', { portalUserId: known.id });
    const user = await invited(tx, customerId, contactId, known);
    const env = ctx.env as CustomerEnv;
    const refused = await mailLink(tx, PORTAL_LINKS, { id: user.id, customerId, to: email }, INVITATION_HOURS, (token, expiresAt) =>
      invitationMail(env, token, expiresAt),
    );
    if (refused) return refused;
    tx.emit(fact('portal-user-invited', customerId, { portalUserId: user.id, customerId, contactId }));
    return user;
  });
}

async function invited(tx: Tx, customerId: string, contactId: string | null, known: PortalUser | undefined): Promise<PortalUser> {
  if (known) return updateRow(tx, PortalUserTable, known, { state: 'invited', issuer: null, subject: null });
  return insertRow<PortalUser>(tx, PortalUserTable, {
    ...newRow(tx.actor, tx.now),
    customerId,
    originCustomerId: customerId,
    contactId,
    state: 'invited',
    issuer: null,
    subject: null,
  });
}

/** Takes access away: no further sign-in, and no change of the profile by a token that was given before. */
export async function revokePortalUser(ctx: Ctx, id: string, expectedVersion: number | null | undefined): Promise<PortalUser> {
  const seen = await findPortalUser(ctx.db, id);
  if (!seen || !(await ctx.loaders.customer.load(seen.customerId))) throw notFound('PortalUser', id);
  return transact<PortalUser>(ctx, { lock: [seen.customerId] }, async (tx) => {
    const user = (await findPortalUser(tx, id))!;
    if (user.customerId !== seen.customerId) throw movedMeanwhile('PortalUser', id);
    expectVersion('PortalUser', user, expectedVersion);
    if (user.state === 'revoked') return user;
    const revoked = await updateRow(tx, PortalUserTable, user, { state: 'revoked' });
    await tx.query('voidPortalLinks', sql`delete from portal_link where portal_user_id = ${id}`);
    const { customerId, contactId } = revoked;
    tx.emit(fact('portal-user-revoked', customerId, { portalUserId: id, customerId, contactId }));
    return revoked;
  });
}
