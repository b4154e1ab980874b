// What two spellings of one e-mail address have in common, so that Ann@Example.COM meets ann@example.com [Duplicate on create].
// Nothing provider-specific (dots, plus tags): those belong to the matcher, which weighs; an exact key must not guess.
import { domainToASCII } from 'node:url';

/** The comparison key of an e-mail address; null for none. */
export function emailKey(email: string | null | undefined): string | null {
  if (email == null) return null;
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  return `${email.slice(0, at).normalize('NFKC').toLowerCase()}@${domainToASCII(domain) || domain.toLowerCase()}`;
}
