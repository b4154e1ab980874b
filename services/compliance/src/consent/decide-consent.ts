// Gathers the facts for the decision rule (consent-decision.ts) and asks it, for one customer or for at most 200 [ConsentRecord AC-2]
// [Contact AC-3]. Reads only; restrictions come from our own rows, not from the directory, so that they are honoured at once.
import { READ_WAIT_MS, requireContact, requireCustomer } from '@customer360/customer-data/directory';
import { hasRole } from '@customer360/kernel/actor';
import { badInput, isProblem, notFound } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import { findDoNotContact, findIdentities, type Identity } from '../identity/standing.table.ts';
import { findRestrictions } from '../restriction/restriction.table.ts';
import { combine } from '../restriction/restriction.ts';
import { asStatement, findConsents } from './consent.table.ts';
import type { ConsentType } from './consent.ts';
import { type Decision, decideConsent, presentOf, type Standing, type Statement } from './consent-decision.ts';

export interface ConsentQuestion {
  customerId: string;
  purpose: ConsentType;
  at?: Date | null;
  knownAt?: Date | null;
  contactId?: string | null;
}

export type ConsentAnswer = Decision & { customerId: string; contactId: string | null; purpose: ConsentType; at: Date; decidedAt: Date };

const MAX_CUSTOMERS = 200;
const CLOCK_SKEW_MS = 60_000;
const NOBODY: Standing = {
  exists: false,
  erased: false,
  deleted: false,
  processingRestricted: false,
  doNotProcess: false,
  doNotContact: false,
};

export async function decideConsentOf(ctx: Context, question: ConsentQuestion): Promise<ConsentAnswer> {
  const { purpose, contactId } = question;
  const now = new Date();
  for (const field of ['at', 'knownAt'] as const) {
    if (question[field] && question[field].getTime() > now.getTime() + CLOCK_SKEW_MS) throw badInput(field, 'lies in the future');
  }
  const identity = await identify(ctx, question.customerId);
  if (contactId) await requireContact(ctx, contactId, identity.id, 'contactId', READ_WAIT_MS);
  const doNotContact = contactId ? await findDoNotContact(ctx.db, contactId) : false;
  const statements = (await findConsents(ctx.db, [identity.id])).map(asStatement);
  const at = question.at ?? presentOf(statements, now);
  const restrictions = combine(identity.id, await findRestrictions(ctx.db, [identity.id], question.at ?? null));
  const standing = { ...standingOf(identity, at), ...restrictions, doNotContact };
  const decision = decideConsent({ purpose, at, knownAt: question.knownAt ?? at }, standing, statements);
  return { ...decision, customerId: identity.id, contactId: contactId ?? null, purpose, at, decidedAt: now };
}

/** Out of scope is not found; a customer of a moment ago is waited for; a deleted one is found, and will be denied. */
async function identify(ctx: Context, customerId: string): Promise<Identity> {
  const seesAll = !hasRole(ctx.actor, 'customer', 'sales_rep');
  const [found] = await findIdentities(ctx.db, [customerId]);
  if (found && seesAll) return found;
  const customer = await requireCustomer(ctx, customerId, 'customerId', READ_WAIT_MS);
  if (isProblem(customer)) throw notFound('Customer', customerId, 'customerId');
  return { requested: customerId, id: customer.id, status: customer.status, deletedAt: customer.deletedAt };
}

const standingOf = (identity: Identity, at: Date) => ({
  exists: true,
  erased: identity.status === 'deleted',
  deleted: identity.deletedAt !== null && identity.deletedAt <= at,
});

export async function decideConsentsOf(ctx: Context, customerIds: readonly string[], purpose: ConsentType): Promise<ConsentAnswer[]> {
  if (customerIds.length > MAX_CUSTOMERS) {
    throw badInput('customerIds', `are more than ${MAX_CUSTOMERS}`, {
      limit: 'customerIds',
      max: MAX_CUSTOMERS,
      asked: customerIds.length,
    });
  }
  const now = new Date();
  const identities = new Map((await findIdentities(ctx.db, customerIds)).map((identity) => [identity.requested, identity]));
  const ids = [...new Set([...identities.values()].map(({ id }) => id))];
  const statements = Map.groupBy(await findConsents(ctx.db, ids), ({ root }) => root);
  const restrictions = Map.groupBy(await findRestrictions(ctx.db, ids), ({ root }) => root);
  return customerIds.map((customerId) => {
    const identity = identities.get(customerId);
    const known: Statement[] = identity ? (statements.get(identity.id) ?? []).map(asStatement) : [];
    const at = presentOf(known, now);
    const standing = identity
      ? { ...standingOf(identity, at), ...combine(identity.id, restrictions.get(identity.id) ?? []), doNotContact: false }
      : NOBODY;
    return { ...decideConsent({ purpose, at }, standing, known), customerId, contactId: null, purpose, at, decidedAt: now };
  });
}
