// `npm run contracts:check` judged: random edits of the real schemas, each classified, and the classification held against payloads: those that the old
// writer may write are given to the new reader, and the reverse. For the graph: removal and narrowing with and without a deprecation period.
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { type EventSchema, readContracts } from '../../scripts/asyncapi.ts';
import { compareEvents, compareSchema } from '../../scripts/contracts/compare-events.ts';
import { compareGraphs } from '../../scripts/contracts/compare-graph.ts';
import { check } from '../../scripts/contracts.ts';
import { edits, nodesOf, unseen } from './edits.ts';
import { misunderstanding } from './payloads.ts';

const contracts = readContracts(join(import.meta.dirname, '../../schemas'));

test('the working tree keeps what the last release promised', async () => {
  expect((await check()).breaking).toEqual([]);
}, 60_000);

test('a random edit of a random contract is classified as the payloads prove it', () => {
  const tally = { compatible: 0, breaking: 0 };
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (which, where, how) => {
      const schema = contracts.events[which % contracts.events.length]!;
      const edited = structuredClone(schema);
      const nodes = nodesOf(edited);
      const node = nodes[where % nodes.length]!;
      const possible = edits.filter((edit) => edit.fits(node));
      const edit = possible[how % possible.length];
      if (!edit) return;
      edit.apply(node);
      const broken = compareSchema(schema, edited);
      const proof = misunderstanding(schema, edited);
      tally[broken.length > 0 ? 'breaking' : 'compatible']++;
      const story = `${schema.$id}: ${edit.name}`;
      expect([story, broken.length > 0]).toEqual([story, edit.breaks]);
      // Sound: no payload may misunderstand a change that was let through. Complete: a refused one has a payload to show, where payloads can show it.
      if (broken.length === 0) expect([story, proof]).toEqual([story, undefined]);
      else if (!unseen.has(edit.name)) expect([story, proof]).toEqual([story, expect.any(String)]);
    }),
    { numRuns: 400 },
  );
  expect(Math.min(tally.compatible, tally.breaking)).toBeGreaterThan(40);
}, 60_000);

test('several optional additions at once stay compatible; one narrowing among them is found', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), fc.boolean(), (which, places, narrow) => {
      const schema = contracts.events[which % contracts.events.length]!;
      const edited = structuredClone(schema);
      const add = edits.find(({ name }) => name === 'add an optional field')!;
      places.forEach((place, i) => {
        const objects = nodesOf(edited).filter((node) => add.fits(node));
        add.apply(objects[place % objects.length]!, `added${i}`);
      });
      if (narrow) edited.required = edited.required!.slice(1);
      expect(compareSchema(schema, edited).length > 0).toBe(narrow);
      expect(misunderstanding(schema, edited) !== undefined).toBe(narrow);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('a removed event, a removed topic, another partition count and a shorter retention break; a new event does not', () => {
  const edit = (change: (copy: typeof contracts) => void) => {
    const copy = structuredClone(contracts);
    change(copy);
    return compareEvents(contracts, copy);
  };
  expect(edit((c) => void c.events.shift())).toEqual([expect.stringContaining('was removed')]);
  expect(edit((c) => void c.topics.shift())).toEqual([expect.stringContaining('was removed')]);
  expect(edit((c) => void c.partitions++)).toEqual([expect.stringContaining('partition count')]);
  expect(
    edit((c) => {
      c.kinds.facts!['retention.ms'] = '1000';
    }),
  ).toEqual([expect.stringContaining('shorter')]);
  expect(edit((c) => void c.events.push({ $id: 'crm.customer.thing-happened.v1' } as EventSchema))).toEqual([]);
});

const graph = (body: string) =>
  buildSchema(`enum Size { S M ${body.includes('ENUM') ? '' : 'L @deprecated(reason: "Use M, until 2026-01-31.")'} } input New { a: Int b: Int ${body.includes('NEED') ? 'c: Int!' : ''} }
    type Query { kept: Int ${body}
    }`);

test.each<[string, string, string, boolean]>([
  ['a removed field breaks', 'gone: Int', '', true],
  ['one deprecated without a day breaks', 'gone: Int @deprecated(reason: "Use kept.")', '', true],
  ['one deprecated until a day to come breaks', 'gone: Int @deprecated(reason: "Use kept, until 2026-12-31.")', '', true],
  ['one whose day is over may go', 'gone: Int @deprecated(reason: "Use kept, until 2026-01-31.")', '', false],
  ['a deprecation with less than 90 days of notice breaks', 'x: Int', 'x: Int @deprecated(reason: "until 2026-07-31")', true],
  ['one with 90 days is fine', 'x: Int', 'x: Int @deprecated(reason: "until 2026-09-30")', false],
  ['a shortened notice breaks', 'x: Int @deprecated(reason: "until 2027-01-31")', 'x: Int @deprecated(reason: "until 2026-07-31")', true],
  ['an answer that may be null now breaks', 'x: Int!', 'x: Int', true],
  ['an argument that became required breaks', 'x(a: Int): Int', 'x(a: Int!): Int', true],
  ['a new required argument breaks', 'x: Int', 'x(a: Int!): Int', true],
  ['another type breaks', 'x: Int', 'x: String', true],
  ['a new field is fine', '', 'x: Int', false],
  ['a new optional argument is fine', 'x: Int', 'x(a: Int): Int', false],
  ['an answer that is never null now is fine', 'x: Int', 'x: Int!', false],
  ['a required input field breaks', 'x(a: New): Int', 'x(a: New): Int #NEED', true],
  ['an enum value whose day is over may go', 'x: Size', 'x: Size #ENUM', false],
])('graph: %s', async (_, before, after, breaks) => {
  const { breaking } = await compareGraphs(graph(before), graph(after.replace('#', '\n#')), new Date('2026-06-01T00:00:00Z'));
  expect(breaking.length > 0).toBe(breaks);
});

test('graph: a union that loses a member breaks, one that gains one is a note', async () => {
  const union = (members: string) =>
    buildSchema(`type A { x: Int } type B { x: Int } union AB = ${members} type Query { ab: AB a: A b: B }`);
  expect((await compareGraphs(union('A | B'), union('A'))).breaking).toHaveLength(1);
  expect(await compareGraphs(union('A'), union('A | B'))).toEqual({ breaking: [], notes: [expect.any(String)] });
});
