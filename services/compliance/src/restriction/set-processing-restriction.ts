// A dpo or an admin restricts the processing of a customer's data, or lifts that (GDPR Art. 18) [Right to Restriction].
import type { Context } from '../context.ts';
import { changeRestriction } from './change-restriction.ts';

export interface SetProcessingRestriction {
  customerId: string;
  restricted: boolean;
  reason: string;
  expectedVersion?: number | null;
}

export const setProcessingRestriction = (ctx: Context, { restricted, ...change }: SetProcessingRestriction) =>
  changeRestriction(ctx, { ...change, flag: 'processingRestricted', on: restricted });
