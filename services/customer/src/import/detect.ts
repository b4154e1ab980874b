// What kind of file this is: by its first bytes, never by its name; for text its encoding, from all of its bytes, and its delimiter, from its first
// lines. A file that is UTF-8 but for some damaged lines stays UTF-8: those lines become row errors, the others are right.
import { analyse } from 'chardet';
import { parse } from 'csv-parse/sync';
import { FileRefused } from './import.ts';

const ZIP = Buffer.from('PK\x03\x04');
const OLD_OFFICE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const SAMPLE_BYTES = 256 * 1024;
/** Single-byte and Asian encodings that a spreadsheet program may have written; the detector's other guesses are noise. */
const KNOWN = /^(windows-125[0-8]|ISO-8859-\d+|Shift_JIS|EUC-JP|EUC-KR|Big5|GB18030|KOI8-R)$/;

export interface Detected {
  readonly format: 'csv' | 'xlsx';
  /** A name that iconv-lite and TextDecoder know; null for XLSX. */
  readonly encoding: string | null;
}

/** Reads the file once. Throws FileRefused for what is neither text nor XLSX. */
export async function detect(file: AsyncIterable<Buffer>): Promise<Detected> {
  const utf8 = new TextDecoder('utf-8');
  let sample = Buffer.alloc(0);
  let foreign = Buffer.alloc(0);
  let first = true;
  let wide = false;
  let damaged = 0;
  let sound = 0;
  let bytes = 0;
  for await (const chunk of file) {
    if (first) {
      if (chunk.subarray(0, 4).equals(ZIP)) return { format: 'xlsx', encoding: null };
      if (chunk.subarray(0, 4).equals(OLD_OFFICE))
        throw new FileRefused('unsupported_format', 'This is an old or encrypted Office file; save it as XLSX or CSV without a password.');
      wide = bom16(chunk) !== undefined;
      first = false;
    }
    bytes += chunk.length;
    if (sample.length < SAMPLE_BYTES) sample = Buffer.concat([sample, chunk.subarray(0, SAMPLE_BYTES)]);
    if (wide) continue;
    const zero = chunk.indexOf(0);
    if (zero >= 0 || controls(chunk)) throw new FileRefused('binary', 'The file holds bytes that no text has; expected CSV or XLSX.');
    if (foreign.length < SAMPLE_BYTES && /[\x80-\xff]/.test(chunk.toString('latin1'))) foreign = Buffer.concat([foreign, around(chunk)]);
    for (const character of utf8.decode(chunk, { stream: true }).match(/[^\0-\x7f]/g) ?? []) {
      if (character === '\ufffd') damaged++;
      else sound++;
    }
  }
  if (bytes === 0) throw new FileRefused('empty', 'The file is empty.');
  if (wide) return { format: 'csv', encoding: bom16(sample)! };
  damaged += utf8.decode().length;
  if (damaged === 0 || sound > damaged) return { format: 'csv', encoding: 'utf-8' };
  const guess = analyse(foreign).find(({ name }) => KNOWN.test(name))?.name ?? 'windows-1252';
  // What calls itself ISO-8859-1 is Windows-1252 in practice (and by the WHATWG's encoding standard).
  return { format: 'csv', encoding: guess === 'ISO-8859-1' ? 'windows-1252' : guess.toLowerCase() };
}

function bom16(chunk: Buffer): string | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : undefined;
}

/** Control characters that no text file holds, in more than one place of a thousand. */
function controls(chunk: Buffer): boolean {
  let count = 0;
  for (const byte of chunk) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) count++;
  return count > chunk.length / 1_000;
}

/** The lines with bytes above 127: what a detector can learn from. */
function around(chunk: Buffer): Buffer {
  const lines = chunk
    .toString('latin1')
    .split('\n')
    .filter((line) => /[\x80-\xff]/.test(line));
  return Buffer.from(lines.slice(0, 500).join('\n'), 'latin1');
}

const DELIMITERS = [',', ';', '\t', '|'];
const LINES = 50;

/** The delimiter that splits most of the first lines into the same number of columns, more being better. */
export function detectDelimiter(text: string): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const rows = columnCounts(text, delimiter);
    const [width = 1] = rows;
    if (width < 2) continue;
    const score = (rows.filter((count) => count === width).length / rows.length) * 1_000 + Math.min(width, 500);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function columnCounts(text: string, delimiter: string): number[] {
  try {
    const rows: string[][] = parse(text, {
      delimiter,
      to: LINES,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      bom: true,
    });
    return rows.map((row) => row.length);
  } catch {
    return [];
  }
}
