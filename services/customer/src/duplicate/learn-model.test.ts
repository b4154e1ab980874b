// Judged on public data with ground truth (FEBRL data set 2, ../shared/data, not part of the project): with the shipped weights and after learning without
// labels. And what learning must and must not do, on data made here.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { indexOf } from './candidate-pairs.ts';
import { learnModel, lessonOf } from './learn-model.ts';
import { completed, DEFAULT_MODEL, type MatchingModel } from './matching-model.ts';
import { type Profile, profileOf } from './profile.ts';
import { judge } from './score.ts';
import { countValues } from './statistics.ts';

const FEBRL = new URL('../../../../../shared/data/febrl-dataset2.csv', import.meta.url);

function febrl(): Array<{ entity: string; profile: Profile }> {
  const rows: Array<Record<string, string>> = parse(readFileSync(FEBRL, 'utf8'), { columns: true, trim: true });
  return rows.map((row) => ({
    entity: row.rec_id!.match(/^rec-(\d+)/)![1]!,
    profile: profileOf({
      type: 'individual',
      names: [],
      person: { given: row.given_name, family: row.surname },
      taxId: row.soc_sec_id ? { key: `AU:${row.soc_sec_id}`, verified: false } : null,
      birthDate: row.date_of_birth,
      addresses: [
        { street: `${row.street_number} ${row.address_1}`, city: row.suburb, state: row.state, postcode: row.postcode, country: 'AU' },
      ],
    }),
  }));
}

/** Pairs above 80, right and wrong, and how many there are to find. */
function judged(rows: ReadonlyArray<{ entity: string; profile: Profile }>, model: MatchingModel) {
  const profiles = rows.map(({ profile }) => profile);
  const index = indexOf(profiles);
  const world = { model, statistics: countValues(profiles, profiles.length), others: index.others };
  const count = { right: 0, wrong: 0 };
  index.pairs((a, b) => {
    if (judge(profiles[a]!, profiles[b]!, world).score > 80) count[rows[a]!.entity === rows[b]!.entity ? 'right' : 'wrong']++;
  });
  const sizes = Map.groupBy(rows, ({ entity }) => entity);
  return { ...count, all: [...sizes.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0) };
}

const withData = existsSync(FEBRL) ? test : test.skip;

withData('[AI Duplicate Detection] FEBRL data set 2: F1 of at least 0.99 at 80, and nobody is taken for another', () => {
  const rows = febrl();
  expect(rows).toHaveLength(5000);
  const learned = learnModel(lessonOf(rows.map(({ profile }) => profile)), DEFAULT_MODEL, 'learned-1').model;
  for (const model of [DEFAULT_MODEL, learned]) {
    const { right, wrong, all } = judged(rows, model);
    expect(all).toBe(1934);
    expect(wrong).toBe(0);
    expect((2 * right) / (right + wrong + all)).toBeGreaterThanOrEqual(0.99);
  }
});

/** Households of two; every third person has a second record under another phone. */
function households(): Array<{ entity: string; profile: Profile }> {
  const letters = (n: number) =>
    createHash('md5')
      .update(String(n))
      .digest('hex')
      .slice(0, 8)
      .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!);
  return Array.from({ length: 600 }, (_, n) => {
    const home = Math.floor(n / 2);
    const record = (again: boolean) => ({
      entity: String(n),
      profile: profileOf({
        type: 'individual',
        names: [`${letters(n * 7)} ${letters(home * 3 + 2000)}`],
        phones: [{ e164: `+4930${again ? 90_000_000 + n : 10_000_000 + home * 113}` }],
        addresses: [
          { street: `${letters(home)}weg ${(home % 90) + 1}`, city: letters(home % 40), postcode: String(10_000 + home), country: 'DE' },
        ],
      }),
    });
    return n % 3 === 0 ? [record(false), record(true)] : [record(false)];
  }).flat();
}

test('[AI Duplicate Detection] learning finds how many repeats there are, and does not take a household for one person', () => {
  const rows = households();
  const lesson = lessonOf(rows.map(({ profile }) => profile));
  const { model, customers, pairs } = learnModel(lesson, DEFAULT_MODEL, 'learned-7');
  expect([model.version, customers]).toEqual(['learned-7', rows.length]);
  expect(pairs).toBeGreaterThan(200);
  expect(model.expected.same).toBeGreaterThan(0.3);
  expect(model.expected.same).toBeLessThan(0.8);
  expect(model.fields.phone.equal!.m).toBeLessThan(DEFAULT_MODEL.fields.phone.equal!.m);
  for (const levels of Object.values(model.fields))
    for (const { m, u } of Object.values(levels)) expect([m > 0, m < 1, u > 0, u < 1]).toEqual([true, true, true, true]);
  const { right, wrong, all } = judged(rows, model);
  expect(wrong).toBe(0);
  expect(right).toBe(all);
  expect(learnModel(lesson, DEFAULT_MODEL, 'learned-7').model).toEqual(model);
});

test('[AI Duplicate Detection] a stored model gains what was added to the comparison since', () => {
  const { type: _, ...fields } = DEFAULT_MODEL.fields;
  const old = {
    ...DEFAULT_MODEL,
    version: 'learned-1',
    fields: { ...fields, place: { exact: { m: 0.5, u: 0.01 } } },
  } as unknown as MatchingModel;
  expect(completed(old)).toMatchObject({
    version: 'learned-1',
    fields: { type: DEFAULT_MODEL.fields.type, place: { exact: { m: 0.5 }, town: DEFAULT_MODEL.fields.place.town } },
  });
});
