// What a new supergraph must leave alone: a request that runs finishes on the schema, access table and planner with which it began.
// [issue 5, section 4] The whole of it, with a real process under load: tests/workflows/supergraph-reload.test.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { countAfter, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ SUBGRAPH_TIMEOUT_MS: '5000' });
}, 30_000);
afterAll(() => world.close());

const seenOf = (name: string) => world.seen.filter((one) => one.name === name).length;

test('a request finishes on the graph on which it began, while newer ones already see the next', async () => {
  const text = readFileSync(world.supergraphFile, 'utf8');
  const without = text.replace(/^ *dealCount.*\n/m, '');
  expect(without).not.toBe(text);
  const held = Promise.withResolvers<void>();
  countAfter(held.promise);
  const begun = world.ask('{ dealCount }');
  for (const before = seenOf('deals'); seenOf('deals') === before; ) await new Promise((done) => setTimeout(done, 5));

  writeFileSync(world.supergraphFile, without);
  await world.gateway.reload('test');
  expect((await world.ask('{ dealCount }')).errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  held.resolve();
  expect(await begun).toMatchObject({ data: { dealCount: 3 } });

  writeFileSync(world.supergraphFile, text);
  await world.gateway.reload('test');
  expect(await world.ask('{ dealCount }')).toMatchObject({ data: { dealCount: 3 } });
});
