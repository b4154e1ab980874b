// Mail over SMTP. One message is one attempt with a deadline; who needs it to arrive keeps it in a table and tries again. The Message-ID is the
// caller's, so that a message that is sent twice after a crash is recognised as one.
import { createTransport } from 'nodemailer';

export interface Mail {
  /** Stable over attempts; becomes the Message-ID. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** The server refused the message for good (SMTP 5xx): trying again does not help. */
export class MailRefused extends Error {}

export interface Mailer {
  /** Resolves when the server has taken the message; throws MailRefused, or anything else where another attempt may help. */
  send(mail: Mail): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** `url` is `smtp://user:password@host:port`, or `smtps://`; `from` the sender's address. */
export function openMailer(url: string, from: string): Mailer {
  const limits = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const transport = createTransport({ url, ...limits });
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>$/, '');
  return {
    async send({ id, to, subject, text }) {
      // An address object is taken as it is: nothing in it is read as a list or a name.
      const message = { from, to: { name: '', address: to }, subject, text, messageId: `<${id}@${domain}>` };
      const headers = { 'Auto-Submitted': 'auto-generated' };
      try {
        await transport.sendMail({ ...message, headers, disableFileAccess: true, disableUrlAccess: true });
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string };
        // The server's words repeat the address: neither is kept. A refused sign-in (EAUTH) is ours to mend, not the message's fault.
        if (responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH') throw new MailRefused(`SMTP ${responseCode}`);
        throw new Error(`the mail server did not take the message: ${code ?? 'unknown'} ${responseCode ?? ''}`.trim());
      }
    },
  };
}
