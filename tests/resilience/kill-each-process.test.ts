// Kills every kind of process once with kill -9 while writers write through the graph and the inbound topics, and shows with an independent
// oracle that nothing was lost, doubled or put out of order. [issue 4, section 5] The long seeded chaos run uses the same writers and oracle.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { database, eventually, gql, type ProcessName, processes, readTopic, stack } from '../support/stack.ts';
import { summary } from './history.ts';
import { customersOf, faults, leftovers, type OracleDoors } from './oracle.ts';
import { Writers } from './writers.ts';

const VICTIMS: ProcessName[] = ['customer', 'kafka', 'interaction', 'gateway', 'postgres', 'lifecycle', 'issuer', 'compliance'];
const WRITERS = 5;
const DOWN_MS = 1_000;
const UP_MS = 1_500;
const CATCH_UP_MS = 45_000;

const oracleDoors: OracleDoors = {
  sql: async (service, text, values) => (await (await database(service)).query(text, values)).rows,
  topic: (name) => readTopic(name, { withinMs: 30_000 }),
};

test('kill -9 of each process under a write load loses nothing, doubles nothing and keeps every customer in order', async () => {
  const writers = new Writers({
    ask: (query, variables) => gql('integration', query, variables, { withinMs: 6_000 }),
    brokers: stack().kafka.split(','),
    topicPrefix: stack().topicPrefix,
    currency: process.env.REPORTING_CURRENCY ?? 'EUR',
  });
  writers.start(WRITERS);
  await sleep(UP_MS);
  for (const victim of VICTIMS) {
    await processes.kill(victim, 'SIGKILL');
    await sleep(DOWN_MS);
    await processes.start(victim);
    await sleep(UP_MS);
  }
  await writers.stop();
  const { history } = writers;
  console.log(summary(history));
  expect(history.length).toBeGreaterThan(100);
  expect(history.filter(({ outcome, refusal }) => outcome === 'unknown' || refusal)).toEqual([]);

  const ids = customersOf(history);
  await eventually(async () => expect(await leftovers(oracleDoors, ids)).toEqual([]), { withinMs: CATCH_UP_MS, everyMs: 500 });
  await eventually(async () => expect(await faults(oracleDoors, history)).toEqual([]), { withinMs: CATCH_UP_MS, everyMs: 2_000 });
}, 240_000);
