// Bring a deleted note back, as it was, to lists, search and timeline.
import type { RequestContext } from '@customer360/kernel/context';
import type { Problem } from '@customer360/kernel/problem';
import { updateRow } from '@customer360/kernel/rows';
import { change, keyOf } from '../change.ts';
import { showNote } from './create-note.ts';
import { findNote, NoteTable } from './note.table.ts';
import type { Note } from './note.ts';

export const restoreNote = (ctx: RequestContext, id: string): Promise<Note | Problem> =>
  change(ctx, {
    noun: 'Note',
    id,
    find: (reader) => findNote(reader, ctx.actor, id, { deleted: true, purpose: 'write' }),
    async work(tx, row) {
      if (!row.deletedAt) return row;
      const next = await updateRow(tx, NoteTable, row, { deletedAt: null });
      await showNote(tx, next);
      tx.emit({ type: 'crm.interaction.note-restored.v1', key: keyOf(row), data: { noteId: id } });
      return next;
    },
  });
