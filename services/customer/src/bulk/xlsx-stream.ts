// An XLSX workbook of one sheet, written as a stream: the rows arrive piece by piece, are deflated as they come, and their size and checksum follow them in
// the archive, so that memory stays flat whatever the export becomes [CustomerList]. Texts are inline strings, which no spreadsheet takes for formulas.
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const PARTS: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Customers" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
};

/** One row of the sheet. Control characters, which XML cannot hold, are left out. */
export function sheetRow(cells: readonly unknown[]): string {
  const cell = (value: unknown): string => {
    if (value === null || value === undefined || value === '') return '<c/>';
    if (typeof value === 'number') return `<c><v>${value}</v></c>`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const text = String(value).replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
    return `<c t="inlineStr"><is><t xml:space="preserve">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</t></is></c>`;
  };
  return `<row>${cells.map(cell).join('')}</row>\n`;
}

/** The workbook over pieces of rows. */
export async function* xlsxFile(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const entries: Entry[] = [];
  let offset = 0;
  async function* part(name: string, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const entry: Entry = { name, offset, crc: 0, size: 0, packed: 0 };
    entries.push(entry);
    const counted = async function* () {
      for await (const chunk of content) {
        entry.crc = crc32(chunk, entry.crc);
        entry.size += chunk.length;
        yield chunk;
      }
    };
    yield Buffer.concat([Buffer.from('PK\x03\x04'), head(entry, false), Buffer.from(name)]);
    for await (const chunk of Readable.from(counted(), { objectMode: false }).pipe(createDeflateRaw())) {
      entry.packed += chunk.length;
      yield chunk;
    }
    const after = Buffer.alloc(16);
    after.write('PK\x07\x08', 'latin1');
    after.writeUInt32LE(entry.crc, 4);
    after.writeUInt32LE(entry.packed, 8);
    after.writeUInt32LE(entry.size, 12);
    yield after;
  }
  async function* all(): AsyncGenerator<Buffer> {
    for (const [name, text] of Object.entries(PARTS)) yield* part(name, Readable.from([Buffer.from(text)]));
    yield* part('xl/worksheets/sheet1.xml', sheet(rows));
  }
  for await (const chunk of all()) {
    offset += chunk.length;
    yield chunk;
  }
  yield directory(entries, offset);
}

async function* sheet(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(`${XML}<worksheet xmlns="${MAIN}"><sheetData>\n`);
  yield* rows;
  yield Buffer.from('</sheetData></worksheet>');
}

interface Entry {
  name: string;
  offset: number;
  crc: number;
  size: number;
  packed: number;
}

/** What the local header and the directory say alike; the local one leaves the sizes to what follows the data. */
function head({ name, crc, packed, size }: Entry, known: boolean): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x808, 2);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt16LE(0x21, 8);
  if (known) {
    fields.writeUInt32LE(crc, 10);
    fields.writeUInt32LE(packed, 14);
    fields.writeUInt32LE(size, 18);
  }
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

function directory(entries: readonly Entry[], offset: number): Buffer {
  const listing = Buffer.concat(
    entries.map((entry) => {
      const rest = Buffer.alloc(14);
      rest.writeUInt32LE(entry.offset, 10);
      return Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head(entry, true), rest, Buffer.from(entry.name)]);
    }),
  );
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([listing, end]);
}
