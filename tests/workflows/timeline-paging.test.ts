// Pages of a timeline: every line exactly once, with equal instants, pinned notes and rows that come in between; days that two pages share; and
// the number of SQL statements, which does not grow with anything.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createNote, logInteraction, newCustomer, timeline } from '../support/interactions.ts';
import { must, subgraph } from '../support/stack.ts';

/** All pages, and how the days of neighbouring pages claim to be connected. */
async function readAll(customerId: string, first: number, args: object = {}, between: () => Promise<unknown> = async () => {}) {
  const nodes: any[] = [];
  const groups: any[][] = [];
  let after: string | null = null;
  for (let page = 0; page < 100; page++) {
    const read: any = await timeline('sales_manager', customerId, { ...args, first, after });
    nodes.push(...read.nodes);
    if (read.groups) groups.push(read.groups);
    if (!read.pageInfo.hasNextPage) return { nodes, groups };
    after = read.pageInfo.endCursor;
    await between();
  }
  throw new Error('more than 100 pages');
}

test('[Note AC-3] with ties, pins and rows inserted meanwhile, each line comes exactly once and in order', async () => {
  const base = Date.now() - 20 * 86_400_000;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ minute: fc.integer({ min: 0, max: 3 }), note: fc.boolean(), pinned: fc.boolean() }), {
        minLength: 1,
        maxLength: 14,
      }),
      fc.integer({ min: 1, max: 5 }),
      async (plan, first) => {
        const customerId = await newCustomer();
        const made = await Promise.all(
          plan.map(({ minute, note, pinned }, i) =>
            note
              ? createNote('sales_manager', { customerId, title: `n${i}`, isPinned: pinned })
              : logInteraction('sales_manager', {
                  customerId,
                  subject: `i${i}`,
                  occurredAt: new Date(base + minute * 60_000).toISOString(),
                }),
          ),
        );
        // Newer than everything: stands before the cursor, so it must not disturb what follows.
        const { nodes } = await readAll(customerId, first, {}, () => logInteraction('sales_manager', { customerId, subject: 'meanwhile' }));
        const ids = nodes.map((line) => line.sourceId);
        expect(new Set(ids).size).toBe(ids.length);
        expect([...ids].filter((id) => made.some((row) => row.id === id)).sort()).toEqual(made.map((row) => row.id).sort());
        const keys = nodes.map((line) => `${line.pinned ? 1 : 0} ${line.occurredAt}`);
        expect(keys).toEqual([...keys].sort().reverse());
      },
    ),
    { numRuns: 8 },
  );
});

test('[Timeline Interaction] days are whole across pages of any size: a shared day is marked on both sides', async () => {
  const customerId = await newCustomer();
  const days = ['2026-03-01', '2026-03-02', '2026-03-02', '2026-03-02', '2026-03-04', '2026-03-04', '2026-03-05'];
  await createNote('sales_manager', { customerId, title: 'pinned', isPinned: true });
  for (const [i, day] of days.entries())
    await logInteraction('sales_manager', { customerId, occurredAt: `${day}T${String(20 - i)}:00:00Z` });
  const whole = (await timeline('sales_manager', customerId, { from: '2026-01-01T00:00:00Z', groupBy: 'DAY' })).groups;
  expect(whole.map((g: any) => [g.day, g.pinned, g.nodes.length])).toEqual([
    [null, true, 1],
    ['2026-03-05', false, 1],
    ['2026-03-04', false, 2],
    ['2026-03-02', false, 3],
    ['2026-03-01', false, 1],
  ]);
  for (const first of [1, 2, 3, 4, 5]) {
    const { groups } = await readAll(customerId, first, { from: '2026-01-01T00:00:00Z', groupBy: 'DAY' });
    const joined: any[] = [];
    for (const page of groups) {
      for (const group of page) {
        const last = joined.at(-1);
        expect(group.continued).toBe(last?.continues ?? false);
        if (group.continued) Object.assign(last, { continues: group.continues, nodes: [...last.nodes, ...group.nodes] });
        else joined.push({ ...group });
      }
    }
    expect(joined).toEqual(whole);
  }
});

test('[Timezone mismatch] the same lines fall on other days in another zone', async () => {
  const customerId = await newCustomer();
  await logInteraction('sales_manager', { customerId, occurredAt: '2026-03-01T23:30:00Z' });
  const day = async (zone: string) =>
    (await timeline('sales_manager', customerId, { from: '2026-01-01T00:00:00Z', groupBy: 'DAY', zone })).groups[0].day;
  expect([await day('UTC'), await day('Asia/Tokyo'), await day('America/Los_Angeles')]).toEqual(['2026-03-01', '2026-03-02', '2026-03-01']);
});

test('[360 interactions] the section has the last contact, the count of 30 days and the last five', async () => {
  const customerId = await newCustomer();
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const days = [1, 5, 10, 20, 29, 31, 100];
  const logged = await Promise.all(days.map((d) => logInteraction('sales_manager', { customerId, subject: `${d}`, occurredAt: ago(d) })));
  const { customer } = await must(
    'sales_manager',
    `query($id: ID!) { customer(id: $id) { interactionSummary { lastInteractionAt count30d openActivities asOf lastFive { subject } } recentInteractions(first: 2) { subject } } }`,
    { id: customerId },
  );
  expect(customer.interactionSummary).toMatchObject({
    lastInteractionAt: logged[0].occurredAt,
    count30d: 5,
    openActivities: 0,
    lastFive: [1, 5, 10, 20, 29].map((d) => ({ subject: `${d}` })),
  });
  expect(Date.now() - Date.parse(customer.interactionSummary.asOf)).toBeLessThan(30_000);
  expect(customer.recentInteractions).toEqual([{ subject: '1' }, { subject: '5' }]);
});

test('[360 interactions] the 360 costs at most 5 statements here, for one customer and for thirty, for a page of 1 and of 200', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => newCustomer()));
  await Promise.all(ids.slice(0, 10).map((customerId) => logInteraction('sales_manager', { customerId })));
  const text = `query($r: [_Any!]!, $first: Int) { _entities(representations: $r) { ... on Customer { id
    interactionSummary { lastInteractionAt count30d lastFive { id interactionType subject occurredAt } }
    timeline(first: $first) { nodes { id kind occurredAt display icon highlight } pageInfo { endCursor hasNextPage } } } } }`;
  const cost = async (count: number, first: number) => {
    const { data, errors, headers } = await subgraph('interaction', 'sales_manager', text, {
      r: ids.slice(0, count).map((id) => ({ __typename: 'Customer', id })),
      first,
    });
    expect(errors).toBeUndefined();
    expect(data._entities.filter((customer: any) => customer !== null)).toHaveLength(count);
    return Number(headers.get('x-statements'));
  };
  expect([await cost(1, 50), await cost(1, 200), await cost(30, 1), await cost(30, 200)]).toEqual([3, 3, 3, 3]);
  const only = await subgraph(
    'interaction',
    'sales_manager',
    `query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { timeline(first: 50) { nodes { id } } } } }`,
    {
      r: [{ __typename: 'Customer', id: ids[0] }],
    },
  );
  expect(Number(only.headers.get('x-statements'))).toBe(2); // may the caller see the customer, and the timeline
});
