// The first sheet of an XLSX file as lines of cells, one at a time: a zip archive of XML, read as streams with every size bounded before and while
// it is unpacked (zip bombs), and without expanding entities. Formulas give the value that the spreadsheet program stored; one without is an error
// of its cell.
import { SaxesParser } from 'saxes';
import { type Entry, fromRandomAccessReaderPromise, type RandomAccessReader, type ZipFile } from 'yauzl';
import { FileRefused, LIMITS } from './import.ts';
import type { FileLine } from './read-csv.ts';

export interface XlsxLimits {
  /** Bytes of all entries together once unpacked. */
  readonly unpackedBytes: number;
  /** Bytes of the table of shared texts, which is held in memory. */
  readonly sharedTextBytes: number;
}
const MAX_ENTRIES = 5_000;
const SMALL_XML = 4 * 1_048_576;

/** The lines of the first sheet, its header first. Throws FileRefused. */
export async function* readXlsx(archive: RandomAccessReader, bytes: number, limits: XlsxLimits): AsyncGenerator<FileLine> {
  try {
    const zip = await fromRandomAccessReaderPromise(archive, bytes, { lazyEntries: true, autoClose: false, strictFileNames: false });
    const entries = await entriesOf(zip, limits);
    const sheet = entries.get(await firstSheet(zip, entries));
    if (!sheet) throw new FileRefused('damaged', 'The archive holds no sheet; is it an XLSX file?');
    yield* linesOf(zip, sheet, limits, await sharedTexts(zip, entries.get('xl/sharedStrings.xml'), limits));
  } catch (error) {
    throw error instanceof FileRefused || !isArchiveError(error)
      ? error
      : new FileRefused('damaged', 'The archive is damaged, or no XLSX file.');
  }
}

/** Errors of the archive and its XML come without a code of the system or of Postgres. */
const isArchiveError = (error: unknown): boolean =>
  error instanceof Error && !(error as { severity?: string }).severity && !/ECONN|Connection/.test(error.message);

async function entriesOf(zip: ZipFile, limits: XlsxLimits): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES)
    throw new FileRefused('too_large', `The archive has ${zip.entryCount} entries; at most ${MAX_ENTRIES} are read.`);
  const entries = new Map<string, Entry>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new FileRefused('encrypted', 'The file is encrypted; save it without a password.');
    unpacked += entry.uncompressedSize;
    if (unpacked > limits.unpackedBytes) throw tooLarge(limits.unpackedBytes);
    entries.set(entry.fileName.replace(/^\//, ''), entry);
  }
  return entries;
}

const tooLarge = (max: number) =>
  new FileRefused('too_large', `Unpacked the file is larger than ${max} bytes; split it, or save it as CSV.`);

/** Feeds an entry to an XML parser; yields between chunks, so that what was read can be taken. The declared size is held by yauzl, ours counts too. */
async function* parsing(zip: ZipFile, entry: Entry, parser: SaxesParser, max: number): AsyncGenerator<void> {
  if (entry.uncompressedSize > max) throw tooLarge(max);
  const stream = await zip.openReadStreamPromise(entry);
  const text = new TextDecoder('utf-8');
  let failure: Error | undefined;
  let size = 0;
  parser.on('error', (error) => {
    failure ??= error;
  });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > max) throw tooLarge(max);
      parser.write(text.decode(chunk, { stream: true }));
      if (failure) throw failure;
      yield;
    }
    parser.close();
    if (failure) throw failure;
    yield;
  } finally {
    stream.destroy();
  }
}

async function parseAll(zip: ZipFile, entry: Entry, parser: SaxesParser, max: number): Promise<void> {
  for await (const _ of parsing(zip, entry, parser, max));
}

/** Name of the entry of the workbook's first sheet. */
async function firstSheet(zip: ZipFile, entries: Map<string, Entry>): Promise<string> {
  const workbook = entries.get('xl/workbook.xml');
  const links = entries.get('xl/_rels/workbook.xml.rels');
  if (!workbook || !links) return 'xl/worksheets/sheet1.xml';
  let wanted: string | undefined;
  const ofSheets = new SaxesParser();
  ofSheets.on('opentag', ({ name, attributes }) => {
    if (local(name) === 'sheet') wanted ??= String(attributes['r:id'] ?? '');
  });
  await parseAll(zip, workbook, ofSheets, SMALL_XML);
  let target: string | undefined;
  const ofLinks = new SaxesParser();
  ofLinks.on('opentag', ({ name, attributes }) => {
    if (local(name) === 'Relationship' && attributes.Id === wanted) target = String(attributes.Target ?? '');
  });
  await parseAll(zip, links, ofLinks, SMALL_XML);
  if (!target) return 'xl/worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

async function sharedTexts(zip: ZipFile, entry: Entry | undefined, limits: XlsxLimits): Promise<string[]> {
  const texts: string[] = [];
  if (!entry) return texts;
  let text = '';
  let inText = false;
  let phonetic = false;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    const tag = local(name);
    if (tag === 'si') text = '';
    else if (tag === 'rPh') phonetic = true;
    else if (tag === 't') inText = !phonetic;
  });
  parser.on('text', (more) => {
    if (inText) text += more;
  });
  parser.on('closetag', ({ name }) => {
    const tag = local(name);
    if (tag === 'si') texts.push(text);
    else if (tag === 'rPh') phonetic = false;
    else if (tag === 't') inText = false;
  });
  await parseAll(zip, entry, parser, limits.sharedTextBytes);
  return texts;
}

async function* linesOf(zip: ZipFile, sheet: Entry, limits: XlsxLimits, texts: readonly string[]): AsyncGenerator<FileLine> {
  const ready: FileLine[] = [];
  let line = 0;
  let column = 0;
  let cells: string[] = [];
  let unreadable: Array<{ column: number; message: string }> = [];
  let kind = 'n';
  let value: string | undefined;
  let formula = false;
  let collecting = false;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const tag = local(name);
    if (tag === 'row') {
      line = Number(attributes.r) || line + 1;
      column = 0;
      cells = [];
      unreadable = [];
    } else if (tag === 'c') {
      column = columnOf(String(attributes.r ?? '')) ?? column + 1;
      if (column > LIMITS.columns)
        throw new FileRefused('too_many_columns', `A line has ${column} columns; at most ${LIMITS.columns} are read.`, { line, column });
      kind = String(attributes.t ?? 'n');
      value = undefined;
      formula = false;
    } else if (tag === 'f') formula = true;
    else if (tag === 'v' || tag === 't') collecting = true;
  });
  parser.on('text', (more) => {
    if (!collecting) return;
    value = (value ?? '') + more;
    if (value.length > LIMITS.recordBytes)
      throw new FileRefused('record_too_long', `A cell is longer than ${LIMITS.recordBytes} bytes.`, { line, column });
  });
  parser.on('closetag', ({ name }) => {
    const tag = local(name);
    if (tag === 'v' || tag === 't') collecting = false;
    else if (tag === 'c') {
      while (cells.length < column) cells.push('');
      if (kind === 'e') unreadable.push({ column, message: `holds the error ${value ?? ''}`.trim() });
      else if (formula && value === undefined) unreadable.push({ column, message: 'holds a formula whose value was not saved' });
      else cells[column - 1] = cellText(kind, value ?? '', texts);
    } else if (tag === 'row' && cells.some((cell) => cell !== ''))
      ready.push({ line, cells, ...(unreadable.length > 0 && { unreadable }) });
    else if (tag === 'row' && unreadable.length > 0) ready.push({ line, cells, unreadable });
  });
  for await (const _ of parsing(zip, sheet, parser, limits.unpackedBytes)) yield* ready.splice(0);
}

/** `C5` is column 3. */
function columnOf(reference: string): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  return letters ? [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) : undefined;
}

function cellText(kind: string, value: string, texts: readonly string[]): string {
  if (kind === 's') return texts[Number(value)] ?? '';
  if (kind === 'b') return value === '1' ? 'true' : 'false';
  // A long number is stored as 4.930123456E9; as text it is what the cell shows.
  if (kind === 'n' && /e/i.test(value) && Number.isSafeInteger(Number(value))) return String(Number(value));
  return value;
}
