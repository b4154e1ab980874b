// E-mail addresses, phone numbers and domains as the matcher compares them. Provider rules (dots and tags at Gmail) count here and nowhere else: they
// say that two addresses reach one mailbox, never how an address is stored. [Duplicate Detection]
import { emailKey } from '../customer/email-key.ts';
import { PUBLIC_MAIL, ROLE_MAILBOXES } from './name-words.ts';

export interface Mailbox {
  /** What all spellings that reach this mailbox have in common. */
  readonly key: string;
  readonly local: string;
  readonly domain: string;
  /** office@, info@: of a function, not of a person. */
  readonly role: boolean;
}

const IGNORES_DOTS = new Set(['gmail.com']);

export function mailbox(email: string): Mailbox | null {
  const spelled = emailKey(email.trim());
  const at = spelled?.lastIndexOf('@') ?? -1;
  if (!spelled || at < 1) return null;
  const domain = spelled.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com');
  let local = spelled.slice(0, at);
  if (PUBLIC_MAIL.has(domain)) local = local.replace(/(?<=.)\+.*$/, '');
  if (IGNORES_DOTS.has(domain)) local = local.replaceAll('.', '');
  return { key: `${local}@${domain}`, local, domain, role: ROLE_MAILBOXES.has(local.replace(/[^a-z]/g, '')) };
}

/** The domain of an organisation's own: of its website, or of a mailbox that is not a public provider's. */
export function ownDomain(url: string): string | null {
  const host = url
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .split(/[/?#:\s]/)[0]!
    .replace(/^www\d?\./, '');
  return /^[^.@]+(\.[^.@]+)+$/.test(host) && !PUBLIC_MAIL.has(host) ? host : null;
}

/** The digits of a phone number: all of E.164, or what was entered without its leading zeros. */
export const phoneDigits = (e164: string | null | undefined, entered: string | null | undefined): string | null => {
  const digits = (e164 ?? entered?.replace(/\s*(ext|x|durchwahl)\.?\s*\d+\s*$/i, '') ?? '').replace(/\D/g, '').replace(/^0+/, '');
  return digits.length >= 5 ? digits : null;
};
