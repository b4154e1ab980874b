// Complete an activity: its interaction is created in the same transaction, so neither can exist without the other [Activity AC-2]. An internal
// activity has no customer and therefore no interaction. A second completion is refused, never a second interaction.
import type { RequestContext } from '@customer360/kernel/context';
import { newRow } from '@customer360/kernel/entity';
import { checkText, type Problem } from '@customer360/kernel/problem';
import { change } from '../change.ts';
import { checkPast, durationOf, type Interaction, isBackdated } from '../interaction/interaction.ts';
import { recordInteraction } from '../interaction/record-interaction.ts';
import { findActivity } from './activity.table.ts';
import { type Activity, interactionTypeOf, MAX_TEXT, refuseClosed } from './activity.ts';
import { settleActivity } from './settle-activity.ts';

export interface CompleteActivity {
  completedAt?: Date | null;
  interactionType?: Interaction['interactionType'] | null;
  direction?: Interaction['direction'];
  outcome?: NonNullable<Interaction['outcome']>;
  sentiment?: Interaction['sentiment'];
  durationMinutes?: number | null;
  description?: string | null;
}

export async function completeActivity(
  ctx: RequestContext,
  id: string,
  expectedVersion: number | null | undefined,
  input: CompleteActivity,
): Promise<Activity | Problem> {
  checkText('input.description', input.description, { max: MAX_TEXT });
  const durationMinutes = durationOf({ durationMinutes: input.durationMinutes });
  if (input.completedAt) checkPast('input.completedAt', input.completedAt, new Date());
  return change(ctx, {
    noun: 'Activity',
    id,
    expectedVersion,
    find: (reader) => findActivity(reader, ctx.actor, id),
    async work(tx, row) {
      const closed = refuseClosed(row);
      if (closed) return closed;
      const completedAt = input.completedAt ?? tx.now;
      let resultInteractionId: string | null = null;
      if (row.customerId) {
        const interaction: Interaction = {
          ...newRow(ctx.actor, tx.now),
          customerId: row.customerId,
          originCustomerId: row.customerId,
          contactId: row.contactId,
          interactionType: input.interactionType ?? interactionTypeOf(row.activityType),
          direction: input.direction ?? 'outbound',
          subject: row.subject,
          description: input.description ?? row.description,
          occurredAt: completedAt,
          durationMinutes,
          outcome: input.outcome ?? 'completed',
          sentiment: input.sentiment ?? null,
          source: ctx.actor.kind === 'STAFF' ? 'manual' : 'api',
          externalId: null,
          backdated: isBackdated(completedAt, tx.now),
          relatedRecords: [],
        };
        await recordInteraction(tx, interaction);
        resultInteractionId = interaction.id;
      }
      const changed = { status: 'completed', completedAt, resultInteractionId } as const;
      return settleActivity(tx, row, changed, 'completed', { completedAt: completedAt.toISOString(), interactionId: resultInteractionId });
    },
  });
}
