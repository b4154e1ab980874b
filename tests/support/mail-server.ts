// A mail server of the test's own at the port that the stack's SMTP_URL names: real SMTP, from greeting to QUIT. One test file at a time listens there; the
// next one waits for the port. What was queued before it listens arrives later.
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { eventually } from './stack.ts';

export interface Received {
  to: string;
  from: string;
  messageId: string;
  subject: string;
  text: string;
  /** The secret of the link in it, if there is one. */
  token: string | undefined;
}

export interface MailServer {
  readonly received: readonly Received[];
  /** What was sent and not taken. */
  readonly refused: readonly Received[];
  /** Answers the next mails to this address with this code instead of taking them. */
  refuse(address: string, code: number, times: number): void;
  /** The newest mail to this address whose subject matches, once it came. */
  mailTo(address: string, subject: RegExp, after?: number): Promise<Received>;
  close(): Promise<void>;
}

/** How long a test file may have to wait for it. */
export const MAIL_SERVER_WITHIN_MS = 300_000;

export async function mailServer(): Promise<MailServer> {
  const port = Number(process.env.CUSTOMER360_SMTP_PORT);
  if (!port) throw new Error('CUSTOMER360_SMTP_PORT is not set: run this through `npm test -- <file>`');
  const received: Received[] = [];
  const refusals = new Map<string, { code: number; times: number }>();
  const refused: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { rcptTo, mailFrom } = session.envelope;
        const mail = parse(Buffer.concat(chunks).toString(), rcptTo[0]!.address, mailFrom ? mailFrom.address : '');
        const refusal = refusals.get(mail.to);
        if (refusal && refusal.times-- > 0) {
          refused.push(mail);
          return done(Object.assign(new Error('not now'), { responseCode: refusal.code }));
        }
        received.push(mail);
        done();
      });
    },
  });
  let failed: (error: NodeJS.ErrnoException) => void = () => {};
  server.on('error', (error) => failed(error));
  const listening = () =>
    new Promise<boolean>((resolve, reject) => {
      failed = (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
      server.server.listen(port, '127.0.0.1', () => resolve(true));
    });
  while (!(await listening())) await sleep(500);
  failed = () => {};
  return {
    received,
    refuse: (address, code, times) => void refusals.set(address, { code, times }),
    refused,
    mailTo: (address, subject, after = 0) =>
      eventually(
        () => {
          const mails = received.filter((mail) => mail.to === address && subject.test(mail.subject));
          if (mails.length <= after) throw new Error(`no mail about ${subject} to ${address}, only ${received.map((m) => m.to).join()}`);
          return mails.at(-1)!;
        },
        { withinMs: 30_000 },
      ),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function parse(raw: string, to: string, from: string): Received {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head.replace(/\r\n\s+/g, ' '))?.[1]?.trim() ?? '';
  const body = rest.join('\r\n\r\n');
  const quoted = /quoted-printable/i.test(header('Content-Transfer-Encoding'));
  const text = quoted
    ? body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : body;
  return { to, from, messageId: header('Message-ID'), subject: header('Subject'), text, token: /#token=([\w-]+)/.exec(text)?.[1] };
}
