// Notes in the graph: translation only.
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import { reference, rowResolvers } from '../graph.ts';
import { list } from '../list.ts';
import type { Context } from '../loaders.ts';
import { createNote } from './create-note.ts';
import { deleteNote } from './delete-note.ts';
import { noteList } from './note.table.ts';
import { type Note, VISIBILITIES } from './note.ts';
import { restoreNote } from './restore-note.ts';
import { updateNote } from './update-note.ts';

export const noteResolvers = {
  NoteVisibility: enumOf(VISIBILITIES),
  Query: {
    note: (_: unknown, { id }: { id: string }, ctx: Context) => ctx.loaders.note.load(id),
    notes: (_: unknown, args: ListArgs, ctx: Context) => list(ctx, noteList, args),
  },
  Mutation: {
    createNote: (_: unknown, { input }: { input: any }, ctx: Context) => createNote(ctx, input),
    updateNote: (_: unknown, { id, expectedVersion, input }: any, ctx: Context) => updateNote(ctx, id, expectedVersion, input),
    deleteNote: (_: unknown, { id, expectedVersion }: any, ctx: Context) => deleteNote(ctx, id, expectedVersion),
    restoreNote: (_: unknown, { id }: { id: string }, ctx: Context) => restoreNote(ctx, id),
  },
  Note: {
    ...rowResolvers,
    customer: (row: Note) => reference(row.customerId),
  },
  CreateNoteResult: memberOf('Note'),
  UpdateNoteResult: memberOf('Note'),
  DeleteNoteResult: memberOf('Note'),
  RestoreNoteResult: memberOf('Note'),
};
