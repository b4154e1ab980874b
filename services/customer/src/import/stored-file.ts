// The uploaded file while it is needed: pieces of 256 KiB in the database, so that any instance can go on reading it after another was killed, and
// nothing personal lies on a disk that erasure and backups do not know. Deleted as soon as its rows are staged.
import { Readable } from 'node:stream';
import type { ServiceContext } from '@customer360/kernel/context';
import { sql } from '@customer360/kernel/sql';
import { RandomAccessReader } from 'yauzl';

const PIECE_BYTES = 256 * 1024;

/** Cuts a stream into pieces of PIECE_BYTES. */
async function* pieces(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < PIECE_BYTES) continue;
    let whole = Buffer.concat(waiting, size);
    for (; whole.length >= PIECE_BYTES; whole = whole.subarray(PIECE_BYTES)) yield whole.subarray(0, PIECE_BYTES);
    waiting = [whole];
    size = whole.length;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

/** Stores a body piece by piece, memory of one piece; `each` sees every piece first and may throw. */
export async function storeFile(
  ctx: ServiceContext,
  importId: string,
  uploadId: string,
  body: AsyncIterable<Buffer>,
  each: (piece: Buffer) => void,
): Promise<void> {
  let position = 0;
  for await (const piece of pieces(body)) {
    each(piece);
    await ctx.db.query(
      'storeImportFile',
      sql`insert into import_file (import_id, upload_id, position, content) values (${importId}, ${uploadId}, ${position++}, ${piece})`,
    );
  }
}

/** The stored bytes from `start` to before `end`. */
export async function* readStored(ctx: ServiceContext, uploadId: string, start = 0, end = Number.MAX_SAFE_INTEGER): AsyncGenerator<Buffer> {
  for (let position = Math.floor(start / PIECE_BYTES); position * PIECE_BYTES < end; position++) {
    const row = await ctx.db.one<{ content: Buffer }>(
      'readImportFile',
      sql`select content from import_file where upload_id = ${uploadId} and position = ${position}`,
    );
    if (!row) return;
    const from = position * PIECE_BYTES;
    yield row.content.subarray(Math.max(0, start - from), Math.min(row.content.length, end - from));
  }
}

/** The stored file as yauzl reads an archive: from its end, and anywhere. */
export class StoredArchive extends RandomAccessReader {
  private readonly ctx: ServiceContext;
  private readonly uploadId: string;
  constructor(ctx: ServiceContext, uploadId: string) {
    super();
    this.ctx = ctx;
    this.uploadId = uploadId;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(readStored(this.ctx, this.uploadId, start, end), { objectMode: false });
  }
}

/** Forgets what was stored of an import, except one upload. */
export const forgetFile = (ctx: Pick<ServiceContext, 'db'>, importId: string, exceptUpload: string | null = null): Promise<unknown> =>
  ctx.db.query(
    'forgetImportFile',
    sql`delete from import_file where import_id = ${importId} and upload_id is distinct from ${exceptUpload}::uuid`,
  );
