// The link that was mailed to a new e-mail address is followed [WF-CM-003]: it works once, within 24 hours, and only for the customer who asked, signed in.
// So a link alone, in a stolen mailbox or a forwarded mail, changes nothing.
import { type Problem, problem } from '@customer360/kernel/problem';
import { writeContact } from '../contact/change-contact.ts';
import { ContactTable } from '../contact/contact.table.ts';
import { writeCustomer } from '../customer/update-customer.ts';
import type { Ctx } from '../loaders.ts';
import { tokenHash } from '../mail/link-token.ts';
import { readRow } from '../write.ts';
import { changeOwnProfile } from './own-profile.ts';
import { findRequestByToken } from './profile-change-request.table.ts';
import { type ProfileChangeRequest, refuseForeignContact, refuseOutdated } from './self-service.ts';
import { settleRequest } from './settle-request.ts';

const noLink = () => problem('LinkExpired', 'This link was used, replaced, or has expired; ask for a new one.');

/** Makes the confirmed address the one in use. */
export const confirmEmailChange = (ctx: Ctx, token: string): Promise<ProfileChangeRequest | Problem> =>
  changeOwnProfile<ProfileChangeRequest>(ctx, [], async (tx, customer) => {
    const request = await findRequestByToken(tx, tokenHash(token));
    if (!request || request.customerId !== customer.id || request.state !== 'pending') return noLink();
    if (request.contactId) {
      refuseForeignContact(tx.actor, request.contactId);
      const contact = await readRow(tx, ContactTable, request.contactId);
      if (contact.deletedAt || contact.customerId !== customer.id) return noLink();
      const outdated = refuseOutdated(request, contact.email);
      if (outdated) return outdated;
      await writeContact(tx, contact, { email: request.newValue });
    } else {
      const outdated = refuseOutdated(request, customer.email);
      if (outdated) return outdated;
      await writeCustomer(tx, customer, { email: request.newValue });
    }
    return settleRequest(tx, request, 'applied');
  });
