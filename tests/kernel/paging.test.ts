// Lists never drop or repeat a row: property tests of keyset paging and of the filter grammar on real Postgres.
import { randomUUID } from 'node:crypto';
import { compileFilter } from '@customer360/kernel/filter';
import { connection, keyset, type PageArgs } from '@customer360/kernel/paging';
import { raw, sql } from '@customer360/kernel/sql';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Engine, engine } from './engine.ts';

let it: Engine;
beforeAll(async () => {
  it = await engine();
});
afterAll(() => it.close());

type Field = 'NAME' | 'RANK' | 'AMOUNT' | 'AT' | 'FLAG';
const list = keyset<Field>({
  fields: {
    NAME: { column: raw('t.name'), type: 'text', nullable: true },
    RANK: { column: raw('t.rank'), type: 'int', nullable: true },
    AMOUNT: { column: raw('t.amount'), type: 'numeric', nullable: true },
    AT: { column: raw('t.at'), type: 'timestamptz', nullable: true },
    FLAG: { column: raw('t.flag'), type: 'bool', nullable: true },
  },
  id: raw('t.id'),
  default: [{ field: 'RANK', direction: 'DESC' }],
});

const page = async (group: string, args: PageArgs<Field>) => {
  const plan = list.plan(args);
  const rows = await it.ctx.db.query<{ id: string; cursor: string }>(
    'pageThings',
    sql`select t.id, ${plan.cursor} from thing t where t.customer_id = ${group} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  return connection(rows, plan);
};

const thing = fc.record({
  name: fc.option(fc.constantFrom('a', 'b', 'B', 'ä', 'zz, "x"', '')),
  rank: fc.option(fc.integer({ min: 0, max: 3 })),
  amount: fc.option(fc.constantFrom('0.10', '0.1', '10', '-3.5')),
  at: fc.option(fc.constantFrom('2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000002Z', '2025-06-01T12:00:00+05:30')),
  flag: fc.option(fc.boolean()),
});
type Thing = { name: string | null; rank: number | null; amount: string | null; at: string | null; flag: boolean | null };
const order = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom<Field>('NAME', 'RANK', 'AMOUNT', 'AT', 'FLAG'),
    direction: fc.constantFrom<'ASC' | 'DESC'>('ASC', 'DESC'),
    nulls: fc.option(fc.constantFrom<'FIRST' | 'LAST'>('FIRST', 'LAST')),
  }),
  { minLength: 1, maxLength: 3, selector: (part) => part.field },
);

const insert = async (group: string, things: readonly Thing[]): Promise<string[]> => {
  const rows = things.map((t) => ({ ...t, id: randomUUID(), customer_id: group }));
  await it.ctx.db.query(
    'insertThings',
    sql`insert into thing (id, customer_id, name, rank, amount, at, flag) select id, customer_id, name, rank, amount, at, flag
        from jsonb_populate_recordset(null::thing, ${JSON.stringify(rows)}::jsonb)`,
  );
  return rows.map((row) => row.id);
};

test('with nulls, ties and concurrent inserts each row comes exactly once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(thing, { maxLength: 40 }),
      fc.array(thing, { maxLength: 6 }),
      order,
      fc.integer({ min: 1, max: 7 }),
      async (things, later, orderBy, first) => {
        const group = randomUUID();
        const before = await insert(group, things);
        const inserts = [...later];
        const got: string[] = [];
        for (let after: string | null = null; ; ) {
          const { nodes, edges, pageInfo } = await page(group, { first, after, orderBy });
          expect(edges.map((edge) => edge.node.id)).toEqual(nodes.map((node) => node.id));
          got.push(...nodes.map((node) => node.id));
          const next = inserts.shift();
          if (next) await insert(group, [next]);
          if (!pageInfo.hasNextPage) break;
          after = pageInfo.endCursor;
          expect(got.length).toBeLessThan(200);
        }
        expect(new Set(got).size).toBe(got.length);
        expect(before.filter((id) => !got.includes(id))).toEqual([]);
        const everything = (await page(group, { first: 200, orderBy })).nodes.map((node) => node.id);
        expect(got).toEqual(everything.filter((id) => got.includes(id)));
      },
    ),
    { numRuns: 60 },
  );
});

test('a page size out of range, a foreign cursor and a forged cursor are refused with a code', async () => {
  const code = async (args: PageArgs<Field>) =>
    page('x', args).then(
      () => 'ok',
      (error) => error.extensions?.code,
    );
  expect(await code({ first: 201 })).toBe('BAD_USER_INPUT');
  expect(await code({ first: 0 })).toBe('BAD_USER_INPUT');
  const group = randomUUID();
  await insert(group, [
    { name: 'a', rank: 1, amount: null, at: null, flag: null },
    { name: 'b', rank: 2, amount: null, at: null, flag: null },
  ]);
  const { pageInfo } = await page(group, { first: 1, orderBy: [{ field: 'NAME' }] });
  expect(await code({ after: pageInfo.endCursor, orderBy: [{ field: 'RANK' }] })).toBe('INVALID_CURSOR');
  const forge = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
  for (const forged of [
    '',
    '%%%',
    forge(null),
    forge([]),
    forge(['NAME ASC LAST,id ASC', 'x', 'no uuid']),
    forge(['NAME ASC LAST,id ASC', 3, randomUUID()]),
    forge(['NAME ASC LAST,id ASC', 'a\0', randomUUID()]),
  ]) {
    expect(await code({ after: forged, orderBy: [{ field: 'NAME' }] })).toBe('INVALID_CURSOR');
  }
  expect(await code({ after: forge(['AT ASC LAST,id ASC', '2026-99-99 00:00:00+00', randomUUID()]), orderBy: [{ field: 'AT' }] })).toBe(
    'INVALID_CURSOR',
  );
});

const fields = {
  name: { column: raw('t.name'), type: 'text' },
  rank: { column: raw('t.rank'), type: 'int' },
  amount: { column: raw('t.amount'), type: 'numeric' },
  flag: { column: raw('t.flag'), type: 'bool' },
} as const;
const leafFilter = fc.oneof(
  fc.record({ name: fc.record({ contains: fc.constantFrom('a', '%', '_', '"', '') }) }),
  fc.record({ name: fc.record({ in: fc.array(fc.constantFrom('a', 'b', 'B'), { maxLength: 3 }) }) }),
  fc.record({ rank: fc.record({ gt: fc.integer({ min: -1, max: 3 }) }) }),
  fc.record({ rank: fc.record({ ne: fc.integer({ min: 0, max: 3 }) }) }),
  fc.record({ amount: fc.record({ lte: fc.constantFrom('0.1', '5') }) }),
  fc.record({ flag: fc.record({ eq: fc.boolean() }) }),
  fc.record({ flag: fc.record({ isNull: fc.boolean() }) }),
);
const { tree } = fc.letrec<{ tree: object }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leafFilter,
    fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
}));

test('every row is in exactly one of a filter and its negation, missing values included', async () => {
  const group = randomUUID();
  const ids = await insert(
    group,
    fc.sample(thing, { numRuns: 60, seed: 7 }).map((t) => t as Thing),
  );
  const matching = async (filter: object) =>
    (
      await it.ctx.db.query<{ id: string }>(
        'filterThings',
        sql`select id from thing t where customer_id = ${group} and ${compileFilter(filter, fields)}`,
      )
    ).map((row) => row.id);
  await fc.assert(
    fc.asyncProperty(tree, async (filter) => {
      const yes = await matching(filter);
      const no = await matching({ not: filter });
      expect([...yes, ...no].sort()).toEqual([...ids].sort());
    }),
    { numRuns: 80 },
  );
});

test('a filter that is too deep, too large or unknown is refused naming the place', () => {
  const deep = Array.from({ length: 12 }).reduce<object>((inner) => ({ not: inner }), { rank: { eq: 1 } });
  expect(() => compileFilter(deep, fields)).toThrow(/nested deeper than 8/);
  expect(() => compileFilter({ any: Array.from({ length: 150 }, () => ({ rank: { eq: 1 } })) }, fields)).toThrow(
    /more than 100 conditions/,
  );
  expect(() => compileFilter({ rank: { in: Array.from({ length: 201 }, (_, i) => i) } }, fields)).toThrow(/more than 200 values/);
  expect(() => compileFilter({ secret: { eq: 1 } }, fields)).toThrow(/filter\.secret/);
});
