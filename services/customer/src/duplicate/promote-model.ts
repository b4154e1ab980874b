// A learned model judges nobody until a person has looked at it and promoted it; the shipped one can be promoted back. [Duplicate Detection]
import { notFound } from '@customer360/kernel/problem';
import type { Ctx } from '../loaders.ts';
import { listModels, type MatchingModelRow, promote } from './matching-model.table.ts';

/** Makes this version judge from now on; other instances follow within seconds. */
export async function promoteModel(ctx: Pick<Ctx, 'db' | 'actor'>, version: string): Promise<MatchingModelRow> {
  if (!(await promote(ctx.db, version, ctx.actor))) throw notFound('MatchingModel', version, 'version');
  return (await listModels(ctx.db)).find((row) => row.version === version)!;
}
