// Kills every kind of process once with kill -9 while writers write through the graph and the inbound topics, and shows with an independent
// oracle that nothing was lost, doubled or put out of order. [issue 4, section 5] The long seeded chaos run uses the same writers and oracle.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { database, eventually, gql, type ProcessName, processes, readTopic, stack } from '../support/stack.ts';
import { type History, type Operation, summary } from './history.ts';
import { customersOf, faults, leftovers, type OracleDoors, type TopicRecord } from './oracle.ts';
import { Writers } from './writers.ts';

const VICTIMS: ProcessName[] = ['customer', 'kafka', 'interaction', 'gateway', 'postgres', 'lifecycle', 'issuer', 'compliance'];
const CUSTOMERS = 24;
const PACE_MS = 600;
const DOWN_MS = 1_000;
const UP_MS = 1_500;
const CATCH_UP_MS = 45_000;

const oracleDoors: OracleDoors = {
  sql: async (service, text, values) => (await (await database(service)).query(text, values)).rows,
  topic: (name) => readTopic(name, { withinMs: 30_000 }),
};

let history: History = [];

/** False where it is not the stack's to kill: a Postgres or Kafka that the environment names. */
async function killed(victim: ProcessName): Promise<boolean> {
  try {
    await processes.kill(victim, 'SIGKILL');
    return true;
  } catch (error) {
    if (!String(error).includes('there is no process')) throw error;
    console.log(`${victim} does not belong to this stack: not killed`);
    return false;
  }
}

test('kill -9 of each process under a write load loses nothing, doubles nothing and keeps every customer in order', async () => {
  const writers = new Writers({
    ask: (query, variables) => gql('integration', query, variables, { withinMs: 6_000 }),
    brokers: stack().kafka.split(','),
    topicPrefix: stack().topicPrefix,
    currency: process.env.REPORTING_CURRENCY ?? 'EUR',
  });
  writers.start(CUSTOMERS, PACE_MS);
  try {
    await sleep(UP_MS);
    for (const victim of VICTIMS) {
      if (!(await killed(victim))) continue;
      await sleep(DOWN_MS);
      await processes.start(victim);
      await sleep(UP_MS);
    }
  } finally {
    await writers.stop();
  }
  history = writers.history;
  console.log(summary(history));
  expect(history.length).toBeGreaterThan(100);
  expect(history.filter(({ outcome, refusal }) => outcome === 'unknown' || refusal)).toEqual([]);

  const ids = customersOf(history);
  await eventually(async () => expect(await leftovers(oracleDoors, ids)).toEqual([]), { withinMs: CATCH_UP_MS, everyMs: 500 });
  await eventually(async () => expect(await faults(oracleDoors, history)).toEqual([]), { withinMs: CATCH_UP_MS, everyMs: 2_000 });
}, 420_000);

test('the oracle is seen to fail: lost, doubled, reordered and disagreeing changes are each found', async () => {
  const topics = new Map<string, TopicRecord[]>();
  const topic = async (name: string) => topics.get(name) ?? topics.set(name, await oracleDoors.topic(name)).get(name)!;
  /** The world as it is, with one topic told differently. */
  const telling = (name: string, change: (records: TopicRecord[]) => TopicRecord[]): OracleDoors => ({
    ...oracleDoors,
    topic: async (asked) => (asked === name ? change([...(await topic(asked))]) : topic(asked)),
  });
  const known: OracleDoors = { ...oracleDoors, topic };
  expect(await faults(known, history)).toEqual([]);

  const of = (kind: Operation['kind'], outcome: Operation['outcome']) => history.find((o) => o.kind === kind && o.outcome === outcome)!;
  const told = (one: Operation, change: Partial<Operation>) => history.map((o) => (o === one ? { ...o, ...change } : o));
  const times = Map.groupBy(await topic('crm.customer.events.v1'), ({ key }) => key);
  const mine = customersOf(history).find((id) => times.get(id)!.length > 3)!;
  const changes = (records: TopicRecord[]) => records.flatMap((record, i) => (record.key === mine ? [i] : []));

  const planted: Array<[OracleDoors, History, RegExp]> = [
    [known, told(of('logInteraction', 'ok'), { marker: 'acknowledged and lost' }), /in the table 0 times/],
    [known, told(of('recordConsent', 'ok'), { outcome: 'failed' }), /was refused and is in the table 1 times/],
    [known, told(of('payment', 'ok'), { amount: '1000000.00' }), /revenue .* paid were/],
    [telling('crm.customer.events.v1', (all) => all.filter((_, i) => i !== changes(all)[1])), history, /is followed by/],
    [telling('crm.customer.events.v1', (all) => all.toSpliced(changes(all).at(-1)!, 1)), history, /in the database, .* on the topic/],
    [telling('crm.customer.events.v1', (all) => swapped(all, changes(all)[1]!, changes(all)[2]!)), history, /is followed by/],
    [telling('crm.customer.events.v1', (all) => [...all, again(all[changes(all)[1]!]!, 'another-id')]), history, /was given to two events/],
    [telling('crm.customer.state.v1', (all) => [...all, all[changes(all)[0]!]!]), history, /state of version|on the topic and/],
  ];
  for (const [doors, claimed, complaint] of planted) expect((await faults(doors, claimed)).join('\n')).toMatch(complaint);
}, 120_000);

const again = (record: TopicRecord, id: string): TopicRecord => ({ ...record, headers: { ...record.headers, ce_id: id } });

function swapped<T>(items: T[], one: number, other: number): T[] {
  return items.with(one, items[other]!).with(other, items[one]!);
}
