// An administrator approves or rejects a changed legal name or tax id [WF-CM-003]. Approving applies it as it was asked for, if the value it replaces
// still stands and the tax id still follows its country's rules.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { checkText, expectVersion, isProblem, movedMeanwhile, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { type Tx, transact } from '@customer360/kernel/transact';
import { accountOf } from '../account/account.table.ts';
import { writeAccount } from '../account/change-account.ts';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock } from '../write.ts';
import { findRequest } from './profile-change-request.table.ts';
import { type ProfileChangeRequest, refuseOutdated } from './self-service.ts';
import { settleRequest } from './settle-request.ts';

/** Applies the change. */
export const approveProfileChange = (ctx: Ctx, id: string, expectedVersion: number): Promise<ProfileChangeRequest | Problem> =>
  decide(ctx, id, expectedVersion, async (tx, request) => {
    const account = await accountOf(tx, request.customerId);
    const field = request.field === 'tax_id' ? 'taxId' : 'legalName';
    if (!account) return refuseOutdated(request, null) ?? problem('AccountNotAllowed', 'The customer has no account any more.');
    const outdated = refuseOutdated(request, account[field]);
    if (outdated) return outdated;
    const saved = await writeAccount(tx, account, { [field]: request.newValue });
    return isProblem(saved) ? saved : settleRequest(tx, request, 'applied');
  });

/** Leaves the value as it is, and tells the customer why. */
export function rejectProfileChange(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  reason: string,
): Promise<ProfileChangeRequest | Problem> {
  checkText('reason', reason, { max: 500, required: true });
  return decide(ctx, id, expectedVersion, (tx, request) => settleRequest(tx, request, 'rejected', reason));
}

async function decide(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  work: (tx: Tx, request: ProfileChangeRequest) => Promise<ProfileChangeRequest | Problem>,
): Promise<ProfileChangeRequest | Problem> {
  const seen = await findRequest(ctx.db, id);
  if (!seen || seen.field === 'email') throw notFound('ProfileChangeRequest', id);
  return transact<ProfileChangeRequest, Problem>(ctx, { lock: [seen.customerId] }, async (tx) => {
    const request = (await findRequest(tx, id))!;
    if (request.customerId !== seen.customerId) throw movedMeanwhile('ProfileChangeRequest', id);
    const customer = await customerUnderLock(tx, request.customerId, 'id');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    expectVersion('ProfileChangeRequest', request, expectedVersion);
    if (request.state !== 'pending')
      return problem('ProfileChangeNotPending', 'This request was decided or replaced already.', { state: request.state });
    return work(tx, request);
  });
}
