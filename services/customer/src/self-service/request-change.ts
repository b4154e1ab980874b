// Ask for a change that is not made at once [WF-CM-003]: legal name and tax id wait for an administrator, an e-mail address for a click on the link that
// is mailed to it, while the old one is told. A newer request replaces an open one.
import { randomUUID } from 'node:crypto';
import { newRow } from '@customer360/kernel/entity';
import { type Problem, problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import type { Tx } from '@customer360/kernel/transact';
import { emailKey } from '../customer/email-key.ts';
import type { CustomerEnv } from '../env.ts';
import { newToken, tokenHash } from '../mail/link-token.ts';
import { queueMail } from '../mail/mail-queue.ts';
import { fact } from '../write.ts';
import { emailNoticeMail, verifyEmailMail } from './mails.ts';
import { logChange } from './profile-change-log.table.ts';
import { countEmailChanges, ProfileChangeRequestTable, replaceOpenRequests, type StoredRequest } from './profile-change-request.table.ts';
import type { ProfileChangeRequest } from './self-service.ts';

const LINK_HOURS = 24;
/** New addresses within 24 hours: of one customer, and one address for any customer, so that nobody is flooded. */
const MAX_OF_CUSTOMER = 5;
const MAX_OF_ADDRESS = 3;

export interface Wish {
  customerId: string;
  contactId: string | null;
  field: ProfileChangeRequest['field'];
  oldValue: string | null;
  newValue: string | null;
}

/** To be locked beside the customer, so that the limit per address holds for callers of different customers too. */
export const addressLock = (email: string): string => `portal-mail:${emailKey(email)}`;

/** Records a request that waits for an administrator. */
export const requestApproval = (tx: Tx, wish: Wish): Promise<ProfileChangeRequest> => record(tx, wish, {});

/** Records a request that waits for a click, and mails both addresses. */
export async function requestEmail(tx: Tx, env: CustomerEnv, wish: Wish & { newValue: string }): Promise<ProfileChangeRequest | Problem> {
  const key = emailKey(wish.newValue)!;
  const { ofCustomer, ofAddress } = await countEmailChanges(tx, wish.customerId, key);
  if (ofCustomer >= MAX_OF_CUSTOMER || ofAddress >= MAX_OF_ADDRESS)
    return problem('TooManyMails', 'Too many mails were asked for within 24 hours; try again tomorrow.', { perDay: MAX_OF_CUSTOMER });
  const token = newToken();
  const expiresAt = new Date(tx.now.getTime() + LINK_HOURS * 3_600_000);
  const request = await record(tx, wish, { tokenHash: tokenHash(token), emailKey: key, expiresAt });
  const { customerId, oldValue, newValue } = wish;
  await queueMail(tx, { customerId, to: newValue, ...verifyEmailMail(env, token, expiresAt) });
  if (oldValue) await queueMail(tx, { customerId, to: oldValue, ...emailNoticeMail() });
  return request;
}

async function record(
  tx: Tx,
  wish: Wish,
  proof: Partial<Pick<StoredRequest, 'tokenHash' | 'emailKey' | 'expiresAt'>>,
): Promise<ProfileChangeRequest> {
  const { customerId, contactId, field } = wish;
  await replaceOpenRequests(tx, customerId, contactId, field);
  const request = await insertRow<StoredRequest>(tx, ProfileChangeRequestTable, {
    ...newRow(tx.actor, tx.now, randomUUID()),
    ...wish,
    originCustomerId: customerId,
    state: 'pending',
    reason: null,
    decidedAt: null,
    decidedByKind: null,
    decidedById: null,
    tokenHash: null,
    emailKey: null,
    expiresAt: null,
    ...proof,
  });
  const requestId = request.id;
  tx.emit(fact('profile-change-requested', customerId, { requestId, customerId, contactId, field }));
  await logChange(tx, customerId, { action: 'requested', fields: [field], contactId, requestId });
  return request;
}
