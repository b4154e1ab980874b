// The one door of this service beside the graph: files come in and go out as streams, which a graph cannot carry. A random token in the path is the
// permission, given by startImport and importReport, for one import and one direction. The gateway passes the door on under the same path.
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceContext } from '@customer360/kernel/context';
import { Refused } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { answerBulkFile } from '../bulk/export-file.ts';
import type { CustomerEnv } from '../env.ts';
import { holdImport, importSelect } from './import.table.ts';
import type { Import } from './import.ts';
import { writeReport } from './report.ts';
import { writerOf } from './run-import.ts';
import { hashOf } from './start-import.ts';
import { forgetFile, storeFile } from './stored-file.ts';

/** PUT takes the file of an import, GET answers its report. */
export const fileDoor =
  (ctx: ServiceContext) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = new URL(request.url ?? '/', 'http://door').searchParams.get('token') ?? '';
    const link = await findLink(ctx, token);
    if (!link && (await answerBulkFile(ctx, token, request, response))) return;
    if (!link) throw new Refused(404, 'NOT_FOUND', 'no such link, or it has expired; ask for a new one');
    if (request.method === 'PUT' && link.purpose === 'upload') await receive(ctx, link.job, request, response);
    else if (request.method === 'GET' && link.purpose === 'report') await writeReport(ctx, link.job, response);
    else throw new Refused(405, 'METHOD_NOT_ALLOWED', link.purpose === 'upload' ? 'send the file with PUT' : 'fetch the report with GET');
  };

async function findLink(ctx: ServiceContext, token: string): Promise<{ job: Import; purpose: 'upload' | 'report' } | undefined> {
  if (!/^[\w-]{20,60}$/.test(token)) return undefined;
  const row = await ctx.db.one<Import & { purpose: 'upload' | 'report' }>(
    'findFileLink',
    sql`select ${importSelect}, k.purpose from import_token k join import t on t.id = k.import_id
        where k.token_hash = ${hashOf(token)} and k.expires_at > now() and t.deleted_at is null`,
  );
  return row && { job: row, purpose: row.purpose };
}

async function receive(ctx: ServiceContext, job: Import, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (job.status !== 'awaiting_file') throw new Refused(409, 'CONFLICT', 'the file of this import is here already', { status: job.status });
  const max = (ctx.env as CustomerEnv).IMPORT_MAX_BYTES;
  const tooLarge = (asked: number) =>
    new Refused(413, 'LIMIT_EXCEEDED', `the file is larger than ${max} bytes`, { limit: 'fileBytes', max, asked });
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > max) throw tooLarge(announced);
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') throw new Refused(415, 'BAD_REQUEST', 'compressed bodies are not accepted');
  const uploadId = randomUUID();
  const hash = createHash('sha256');
  let bytes = 0;
  let complete = false;
  try {
    await storeFile(ctx, job.id, uploadId, request, (piece) => {
      bytes += piece.length;
      if (bytes > max) throw tooLarge(bytes);
      hash.update(piece);
    });
    complete = await transact<boolean>({ ...ctx, actor: writerOf(job) }, { lock: [job.id] }, async (tx) => {
      if ((await holdImport(tx, job.id)).status !== 'awaiting_file') return false;
      await tx.query(
        'keepImportFile',
        sql`update import set status = 'reading', version = version + 1, updated_at = ${tx.now}, step_started_at = ${tx.now}, upload_id = ${uploadId},
              bytes = ${bytes}, sha256 = ${hash.digest('hex')} where id = ${job.id}`,
      );
      await tx.query('useUploadLinks', sql`delete from import_token where import_id = ${job.id} and purpose = 'upload'`);
      return true;
    });
    if (!complete) throw new Refused(409, 'CONFLICT', 'another upload of this import was faster');
  } finally {
    if (!complete) await ctx.db.query('forgetUpload', sql`delete from import_file where upload_id = ${uploadId}`);
  }
  await forgetFile(ctx, job.id, uploadId);
  response.writeHead(201, { 'content-type': 'application/json; charset=utf-8' }).end(`${JSON.stringify({ importId: job.id, bytes })}\n`);
}
