// A customer objects to processing, or says that the objection has ended (GDPR Art. 21) [Right to Object]. Whoever hears an objection may
// record it, so that it holds at once; nobody but the customer, a dpo or an admin can talk it away.
import type { Context } from '../context.ts';
import { changeRestriction } from './change-restriction.ts';
import { checkMayEndObjection } from './restriction.ts';

export interface SetObjection {
  customerId: string;
  doNotProcess: boolean;
  reason: string;
  expectedVersion?: number | null;
}

export async function setObjection(ctx: Context, { doNotProcess, ...change }: SetObjection) {
  if (!doNotProcess) checkMayEndObjection(ctx.actor);
  return changeRestriction(ctx, { ...change, flag: 'doNotProcess', on: doNotProcess });
}
