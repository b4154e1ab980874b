// An index over a big text file that never stands in the heap: a hash table of line numbers' places (6 bytes a slot, outside of the heap), the lines
// themselves are read from the file when they are asked for. Built once, in passing, so that requests are answered meanwhile. [Address AC-3]
import { createReadStream, openSync, readSync, statSync } from 'node:fs';

export interface LineIndex {
  /** The lines that have this key. */
  find(key: string): string[];
}

const EMPTY = 0;
/** A slot for so many bytes of the file: names are longer, so that about half of the slots stay empty. */
const BYTES_PER_SLOT = 16;
const MAX_LINE = 65_536;

/** Indexes the file by the keys of each of its lines. */
export async function indexLines(file: string, keysOf: (line: string) => Iterable<string>): Promise<LineIndex> {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(statSync(file).size / BYTES_PER_SLOT, 16)));
  // Where the line begins, plus one; and a few more bits of the hash, so that hardly any line is read in vain.
  const begins = new Uint32Array(slots);
  const marks = new Uint16Array(slots);
  let used = 0;
  const add = (key: string, begin: number) => {
    const hash = hashOf(key);
    let slot = hash.low & (slots - 1);
    while (begins[slot] !== EMPTY) {
      if (begins[slot] === begin + 1 && marks[slot] === hash.mark) return;
      slot = (slot + 1) & (slots - 1);
    }
    if (++used > slots * 0.9) throw new Error(`${file} has too many keys for its size`);
    begins[slot] = begin + 1;
    marks[slot] = hash.mark;
  };

  let begin = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      for (const key of keysOf(bytes.toString('utf8', from, end))) add(key, begin + from);
      from = end + 1;
    }
    begin += from;
    rest = bytes.subarray(from);
  }

  const handle = openSync(file, 'r');
  const page = Buffer.alloc(MAX_LINE);
  const lineAt = (at: number): string => {
    const bytes = page.subarray(0, readSync(handle, page, 0, MAX_LINE, at));
    const end = bytes.indexOf(10);
    return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  };
  return {
    find(key) {
      const { low, mark } = hashOf(key);
      const found: string[] = [];
      for (let slot = low & (slots - 1); begins[slot] !== EMPTY; slot = (slot + 1) & (slots - 1)) {
        if (marks[slot] !== mark) continue;
        const line = lineAt(begins[slot]! - 1);
        if (new Set(keysOf(line)).has(key)) found.push(line);
      }
      return found;
    },
  };
}

/** FNV-1a over the key's characters, and a second one for the mark. */
function hashOf(key: string): { low: number; mark: number } {
  let low = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b);
  }
  return { low: (low ^ (low >>> 15)) >>> 0, mark: (other ^ (other >>> 16)) & 0xffff };
}
