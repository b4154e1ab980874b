// Notes in the graph: translation only.
import { reference, results, rowResolvers, stored, upper } from '../graph.ts';
import { type ListArgs, listPage } from '../list.ts';
import type { Context } from '../loaders.ts';
import { createNote } from './create-note.ts';
import { deleteNote } from './delete-note.ts';
import { noteList } from './note.table.ts';
import type { Note } from './note.ts';
import { restoreNote } from './restore-note.ts';
import { updateNote } from './update-note.ts';

export const noteResolvers = {
  Query: {
    note: (_: unknown, { id }: { id: string }, ctx: Context) => ctx.loaders.note.load(id),
    notes: (_: unknown, args: ListArgs, ctx: Context) => listPage<Note>(ctx, noteList, args),
  },
  Mutation: {
    createNote: (_: unknown, { input }: { input: any }, ctx: Context) => createNote(ctx, stored(input, 'visibility')),
    updateNote: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) =>
      updateNote(ctx, id, expectedVersion, stored(input, 'visibility')),
    deleteNote: (_: unknown, { id, expectedVersion }: any, ctx: Context) => deleteNote(ctx, id, expectedVersion),
    restoreNote: (_: unknown, { id }: { id: string }, ctx: Context) => restoreNote(ctx, id),
  },
  Note: {
    ...rowResolvers,
    customer: (row: Note) => reference(row.customerId),
    visibility: (row: Note) => upper(row.visibility),
  },
  ...results('Note', 'CreateNoteResult', 'UpdateNoteResult', 'DeleteNoteResult', 'RestoreNoteResult'),
};
