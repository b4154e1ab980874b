// Write a note about a customer or a related record; a customer's note stands in the timeline with the same transaction [Timeline Note].
import { requireContact, requireStillLeads, requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import { newRow } from '@customer360/kernel/entity';
import { isProblem, notFound, type Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { type Tx, transact } from '@customer360/kernel/transact';
import { keyOf } from '../change.ts';
import { putOnTimeline } from '../timeline/timeline.table.ts';
import { lineOfNote } from '../timeline/timeline.ts';
import { findNote, NoteTable } from './note.table.ts';
import { checkNote, checkSubject, isContact, type Note } from './note.ts';

export interface CreateNote extends Pick<Note, 'content' | 'isPinned' | 'visibility'> {
  customerId?: string | null;
  relatedType?: string | null;
  relatedId?: string | null;
  title?: string | null;
  idempotencyKey?: string | null;
}

export async function createNote(ctx: RequestContext, input: CreateNote): Promise<Note | Problem> {
  checkNote(input);
  checkSubject(input);
  let customerId: string | null = null;
  let originCustomerId: string | null = null;
  if (input.customerId) {
    const customer = await requireUnrestricted(ctx, input.customerId, 'input.customerId');
    if (isProblem(customer)) return customer;
    customerId = customer.id;
    const contact = isContact(input.relatedType) ? await requireContact(ctx, input.relatedId!, customer.id, 'input.relatedId') : undefined;
    originCustomerId = contact?.originCustomerId ?? customer.id;
  }
  const row: Note = {
    ...newRow(ctx.actor, new Date()),
    customerId,
    originCustomerId,
    relatedType: input.relatedType ?? null,
    relatedId: input.relatedId ?? null,
    title: input.title?.trim() || null,
    content: input.content,
    isPinned: input.isPinned,
    visibility: input.visibility,
  };
  return transact<Note>(
    ctx,
    {
      lock: [keyOf(row)],
      once: {
        key: input.idempotencyKey,
        operation: 'createNote',
        input,
        replay: async (tx, id) => (await findNote(tx, ctx.actor, id)) ?? Promise.reject(notFound('Note', id)),
      },
    },
    async (tx) => {
      if (customerId && originCustomerId) await requireStillLeads(tx, originCustomerId, customerId);
      await insertRow(tx, NoteTable, row);
      await showNote(tx, row);
      tx.emit({
        type: 'crm.interaction.note-created.v1',
        key: keyOf(row),
        data: {
          noteId: row.id,
          visibility: row.visibility,
          isPinned: row.isPinned,
          relatedType: row.relatedType,
          relatedId: row.relatedId,
        },
      });
      return row;
    },
  );
}

/** Puts a customer's note on the timeline; a note about a related record alone has none. */
export async function showNote(tx: Tx, row: Note): Promise<void> {
  const { customerId, originCustomerId } = row;
  if (customerId && originCustomerId) await putOnTimeline(tx, [lineOfNote({ ...row, customerId, originCustomerId })]);
}
