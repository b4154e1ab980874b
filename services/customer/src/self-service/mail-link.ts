// A link that signs a portal user in is mailed [WF-CM-003]: it works once, for a limited time, and so often a day; a newer one voids those before.
import { type Problem, problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { queueMail } from '../mail/mail-queue.ts';
import { newToken, tokenHash } from './link-token.ts';
import type { MailText } from './mails.ts';
import type { PortalUser } from './self-service.ts';

const PER_DAY = 5;

/** Queues the mail, or says why not. */
export async function mailLink(
  tx: Tx,
  user: PortalUser,
  to: string,
  hours: number,
  text: (token: string, expiresAt: Date) => MailText,
): Promise<Problem | undefined> {
  const sent = await tx.one<{ count: number }>(
    'countPortalLinks',
    sql`select count(*)::int as count from portal_link where portal_user_id = ${user.id} and created_at > now() - interval '1 day'`,
  );
  if (sent!.count >= PER_DAY)
    return problem('TooManyMails', 'Too many mails were asked for within 24 hours; try again tomorrow.', { perDay: PER_DAY });
  const token = newToken();
  const expiresAt = new Date(tx.now.getTime() + hours * 3_600_000);
  await tx.query(
    'voidEarlierLinks',
    sql`update portal_link set expires_at = ${tx.now} where portal_user_id = ${user.id} and expires_at > ${tx.now}`,
  );
  await tx.query(
    'keepPortalLink',
    sql`insert into portal_link (token_hash, portal_user_id, created_at, expires_at) values (${tokenHash(token)}, ${user.id}, ${tx.now}, ${expiresAt})`,
  );
  await queueMail(tx, { customerId: user.customerId, to, ...text(token, expiresAt) });
  return undefined;
}
