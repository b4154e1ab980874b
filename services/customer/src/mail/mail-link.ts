// A link that lets a person in is mailed [WF-CM-003]: it works once, for a limited time, and so often a day; a newer one voids those before.
import { type Problem, problem } from '@customer360/kernel/problem';
import { raw, type Sql, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { newToken, tokenHash } from './link-token.ts';
import { queueMail } from './mail-queue.ts';

const PER_DAY = 5;

/** A table of links, and its column of whose they are. */
export interface Links {
  readonly table: Sql;
  readonly owner: Sql;
}
export const PORTAL_LINKS: Links = { table: raw('portal_link'), owner: raw('portal_user_id') };
export const STAFF_LINKS: Links = { table: raw('staff_link'), owner: raw('staff_id') };

/** Whose link it is, where it goes, and about which customer. */
export interface Addressee {
  readonly id: string;
  readonly customerId: string | null;
  readonly to: string;
}

export interface MailText {
  readonly subject: string;
  readonly body: string;
}

/** Queues the mail, or says why not. */
export async function mailLink(
  tx: Tx,
  { table, owner }: Links,
  { id, customerId, to }: Addressee,
  hours: number,
  text: (token: string, expiresAt: Date) => MailText,
): Promise<Problem | undefined> {
  const sent = await tx.one<{ count: number }>(
    'countLinks',
    sql`select count(*)::int as count from ${table} where ${owner} = ${id} and created_at > now() - interval '1 day'`,
  );
  if (sent!.count >= PER_DAY)
    return problem('TooManyMails', 'Too many mails were asked for within 24 hours; try again tomorrow.', { perDay: PER_DAY });
  const token = newToken();
  const expiresAt = new Date(tx.now.getTime() + hours * 3_600_000);
  await voidLinks(tx, { table, owner }, id);
  await tx.query(
    'keepLink',
    sql`insert into ${table} (token_hash, ${owner}, created_at, expires_at) values (${tokenHash(token)}, ${id}, ${tx.now}, ${expiresAt})`,
  );
  await queueMail(tx, { customerId, to, ...text(token, expiresAt) });
  return undefined;
}

/** None of the person's links works any longer. */
export const voidLinks = (tx: Tx, { table, owner }: Links, id: string): Promise<unknown> =>
  tx.query('voidLinks', sql`update ${table} set expires_at = ${tx.now} where ${owner} = ${id} and expires_at > ${tx.now}`);

/** What a mail says of a link's end. */
export const until = (instant: Date): string => `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A link of a web application; its secret stands behind `#`, which no server and no referrer gets to see. */
export const linkTo = (application: string, path: string, token: string): string =>
  `${application.replace(/\/+$/, '')}/${path}#token=${token}`;
