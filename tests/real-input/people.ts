// The persons of the real-input test: the first 1,000 originals of FEBRL data set 2 (`rec-N-org`, lowest N first), read where it lies beside the
// clone and never copied. Where it is absent, persons of the same shape are generated, holes in the fields included, and the test says so.
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export const PEOPLE = 1_000;
const FOLDER = new URL('../../../shared/data/', import.meta.url);

export interface Person {
  /** `rec-N-org`. */
  recordId: string;
  displayName: string;
  address: { streetLine1: string; streetLine2: string | null; city: string; stateProvince: string | null; postalCode: string | null };
}

type Row = Record<string, string>;

/** The rows of a file in the shared data folder, or undefined where it is absent. */
export function sharedRows(file: string): Row[] | undefined {
  const path = new URL(file, FOLDER);
  return existsSync(path) ? (parse(readFileSync(path), { columns: true, trim: true }) as Row[]) : undefined;
}

export function readPeople(): Person[] {
  const rows = sharedRows('febrl-dataset2.csv') ?? generatedRows();
  const number = (row: Row) => Number(row.rec_id!.split('-')[1]);
  return rows
    .filter((row) => row.rec_id!.endsWith('-org'))
    .sort((a, b) => number(a) - number(b))
    .slice(0, PEOPLE)
    .map(personOf);
}

/** Only what is in the row; where a field that an address must have is missing, `not stated` stands there. */
function personOf(row: Row): Person {
  const given = (...parts: Array<string | undefined>) => parts.filter((part) => part).join(' ');
  const street = row.address_1 ? given(row.street_number, row.address_1) : '';
  return {
    recordId: row.rec_id!,
    displayName: given(row.given_name, row.surname) || row.rec_id!,
    address: {
      streetLine1: street || row.address_2 || 'not stated',
      streetLine2: (street && row.address_2) || null,
      city: row.suburb || 'not stated',
      stateProvince: row.state || null,
      postalCode: row.postcode || null,
    },
  };
}

/** A small repeatable generator (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function generatedRows(): Row[] {
  const next = seeded(2);
  const pick = (text: string) => text.split(' ')[Math.floor(next() * text.split(' ').length)]!;
  const orNothing = (value: string, missing: number) => (next() < missing ? '' : value);
  return Array.from({ length: PEOPLE * 2 }, (_, n) => ({
    rec_id: `rec-${n}-${n % 2 === 0 ? 'org' : 'dup-0'}`,
    given_name: orNothing(pick('sarah jacob brinley aleisha thomas mia noah ella finn zoe'), 0.02),
    surname: orNothing(pick('bruhn lanyon efthimiou hobson webb clarke nguyen ryan white reid'), 0.01),
    street_number: orNothing(String(1 + Math.floor(next() * 300)), 0.04),
    address_1: orNothing(`${pick('forbes milne sturdee oliver namatjira wattle')} ${pick('street cove crescent place')}`, 0.02),
    address_2: orNothing(pick('wintersloe wellwod tremearne inglewood rosebank'), 0.1),
    suburb: orNothing(pick('kellerberrin scarborough toowoomba cronulla leura'), 0.01),
    postcode: String(2000 + Math.floor(next() * 7000)),
    state: orNothing(pick('vic qld nsw wa sa'), 0.01),
  }));
}
