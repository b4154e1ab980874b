// Begins an import [WF-CM-001, Bulk Import] and hands out the door through which its file comes: a path with a random token, stored as a hash, good for
// an hour and until the file is complete. What the file does not say of its rows is said here.
import { createHash, randomBytes } from 'node:crypto';
import { newRow } from '@customer360/kernel/entity';
import { badInput, checkText, type Problem } from '@customer360/kernel/problem';
import { insertRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import { checkCountry } from '../address/address.ts';
import { MAIN_SYSTEM } from '../customer/external-id.ts';
import { refuseInactiveOwner } from '../customer/owner.ts';
import type { Ctx } from '../loaders.ts';
import { readRow } from '../write.ts';
import { ImportTable } from './import.table.ts';
import { type Import, type ImportOptions, LIMITS, NO_COUNTS } from './import.ts';

export interface StartImportInput {
  fileName: string;
  externalSystem?: string | null;
  ownerId?: string | null;
  defaultType?: ImportOptions['defaultType'];
  defaultCountry?: string | null;
  idempotencyKey?: string | null;
}

export interface FileLink {
  /** Below the graph's own address. */
  url: string;
  expiresAt: Date;
}

export interface ImportStarted extends FileLink {
  __typename: 'ImportStarted';
  import: Import;
}

const LIFETIME_MS = 60 * 60_000;

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Makes a link to the file door; also forgets some expired ones. */
export async function giveFileLink(ctx: Pick<Ctx, 'db' | 'name'>, importId: string, purpose: 'upload' | 'report'): Promise<FileLink> {
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(Date.now() + LIFETIME_MS);
  await ctx.db.query(
    'giveFileLink',
    sql`with swept as (delete from import_token where token_hash in (select token_hash from import_token where expires_at < now() limit 100))
        insert into import_token (token_hash, import_id, purpose, expires_at) values (${hashOf(token)}, ${importId}, ${purpose}, ${expiresAt})`,
  );
  return { url: `/files/${ctx.name}?token=${token}`, expiresAt };
}

/** Starts an import that waits for its file. */
export async function startImport(ctx: Ctx, input: StartImportInput): Promise<ImportStarted | Problem> {
  checkText('input.fileName', input.fileName, { max: LIMITS.fileNameLength, required: true });
  checkText('input.externalSystem', input.externalSystem, { max: 100 });
  if (input.externalSystem != null && !/^[a-z0-9][a-z0-9._-]*$/.test(input.externalSystem))
    throw badInput('input.externalSystem', 'is made of lower-case letters, digits, dots, dashes and underscores');
  checkCountry('input.defaultCountry', input.defaultCountry);
  const options: ImportOptions = {
    externalSystem: input.externalSystem ?? MAIN_SYSTEM,
    ownerId: input.ownerId === undefined ? (ctx.actor.kind === 'STAFF' ? ctx.actor.id : null) : input.ownerId,
    defaultType: input.defaultType ?? null,
    defaultCountry: input.defaultCountry ?? null,
  };
  const once = {
    key: input.idempotencyKey,
    operation: 'startImport',
    input,
    replay: (tx: Tx, id: string) => readRow(tx, ImportTable, id),
  };
  const made = await transact<Import, Problem>(ctx, { once }, async (tx) => {
    const inactive = options.ownerId === null ? undefined : await refuseInactiveOwner(tx, options.ownerId);
    if (inactive) return inactive;
    return insertRow<Import>(tx, ImportTable, {
      ...newRow(tx.actor, tx.now),
      fileName: input.fileName.trim(),
      status: 'awaiting_file',
      format: null,
      encoding: null,
      delimiter: null,
      bytes: null,
      sha256: null,
      refusal: null,
      columns: null,
      mapping: null,
      options,
      actorId: tx.actor.id,
      actorRoles: [...tx.actor.roles],
      uploadId: null,
      rowsTotal: 0,
      rowsDone: 0,
      counts: NO_COUNTS,
      stepStartedAt: null,
      finishedAt: null,
      workedAt: null,
      clearedAt: null,
    });
  });
  if ('message' in made) return made;
  return { __typename: 'ImportStarted', import: made, ...(await giveFileLink(ctx, made.id, 'upload')) };
}
