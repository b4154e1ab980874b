// When the fire is over: waits while the product catches up, and lets the oracle judge. A run without findings ends with the proof that the oracle
// was awake: over the run's own data, told wrongly in eight ways, it must complain of each. [issue 5, section 2]
import { setTimeout as sleep } from 'node:timers/promises';
import { customersOf, type History, type Operation } from './history.ts';
import { type Finding, isFailure, judge, type OracleDoors, type TopicRecord } from './oracle.ts';

const WITHIN_MS = 120_000;
const UNCHANGED_MS = 25_000;

/** What is wrong once nothing changes any more: no finding, or one that cannot heal, or the same ones for a while. */
export async function verdict(doors: OracleDoors, history: History, stopped: AbortSignal): Promise<readonly Finding[]> {
  let last = '';
  let since = Date.now();
  for (const deadline = Date.now() + WITHIN_MS; ; await sleep(1_000)) {
    const found = await judge(doors, history).catch((error): Finding[] => [{ wrong: 'stuck', text: String(error) }]);
    const text = JSON.stringify(found);
    if (text !== last) [last, since] = [text, Date.now()];
    const lasting = found.some(({ wrong }) => wrong === 'doubled' || wrong === 'out of order');
    const settled = lasting || Date.now() - since > UNCHANGED_MS || Date.now() > deadline;
    if (!found.some(isFailure) || settled || stopped.aborted) return found;
  }
}

/** Throws where the oracle overlooks a lie. */
export async function everyFaultIsSeen(doors: OracleDoors, history: History): Promise<void> {
  const known = remembering(doors);
  const topic = (name: string) => known.topic(name);
  /** The world as it is, with one topic told differently. */
  const telling = (name: string, change: (records: TopicRecord[]) => TopicRecord[]): OracleDoors => ({
    ...known,
    topic: async (asked) => (asked === name ? change([...(await topic(asked))]) : topic(asked)),
  });
  const of = (kind: Operation['kind'], outcome: Operation['outcome']) => history.find((o) => o.kind === kind && o.outcome === outcome)!;
  const told = (one: Operation, change: Partial<Operation>) => history.map((o) => (o === one ? { ...o, ...change } : o));
  const times = Map.groupBy(await topic('crm.customer.events.v1'), ({ key }) => key);
  const mine = customersOf(history).find((id) => times.get(id)!.length > 3)!;
  /** Where this customer's facts 1, 2, 3 … stand. */
  const place = (records: TopicRecord[], n: number) => records.findIndex((r) => r.key === mine && r.headers.ce_sequence === String(n));
  const states = (records: TopicRecord[]) => records.filter(({ key }) => key === mine);
  const FACTS = 'crm.customer.events.v1';
  const winner = of('updateCustomer', 'ok');
  const loser = history.find(
    (o) => o.customerId === winner.customerId && o.expectedVersion === winner.expectedVersion && o.outcome === 'failed',
  )!;

  const lies: Array<[OracleDoors, History, RegExp]> = [
    [known, told(of('logInteraction', 'ok'), { marker: 'acknowledged and lost' }), /lost: .* in the table 0 times/],
    [known, told(of('recordConsent', 'ok'), { outcome: 'failed' }), /disagrees: .* is in the table 1 times/],
    [known, told(of('payment', 'ok'), { amount: '1000000.00' }), /disagrees: .* revenue .* paid were/],
    [known, told(loser, { outcome: 'ok' }), /lost: .* 2 updates were acknowledged/],
    [
      telling(FACTS, (all) => all.filter((r) => !(r.key === mine && r.headers.ce_sequence === '2'))),
      history,
      /out of order: .* followed by/,
    ],
    [telling(FACTS, (all) => all.filter((r) => !(r.key === mine && r.headers.ce_sequence !== '1'))), history, /lost: .* in the database/],
    [telling(FACTS, (all) => swapped(all, place(all, 2), place(all, 3))), history, /out of order: .* followed by/],
    [telling(FACTS, (all) => [...all, again(all[place(all, 2)]!, 'another-id')]), history, /doubled: .* given to two events/],
    [telling('crm.customer.state.v1', (all) => [...all, states(all)[0]!]), history, /disagrees: .* on the topic and/],
  ];
  for (const [world, claimed, complaint] of lies) {
    const found = (await judge(world, claimed)).map(({ wrong, text }) => `${wrong}: ${text}`).join('\n');
    if (!complaint.test(found)) throw new Error(`the oracle overlooks what it should call ${complaint}; it said: ${found || 'nothing'}`);
  }
  console.log(`the oracle saw each of ${lies.length} lies about this run`);
}

/** Reads each topic and each table once. */
function remembering(doors: OracleDoors): OracleDoors {
  const topics = new Map<string, Promise<TopicRecord[]>>();
  const rows = new Map<string, Promise<any[]>>();
  const once = <T>(memory: Map<string, Promise<T>>, key: string, read: () => Promise<T>) => {
    const known = memory.get(key) ?? read();
    memory.set(key, known);
    return known;
  };
  return {
    topic: (name) => once(topics, name, () => doors.topic(name)),
    sql: (service, text, values) => once(rows, JSON.stringify([service, text, values]), () => doors.sql(service, text, values)),
  };
}

const again = (record: TopicRecord, id: string): TopicRecord => ({ ...record, headers: { ...record.headers, ce_id: id } });

function swapped<T>(items: T[], one: number, other: number): T[] {
  return items.with(one, items[other]!).with(other, items[one]!);
}
