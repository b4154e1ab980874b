// A small writer of XLSX files for tests: a zip archive of a few XML documents, with the freedom to be wrong where a test wants it.
import { crc32, deflateRawSync } from 'node:zlib';

/** A cell: text, a number, a boolean, or `{ xml }` as it shall stand in the sheet. */
export type Cell = string | number | boolean | null | { xml: string };

export interface XlsxOptions {
  /** Put texts into the shared table, as Excel does. */
  shared?: boolean;
  /** The sizes that the archive's directory claims. */
  claim?: (name: string, size: number) => number;
  encrypted?: boolean;
  more?: Record<string, string>;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function columnName(n: number): string {
  return n < 26 ? String.fromCharCode(65 + n) : columnName(Math.floor(n / 26) - 1) + String.fromCharCode(65 + (n % 26));
}

/** A workbook of one sheet. */
export function xlsx(rows: readonly (readonly Cell[])[], options: XlsxOptions = {}): Buffer {
  const texts: string[] = [];
  const cell = (value: Cell, reference: string): string => {
    if (value === null) return '';
    if (typeof value === 'object') return value.xml.replaceAll('REF', reference);
    if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`;
    if (typeof value === 'boolean') return `<c r="${reference}" t="b"><v>${Number(value)}</v></c>`;
    if (!options.shared) return `<c r="${reference}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
    texts.push(value);
    return `<c r="${reference}" t="s"><v>${texts.length - 1}</v></c>`;
  };
  const sheet = rows
    .map((cells, y) => `<row r="${y + 1}">${cells.map((value, x) => cell(value, `${columnName(x)}${y + 1}`)).join('')}</row>`)
    .join('');
  return zip(
    {
      '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
      'xl/workbook.xml':
        '<?xml version="1.0"?><workbook xmlns:r="r"><sheets><sheet name="One" sheetId="1" r:id="rId7"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<?xml version="1.0"?><Relationships><Relationship Id="rId7" Target="worksheets/first.xml"/></Relationships>',
      'xl/worksheets/first.xml': `<?xml version="1.0"?><worksheet><sheetData>${sheet}</sheetData></worksheet>`,
      ...(options.shared && {
        'xl/sharedStrings.xml': `<?xml version="1.0"?><sst>${texts.map((text) => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
      }),
      ...options.more,
    },
    options,
  );
}

function zip(files: Record<string, string>, options: XlsxOptions): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(options.encrypted ? 0x801 : 0x800, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(raw), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(options.claim?.(name, raw.length) ?? raw.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, entry, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}
