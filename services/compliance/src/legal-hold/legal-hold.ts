// A legal hold: while one is in force, nothing of the customer's data may be deleted [DeletionRequest AC-3]. Lifted, never removed.
import type { CustomerChild, Row } from '@customer360/kernel/entity';
import { checkText, type Problem } from '@customer360/kernel/problem';

export interface LegalHold extends Row, CustomerChild {
  reference: string;
  reason: string;
  placedAt: Date;
  liftedAt: Date | null;
  liftedReason: string | null;
}

export type LegalHoldAlreadyLifted = Problem<'LegalHoldAlreadyLifted', { liftedAt: Date }>;

export function checkHold({ reference, reason }: Pick<LegalHold, 'reference' | 'reason'>): void {
  checkText('input.reference', reference, { max: 200, required: true });
  checkText('input.reason', reason, { max: 2_000, required: true });
}
