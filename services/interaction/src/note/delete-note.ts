// Soft-delete a note: it leaves lists, search and timeline with this transaction, and keeps its row for a restore.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { change, keyOf } from '../change.ts';
import { takeOffTimeline } from '../timeline/timeline.table.ts';
import { findNote, NoteTable } from './note.table.ts';
import type { Note } from './note.ts';

export const deleteNote = (ctx: RequestContext, id: string, expectedVersion?: number | null): Promise<Note | Problem> =>
  change(ctx, {
    noun: 'Note',
    id,
    expectedVersion,
    find: (reader) => findNote(reader, ctx.actor, id, { purpose: 'write' }),
    async work(tx, row) {
      const next = await updateRow(tx, NoteTable, row, { deletedAt: tx.now });
      await takeOffTimeline(tx, 'note', id);
      tx.emit({ type: 'crm.interaction.note-deleted.v1', key: keyOf(row), data: { noteId: id } });
      return next;
    },
  });
