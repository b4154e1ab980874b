// One grant or one withdrawal [WF-PRIV-001] [ConsentRecord AC-1]: the same as several, of which there is one.
import { isProblem } from '@customer360/kernel/problem';
import type { Context } from '../context.ts';
import type { ConsentChoice, ConsentEvidence } from './consent.ts';
import { recordConsents } from './record-consents.ts';

export interface RecordConsent extends ConsentEvidence, ConsentChoice {
  customerId: string;
  idempotencyKey?: string | null;
}

export async function recordConsent(ctx: Context, { consentType, granted, ...rest }: RecordConsent) {
  const recorded = await recordConsents(ctx, { ...rest, choices: [{ consentType, granted }] });
  return isProblem(recorded) ? recorded : recorded.records[0]!;
}
