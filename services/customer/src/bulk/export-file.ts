// The file of a finished export [CustomerList]: a link with a random token, stored as a hash, good for an hour; the door answers the pieces as a stream,
// one in memory at a time. The file itself is deleted a day after the export ended.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceContext } from '@customer360/kernel/context';
import { type Problem, problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { type FileLink, hashOf } from '../import/start-import.ts';
import type { Ctx } from '../loaders.ts';
import { requireBulkJob } from './bulk-job.table.ts';
import { type BulkJob, type ExportFormat, requesterOf, wrongStatus } from './bulk-job.ts';
import { xlsxFile } from './xlsx-stream.ts';

const LINK_MS = 60 * 60_000;

/** A link to the file; only for whoever asked for the export: another may not see the same customers. */
export async function requestBulkFile(ctx: Ctx, id: string): Promise<(FileLink & { __typename: 'BulkFile' }) | Problem> {
  const job = await requireBulkJob(ctx, id);
  const refused = wrongStatus(job, ['done']);
  if (refused) return refused;
  const requester = requesterOf(job);
  const own = requester.kind === ctx.actor.kind && requester.id === ctx.actor.id;
  const now = new Date();
  if (!own || job.fileExpiresAt === null || job.fileExpiresAt <= now)
    return problem('NoBulkFile', 'There is no file for you: only an export has one, for a day, and only for whoever asked for it.', {
      expiredAt: own ? job.fileExpiresAt : null,
    });
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(Math.min(now.getTime() + LINK_MS, job.fileExpiresAt.getTime()));
  await ctx.db.query(
    'giveBulkLink',
    sql`insert into bulk_token (token_hash, job_id, expires_at) values (${hashOf(token)}, ${id}, ${expiresAt})`,
  );
  return { __typename: 'BulkFile', url: `/files/${ctx.name}?token=${token}`, expiresAt };
}

/** Answers the file behind a token; false when it is not one of ours. */
export async function answerBulkFile(
  ctx: ServiceContext,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (request.method !== 'GET') return false;
  const job = await ctx.db.one<Pick<BulkJob, 'id' | 'arguments'>>(
    'findBulkLink',
    sql`select t.id, t.arguments from bulk_token k join bulk_job t on t.id = k.job_id
        where k.token_hash = ${hashOf(token)} and k.expires_at > now() and t.file_expires_at > now()`,
  );
  if (!job) return false;
  const format = job.arguments.format ?? 'csv';
  response.writeHead(200, {
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="customers-${job.id}.${format}"`,
  });
  const pieces = readPieces(ctx, job.id);
  for await (const chunk of format === 'xlsx' ? xlsxFile(pieces) : pieces) {
    if (response.destroyed) return true;
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
  return true;
}

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

async function* readPieces(ctx: ServiceContext, jobId: string): AsyncGenerator<Buffer> {
  for (let last = -1; ; ) {
    const piece = await ctx.db.one<{ position: number; content: Buffer }>(
      'readBulkFile',
      sql`select position, content from bulk_file where job_id = ${jobId} and position > ${last} order by position limit 1`,
    );
    if (!piece) return;
    last = piece.position;
    yield piece.content;
  }
}
