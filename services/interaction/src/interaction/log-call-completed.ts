// The quick log variant of WF-IT-001: one click after a call. Everything but the customer has a default; the rules are logInteraction's.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import type { Interaction } from './interaction.ts';
import { type LoggedInteraction, logInteraction } from './log-interaction.ts';

export interface LogCallCompleted {
  customerId: string;
  contactId?: string | null;
  direction: Interaction['direction'];
  startedAt?: Date | null;
  durationMinutes?: number | null;
  outcome: NonNullable<Interaction['outcome']>;
  subject?: string | null;
  description?: string | null;
  idempotencyKey?: string | null;
}

export function logCallCompleted(ctx: RequestContext, input: LogCallCompleted): Promise<LoggedInteraction | Problem> {
  const counted = input.startedAt && input.durationMinutes == null;
  const call = {
    ...input,
    interactionType: 'call',
    subject: input.subject ?? 'Call completed',
    // Begun and ended within the same instant of two clocks is a call of no length, not a mistake.
    endedAt: counted ? new Date(Math.max(Date.now(), input.startedAt!.getTime())) : null,
  } as const;
  return logInteraction(ctx, call, { operation: 'logCallCompleted', input });
}
