// Keep the tags in order [CustomerList]: make, rename, recolour, merge two spellings into one, delete. None of it touches the customers: what they carry is
// read through the tag, and consumers follow `tag-updated` and `tag-deleted`.
import { newRow } from '@customer360/kernel/entity';
import { badInput, expectVersion, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { changesOf, insertRow, updateRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact, readRow } from '../write.ts';
import { findTagsByName, TagTable } from './tag.table.ts';
import { checkColour, checkTagName, type Tag } from './tag.ts';

/** Makes a tag that nobody carries yet. */
export async function createTag(
  ctx: Ctx,
  input: { name: string; colour?: string | null; idempotencyKey?: string | null },
): Promise<Tag | Problem> {
  const name = checkTagName('input.name', input.name);
  const colour = checkColour('input.colour', input.colour) ?? null;
  const once = { key: input.idempotencyKey, operation: 'createTag', input, replay: (tx: Tx, id: string) => readRow(tx, TagTable, id) };
  return transact<Tag, Problem>(ctx, { lock: [nameLock(name)], once }, async (tx) => {
    const taken = await refuseTaken(tx, name, null);
    if (taken) return taken;
    const tag = await insertRow<Tag>(tx, TagTable, { ...newRow(tx.actor, tx.now), name, colour, mergedInto: null });
    tx.emit(fact('tag-created', tag.id, { tagId: tag.id, version: tag.version, name, colour }));
    return tag;
  });
}

/** Renames or recolours a tag at the expected version. */
export async function updateTag(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: { name?: string | null; colour?: string | null },
): Promise<Tag | Problem> {
  if (input.name === null) throw badInput('input.name', 'cannot be cleared');
  const name = input.name === undefined ? undefined : checkTagName('input.name', input.name);
  const wanted = { name, colour: checkColour('input.colour', input.colour) };
  return transact<Tag, Problem>(ctx, { lock: [id, ...(name ? [nameLock(name)] : [])] }, async (tx) => {
    const tag = await livingTag(tx, id, 'id');
    expectVersion('Tag', tag, expectedVersion);
    const taken = name ? await refuseTaken(tx, name, id) : undefined;
    if (taken) return taken;
    const changes = changesOf<Tag>(tag, wanted as Partial<Tag>);
    if (Object.keys(changes).length === 0) return tag;
    const saved = await updateRow(tx, TagTable, tag, changes);
    const { version, colour } = saved;
    tx.emit(fact('tag-updated', id, { tagId: id, version, name: saved.name, colour, changed: Object.keys(changes) }));
    return saved;
  });
}

/** Merges a tag into another one: who carries it carries that one from now on. Answers the one that stays. */
export async function mergeTags(ctx: Ctx, id: string, intoId: string, expectedVersion?: number | null): Promise<Tag> {
  if (id === intoId) throw badInput('intoId', 'is the tag itself');
  return transact<Tag>(ctx, { lock: [id, intoId] }, async (tx) => {
    const tag = await livingTag(tx, id, 'id');
    const into = await livingTag(tx, intoId, 'intoId');
    expectVersion('Tag', tag, expectedVersion);
    await tx.query('followMergedTag', sql`update tag set merged_into = ${intoId}::uuid where merged_into = ${id}`);
    await retire(tx, tag, intoId);
    return into;
  });
}

/** Deletes a tag; nobody carries it any more. */
export async function deleteTag(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<Tag> {
  return transact<Tag>(ctx, { lock: [id] }, async (tx) => {
    const tag = await livingTag(tx, id, 'id');
    expectVersion('Tag', tag, expectedVersion);
    return retire(tx, tag, null);
  });
}

async function retire(tx: Tx, tag: Tag, mergedInto: string | null): Promise<Tag> {
  const gone = await updateRow(tx, TagTable, tag, { deletedAt: tx.now, mergedInto });
  tx.emit(fact('tag-deleted', tag.id, { tagId: tag.id, version: gone.version, mergedInto }));
  return gone;
}

async function livingTag(tx: Tx, id: string, field: string): Promise<Tag> {
  const tag = await tx.manager.getRepository(TagTable).findOneBy({ id } as never);
  if (!tag || tag.deletedAt !== null) throw notFound('Tag', id, field);
  return tag;
}

const nameLock = (name: string): string => `tag:${name.toLowerCase()}`;

async function refuseTaken(tx: Tx, name: string, exceptId: string | null): Promise<Problem | undefined> {
  const taken = (await findTagsByName(tx, [name])).find(({ id }) => id !== exceptId);
  return taken && problem('TagNameTaken', 'Another tag has this name; merge the two with mergeTags.', { tagId: taken.id });
}
