// What the portal's mails say [WF-CM-003]. Plain text; a link carries its secret behind `#`, which no server and no referrer gets to see.
import type { CustomerEnv } from '../env.ts';
import { linkTo, type MailText, until } from '../mail/mail-link.ts';

const link = (env: CustomerEnv, path: string, token: string): string => linkTo(env.PORTAL_URL, path, token);

/** To the new address: follow the link to prove that it is yours. */
export const verifyEmailMail = (env: CustomerEnv, token: string, expiresAt: Date): MailText => ({
  subject: 'Confirm your new e-mail address',
  body: `Somebody asked to use this address for a customer profile.

If it was you, sign in and confirm it here, until ${until(expiresAt)}:
${link(env, 'confirm-email', token)}

If it was not you, do nothing: the address is not used.
`,
});

/** To the old address: it is about to be replaced. */
export const emailNoticeMail = (): MailText => ({
  subject: 'Your e-mail address is about to change',
  body: `Somebody who is signed in to your customer profile asked to replace this e-mail address by another one.

If it was you, there is nothing to do here: follow the link that we sent to the new address.

If it was not you, tell us at once, so that we can close the access.
`,
});

/** To a person who may use the portal from now on. */
export const invitationMail = (env: CustomerEnv, token: string, expiresAt: Date): MailText => ({
  subject: 'You are invited to our customer portal',
  body: `You can look at your customer profile and keep it up to date in our portal.

Begin here, until ${until(expiresAt)}:
${link(env, 'sign-in', token)}

The link works once. If you did not expect it, do nothing.
`,
});

/** To a portal user who wants to sign in. */
export const signInMail = (env: CustomerEnv, token: string, expiresAt: Date): MailText => ({
  subject: 'Sign in to our customer portal',
  body: `Sign in here, until ${until(expiresAt)}:
${link(env, 'sign-in', token)}

The link works once. If you did not ask for it, do nothing.
`,
});
