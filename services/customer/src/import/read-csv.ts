// A CSV file as lines of cells, one at a time: memory does not grow with the file. What is wrong with a single line becomes an error of that line.
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import iconv from 'iconv-lite';
import { FileRefused, LIMITS } from './import.ts';

/** One line of a file. `line` counts from 1 and is where its record begins. */
export interface FileLine {
  readonly line: number;
  readonly cells: readonly string[];
  /** Cells that cannot be read, by column from 1. */
  readonly unreadable?: ReadonlyArray<{ column: number; message: string }>;
}

/** Text of bytes in this encoding; a byte order mark is left out, what cannot be decoded becomes U+FFFD. */
export async function* decode(file: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding);
  for await (const chunk of file) {
    const text = decoder.write(chunk);
    if (text) yield text;
  }
  const rest = decoder.end();
  if (rest) yield rest;
}

interface Info {
  record: string[];
  info: { lines: number };
}

/** The lines of a CSV file, its header first. Throws FileRefused where the file as a whole cannot be read on. */
export async function* readCsv(file: AsyncIterable<Buffer>, encoding: string, delimiter: string): AsyncGenerator<FileLine> {
  const parser = parse({
    delimiter,
    info: true,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LIMITS.recordBytes,
  });
  const source = Readable.from(decode(file, encoding), { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let countedTwice = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Info>) {
      // The parser counts a CR LF inside a value as two line breaks, here and for all lines that follow.
      for (const cell of record) countedTwice += cell.match(/\r\n/g)?.length ?? 0;
      const breaks = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
      yield { line: Math.max(1, info.lines - breaks - countedTwice), cells: record };
    }
  } catch (error) {
    throw asRefusal(error);
  } finally {
    source.destroy();
  }
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const where = { line: Number(error.lines) || undefined, column: typeof error.column === 'number' ? error.column + 1 : undefined };
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return new FileRefused('unclosed_quote', 'A quoted value is opened and never closed.', where);
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new FileRefused(
      'record_too_long',
      `A line is longer than ${LIMITS.recordBytes} bytes; is the delimiter or a quote missing?`,
      where,
    );
  return new FileRefused('damaged', `The file is not readable as CSV (${error.code}).`, where);
}
