// Mails leave like events: written in the transaction that causes them, sent afterwards, again and again until the server has taken them or a limit is
// reached. A kill between the server's answer and our note sends a mail twice, with one Message-ID. What was sent or given up is erased.
import { randomUUID } from 'node:crypto';
import type { ServiceContext } from '@customer360/kernel/context';
import { type Mailer, MailRefused, openMailer } from '@customer360/kernel/mail';
import type { BackgroundTask } from '@customer360/kernel/service';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import type { CustomerEnv } from '../env.ts';

export interface Letter {
  /** Whom it is about, so that it is erased with them; null is about no customer. */
  customerId: string | null;
  to: string;
  subject: string;
  body: string;
}

const PER_RUN = 20;
/** About three hours. */
const MAX_ATTEMPTS = 10;
/** Longer than one attempt can take; nobody else tries meanwhile. */
const LEASE_S = 60;
const KEPT_DAYS = 30;

/** Will anything be sent at all? */
export const mailConfigured = (ctx: ServiceContext): boolean => (ctx.env as CustomerEnv).SMTP_URL !== undefined;

/** Writes a mail that leaves once the transaction has committed. */
export async function queueMail(tx: Tx, { customerId, to, subject, body }: Letter): Promise<void> {
  await tx.query(
    'queueMail',
    sql`insert into mail (id, customer_id, recipient, subject, body, created_at, due_at)
        values (${randomUUID()}, ${customerId}, ${to}, ${subject}, ${body}, ${tx.now}, ${tx.now})`,
  );
}

/** Sends what is due. */
export function sendMails(env: CustomerEnv): BackgroundTask {
  const mailer = env.SMTP_URL ? openMailer(env.SMTP_URL, env.MAIL_FROM) : undefined;
  return {
    name: 'send mails',
    everyMs: 500,
    async run(ctx) {
      if (!mailer) return;
      for (let sent = 0; sent < PER_RUN && (await sendNext(ctx, mailer)); sent++);
    },
  };
}

async function sendNext(ctx: ServiceContext, mailer: Mailer): Promise<boolean> {
  const mail = await ctx.db.one<{ id: string; recipient: string; subject: string; body: string; attempts: number }>(
    'takeMail',
    sql`update mail set attempts = attempts + 1, due_at = now() + make_interval(secs => ${LEASE_S})
        where id = (select id from mail where sent_at is null and given_up_at is null and due_at <= now() order by due_at limit 1 for update skip locked)
        returning id, recipient, subject, body, attempts`,
  );
  if (!mail) return false;
  try {
    await mailer.send({ id: mail.id, to: mail.recipient, subject: mail.subject, text: mail.body });
    await ctx.db.query(
      'mailSent',
      sql`update mail set sent_at = now(), recipient = null, subject = null, body = null where id = ${mail.id}`,
    );
  } catch (error) {
    if (error instanceof MailRefused || mail.attempts >= MAX_ATTEMPTS) {
      ctx.log.error({ mailId: mail.id, attempts: mail.attempts, why: (error as Error).message }, 'a mail was given up');
      await ctx.db.query(
        'mailGivenUp',
        sql`update mail set given_up_at = now(), recipient = null, subject = null, body = null where id = ${mail.id}`,
      );
    } else {
      ctx.log.warn({ mailId: mail.id, attempts: mail.attempts, why: (error as Error).message }, 'a mail is tried again');
      await ctx.db.query(
        'mailLater',
        sql`update mail set due_at = now() + make_interval(secs => least(5 * power(2, ${mail.attempts}::int), 3600)) where id = ${mail.id}`,
      );
    }
  }
  return true;
}

/** Forgets mails and links that are long over. */
export const forgetOldMails: BackgroundTask = {
  name: 'forget old mails and links',
  everyMs: 3_600_000,
  async run(ctx) {
    await ctx.db.query(
      'forgetMails',
      sql`delete from mail where id in (select id from mail where created_at < now() - make_interval(days => ${KEPT_DAYS})
            and (sent_at is not null or given_up_at is not null) order by created_at limit 10000)`,
    );
    await ctx.db.query('forgetPortalLinks', sql`delete from portal_link where expires_at < now() - make_interval(days => ${KEPT_DAYS})`);
    await ctx.db.query('forgetStaffLinks', sql`delete from staff_link where expires_at < now() - make_interval(days => ${KEPT_DAYS})`);
  },
};
