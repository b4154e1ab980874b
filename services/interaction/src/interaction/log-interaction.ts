// WF-IT-001, Log Manual Interaction: validated, stored and in the timeline with one transaction. Synchronised sources call it too, so the same
// external id twice answers the first interaction and says so [Interaction AC-2]; late logging is allowed and flagged [Retroactive logging].
import { requireContact, requireStillLeads, requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { newRow } from '@customer360/kernel/entity';
import { checkText, isProblem, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { transact } from '@customer360/kernel/transact';
import { findByExternalId, findInteraction } from './interaction.table.ts';
import {
  checkContent,
  checkPast,
  durationOf,
  type Interaction,
  type InteractionContent,
  isBackdated,
  MAX_EXTERNAL_ID,
  type Source,
} from './interaction.ts';
import { recordInteraction } from './record-interaction.ts';

export type LogInteraction = Pick<Interaction, 'interactionType' | 'customerId' | 'direction'> &
  Partial<InteractionContent> & {
    startedAt?: Date | null;
    endedAt?: Date | null;
    source?: Source | null;
    externalId?: string | null;
    idempotencyKey?: string | null;
  };

export type LoggedInteraction = Interaction & { alreadyLogged?: boolean };

/** `asked` is what an idempotency key stands for: the caller's own words, before any default. */
export async function logInteraction(
  ctx: RequestContext,
  input: LogInteraction,
  asked: { operation: string; input: object } = { operation: 'logInteraction', input },
): Promise<LoggedInteraction | Problem> {
  const now = new Date();
  const occurredAt = input.occurredAt ?? input.startedAt ?? now;
  checkContent(input);
  checkText('input.externalId', input.externalId, { max: MAX_EXTERNAL_ID });
  checkPast(input.occurredAt ? 'input.occurredAt' : 'input.startedAt', occurredAt, now);
  if (input.endedAt) checkPast('input.endedAt', input.endedAt, now);
  const durationMinutes = durationOf(input);

  const customer = await requireUnrestricted(ctx, input.customerId, 'input.customerId');
  if (isProblem(customer)) return customer;
  const origin = input.contactId ? await requireContact(ctx, input.contactId, customer.id, 'input.contactId') : undefined;

  const externalId = input.externalId?.trim() || null;
  // Its own lock, because two customers' locks would let the same external id in twice.
  const lock = externalId ? [customer.id, `external ${externalId}`] : [customer.id];
  return transact<LoggedInteraction, Problem>(
    ctx,
    {
      lock,
      once: {
        key: input.idempotencyKey,
        ...asked,
        replay: async (tx, id) => (await findInteraction(tx, ctx.actor, id)) ?? Promise.reject(notFound('Interaction', id)),
      },
    },
    async (tx) => {
      await requireStillLeads(tx, origin?.originCustomerId ?? customer.id, customer.id);
      const first = externalId && (await findByExternalId(tx, externalId));
      if (first) return first.customerId === customer.id ? { ...first, alreadyLogged: true } : externalIdInUse(externalId);
      const row: Interaction = {
        ...newRow(ctx.actor, tx.now),
        customerId: customer.id,
        originCustomerId: origin?.originCustomerId ?? customer.id,
        contactId: input.contactId ?? null,
        interactionType: input.interactionType,
        direction: input.direction,
        subject: input.subject ?? null,
        description: input.description ?? null,
        occurredAt,
        durationMinutes,
        outcome: input.outcome ?? null,
        sentiment: input.sentiment ?? null,
        source: input.source ?? (ctx.actor.kind === 'STAFF' ? 'manual' : 'api'),
        externalId,
        backdated: isBackdated(occurredAt, tx.now),
        relatedRecords: input.relatedRecords ?? [],
      };
      await recordInteraction(tx, row);
      return row;
    },
  );
}

/** The refusal of an external id that another interaction has. */
export const externalIdInUse = (externalId: string): Problem =>
  problem('InteractionExternalIdInUse', 'another interaction has this externalId; use its own or leave it out', { externalId });
