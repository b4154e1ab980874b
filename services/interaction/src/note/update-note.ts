// Change a note: absent fields stay, null clears. Who sees it is the author's alone to decide: a colleague who could widen a private note, or
// hide a team note from its team, would make the rule worthless [Note AC-2].
import type { RequestContext } from '@customer360/kernel/context';
import { badInput, forbidden, type Problem } from '@customer360/kernel/problem';
import { changesOf, updateRow } from '@customer360/kernel/rows';
import { change, keyOf } from '../change.ts';
import { showNote } from './create-note.ts';
import { findNote, NoteTable } from './note.table.ts';
import { checkNote, type Note, type NoteContent } from './note.ts';

type Given = { readonly [K in keyof NoteContent]?: NoteContent[K] | null };

export async function updateNote(ctx: RequestContext, id: string, expectedVersion: number, given: Given): Promise<Note | Problem> {
  for (const field of ['content', 'isPinned', 'visibility'] as const) {
    if (given[field] === null) throw badInput(`input.${field}`, 'cannot be cleared');
  }
  const input = { ...given, ...(given.title !== undefined && { title: given.title?.trim() || null }) } as Partial<NoteContent>;
  checkNote(input);
  return change(ctx, {
    noun: 'Note',
    id,
    expectedVersion,
    find: (reader) => findNote(reader, ctx.actor, id, { purpose: 'write' }),
    async work(tx, row) {
      const changed = changesOf(row, input);
      const changedFields = Object.keys(changed);
      if (changedFields.length === 0) return row;
      const mine = row.createdByKind === ctx.actor.kind && row.createdById === ctx.actor.id;
      if (changed.visibility && !mine)
        throw forbidden('input.visibility: only its author changes who sees a note', { field: 'input.visibility' });
      const next = await updateRow(tx, NoteTable, row, changed);
      await showNote(tx, next);
      tx.emit({ type: 'crm.interaction.note-updated.v1', key: keyOf(row), data: { noteId: id, changedFields } });
      return next;
    },
  });
}
