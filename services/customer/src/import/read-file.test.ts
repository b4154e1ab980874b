// What a file is and what its lines are, over files as the world writes them and over files that mean harm; pure.
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { RandomAccessReader } from 'yauzl';
import { type Cell, type XlsxOptions, xlsx } from '../../../../tests/support/xlsx.ts';
import { detect, detectDelimiter } from './detect.ts';
import { FileRefused } from './import.ts';
import { type FileLine, readCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';

async function* pieces(content: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
const all = async (lines: AsyncGenerator<FileLine>): Promise<FileLine[]> => {
  const list: FileLine[] = [];
  for await (const line of lines) list.push(line);
  return list;
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    (value) => value,
    (error) => (error instanceof FileRefused ? error.refusal : Promise.reject(error)),
  );

const NAMES = ['Name;Ort', 'Jürgen Groß;Köln', 'Žofia Łęcka;Łódź', 'Мария;Москва'].join('\n');

test.each([
  ['UTF-8', Buffer.from(NAMES), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${NAMES}`), 'utf-8'],
  ['UTF-16 little endian', iconv.encode(NAMES, 'utf-16le', { addBOM: true }), 'utf-16le'],
  ['UTF-16 big endian', iconv.encode(NAMES, 'utf-16be', { addBOM: true }), 'utf-16be'],
])('[WF-CM-001] a file in %s is read as written', async (_, content, encoding) => {
  expect(await detect(pieces(content))).toEqual({ format: 'csv', encoding });
  const lines = await all(readCsv(pieces(content), encoding, ';'));
  expect(lines.map(({ cells }) => cells)).toEqual(NAMES.split('\n').map((line) => line.split(';')));
  expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
});

test('[WF-CM-001] a file of an older Windows is read as written', async () => {
  const text = ['Name;Straße;Ort', ...Array.from({ length: 40 }, (_, n) => `Jürgen Müller ${n};Königstraße ${n};Düsseldorf`)].join('\r\n');
  const content = iconv.encode(text, 'windows-1252');
  const { encoding } = await detect(pieces(content));
  expect(encoding).toMatch(/windows-1252|iso-8859/);
  expect((await all(readCsv(pieces(content), encoding!, ';')))[1]!.cells).toEqual(['Jürgen Müller 0', 'Königstraße 0', 'Düsseldorf']);
});

test('[WF-CM-001] a UTF-8 file with one line of another encoding stays UTF-8: that line shows what it lost, the others are right', async () => {
  const content = Buffer.concat([
    Buffer.from('Name,Ort\nJürgen,Köln\nÄnne,Düren\n'),
    iconv.encode('Jörg,Bonn\n', 'windows-1252'),
    Buffer.from('Ömer,Mölln'),
  ]);
  expect(await detect(pieces(content))).toEqual({ format: 'csv', encoding: 'utf-8' });
  const lines = await all(readCsv(pieces(content), 'utf-8', ','));
  expect(lines[3]!.cells).toEqual(['J\ufffdrg', 'Bonn']);
  expect(lines[4]!.cells).toEqual(['Ömer', 'Mölln']);
});

test.each([
  ['a,b,c\n1,2,3\n', ','],
  ['a;b;c\n1,5;2,5;3,5\n4,1;5,1;6,1\n', ';'],
  ['a\tb\n"x\ty"\tz\n', '\t'],
  ['a|b|c\n1|2|3\n', '|'],
  ['name\nOne, Two\nThree\n', ','],
  ['"a;b","c"\n"d","e"\n', ','],
])('the delimiter of %j is %j', (text, delimiter) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});

test('[WF-CM-001] values with quotes, delimiters and line breaks stay whole, and a line knows where it begins', async () => {
  const content = Buffer.from('a,b\r\n"x, ""y""",2\r\n"two\r\nlines",3\r\n\r\nlast,4');
  for (const size of [1, 3, 1_000]) {
    const lines = await all(readCsv(pieces(content, size), 'utf-8', ','));
    expect(lines).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x, "y"', '2'] },
      { line: 3, cells: ['two\r\nlines', '3'] },
      { line: 6, cells: ['last', '4'] },
    ]);
  }
});

test.each([
  ['nothing', Buffer.alloc(0), 'empty'],
  ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]), 'binary'],
  ['control characters', Buffer.from(`name\n${'\x01\x02\x03'.repeat(50)}`), 'binary'],
  ['an old Excel file', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'unsupported_format'],
])('[WF-CM-001] %s is refused', async (_, content, code) => {
  expect(await refusal(detect(pieces(content)))).toMatchObject({ code });
});

test('[WF-CM-001] a quote that never ends and a line without end are refused with their line', async () => {
  expect(await refusal(all(readCsv(pieces(Buffer.from('a,b\n1,2\n"3,4\n5,6')), 'utf-8', ',')))).toMatchObject({
    code: 'unclosed_quote',
    line: expect.any(Number),
  });
  const endless = Buffer.alloc(1_200_000, 'x');
  expect(await refusal(all(readCsv(pieces(endless, 65_536), 'utf-8', ',')))).toMatchObject({ code: 'record_too_long' });
});

class Archive extends RandomAccessReader {
  private readonly content: Buffer;
  constructor(content: Buffer) {
    super();
    this.content = content;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from([this.content.subarray(start, end)], { objectMode: false });
  }
}
const LIMITS = { unpackedBytes: 10_000_000, sharedTextBytes: 1_000_000 };
const sheet = (rows: Cell[][], options: XlsxOptions = {}, limits = LIMITS) => {
  const content = xlsx(rows, options);
  return all(readXlsx(new Archive(content), content.length, limits));
};

test.each([true, false])('[WF-CM-001] the first sheet of an XLSX file is read, shared texts: %p', async (shared) => {
  const lines = await sheet(
    [['Name', 'Phone', 'Active', null, 'Note'], ['Jürgen & Söhne', 4930123456789, true, null, 'x'], [], ['Ada', 7.5, null]],
    { shared },
  );
  expect(lines).toEqual([
    { line: 1, cells: ['Name', 'Phone', 'Active', '', 'Note'] },
    { line: 2, cells: ['Jürgen & Söhne', '4930123456789', 'true', '', 'x'] },
    { line: 4, cells: ['Ada', '7.5'] },
  ]);
});

test('[WF-CM-001] a formula gives its value; one without a value and an error are mistakes of their cells', async () => {
  const lines = await sheet([
    ['A', 'B', 'C'],
    [
      { xml: '<c r="REF" t="str"><f>A1&amp;"x"</f><v>Ax</v></c>' },
      { xml: '<c r="REF"><f>1+1</f></c>' },
      { xml: '<c r="REF" t="e"><v>#DIV/0!</v></c>' },
    ],
  ]);
  expect(lines[1]).toMatchObject({
    cells: ['Ax', '', ''],
    unreadable: [
      { column: 2, message: expect.stringContaining('formula') },
      { column: 3, message: 'holds the error #DIV/0!' },
    ],
  });
});

test('[WF-CM-001] zip bombs, many columns, encryption and damage are refused', async () => {
  const honest = [['a'], ['b'.repeat(100_000)]];
  expect(await refusal(sheet(honest, { claim: (name, size) => (name.includes('worksheets') ? 4_000_000_000 : size) }))).toMatchObject({
    code: 'too_large',
  });
  expect(await refusal(sheet(honest, {}, { ...LIMITS, unpackedBytes: 50_000 }))).toMatchObject({ code: 'too_large' });
  // A directory that claims less than what comes out.
  expect(await refusal(sheet(honest, { claim: (name, size) => (name.includes('worksheets') ? 1_000 : size) }))).toMatchObject({
    code: 'damaged',
  });
  expect(await refusal(sheet([['a'], ['b'.repeat(2_000)]], { shared: true }, { ...LIMITS, sharedTextBytes: 1_000 }))).toMatchObject({
    code: 'too_large',
  });
  expect(await refusal(sheet([Array.from({ length: 10_000 }, (_, n) => `c${n}`)]))).toMatchObject({ code: 'too_many_columns', line: 1 });
  expect(await refusal(sheet([['a']], { encrypted: true }))).toMatchObject({ code: 'encrypted' });
  const whole = xlsx([['a']]);
  expect(await refusal(all(readXlsx(new Archive(whole.subarray(0, 90)), 90, LIMITS)))).toMatchObject({ code: 'damaged' });
  const entities =
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>';
  expect(await refusal(sheet([['a']], { more: { 'xl/worksheets/first.xml': entities } }))).toMatchObject({ code: 'damaged' });
});
