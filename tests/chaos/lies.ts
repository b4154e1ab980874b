// The proof that the oracle of a run without findings was awake: over the run's own data, told wrongly in many ways, it must complain of each.
// [issue 5, section 2] [issue 6, section 6]
import { customersOf, type History, type Operation, type ToldImport } from './history.ts';
import { judge, type OracleDoors, type Service, type TopicRecord } from './oracle.ts';

const FACTS = 'crm.customer.events.v1';

/** A world, a history, and what the oracle has to say of them. */
type Lie = [OracleDoors, History, RegExp];
/** The world as it is, with one topic told differently. */
type Telling = (name: string, change: (records: TopicRecord[]) => TopicRecord[]) => OracleDoors;
const retold = (history: History, one: Operation, change: Partial<Operation>): History =>
  history.map((o) => (o === one ? { ...o, ...change } : o));

/** Throws where the oracle overlooks a lie. */
export async function everyFaultIsSeen(doors: OracleDoors, history: History): Promise<void> {
  const known = remembering(doors);
  const topic = (name: string) => known.topic(name);
  const telling: Telling = (name, change) => ({
    ...known,
    topic: async (asked) => (asked === name ? change([...(await topic(asked))]) : topic(asked)),
  });
  const of = (kind: Operation['kind'], outcome: Operation['outcome']) => history.find((o) => o.kind === kind && o.outcome === outcome)!;
  const told = (one: Operation, change: Partial<Operation>) => retold(history, one, change);
  const times = Map.groupBy(await topic('crm.customer.events.v1'), ({ key }) => key);
  const mine = customersOf(history).find((id) => times.get(id)!.length > 3)!;
  /** Where this customer's facts 1, 2, 3 … stand. */
  const place = (records: TopicRecord[], n: number) => records.findIndex((r) => r.key === mine && r.headers.ce_sequence === String(n));
  const states = (records: TopicRecord[]) => records.filter(({ key }) => key === mine);
  const winner = of('updateCustomer', 'ok');
  const loser = history.find(
    (o) => o.customerId === winner.customerId && o.expectedVersion === winner.expectedVersion && o.outcome === 'failed',
  )!;

  const lies: Lie[] = [
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
  lies.push(...liesAboutMerges(known, history, telling), ...liesAboutImports(known, history, telling));
  for (const [world, claimed, complaint] of lies) {
    const found = (await judge(world, claimed)).map(({ wrong, text }) => `${wrong}: ${text}`).join('\n');
    if (!complaint.test(found)) throw new Error(`the oracle overlooks what it should call ${complaint}; it said: ${found || 'nothing'}`);
  }
  console.log(`the oracle saw each of ${lies.length} lies about this run`);
}

/** Merges that were not, that were others, that nobody was told of, and rows that stayed behind. */
function liesAboutMerges(known: OracleDoors, history: History, telling: Telling): Lie[] {
  const merges = history.filter(({ kind, outcome }) => kind === 'merge' && outcome === 'ok');
  const undone = history.find(({ kind, outcome }) => kind === 'unmerge' && outcome === 'ok');
  const standing = merges.find(
    ({ merge }) => !history.some((o) => o.kind === 'unmerge' && o.outcome === 'ok' && o.merge!.id === merge!.id),
  );
  const moved = (records: TopicRecord[]) => records.findIndex(({ headers }) => headers.ce_type === 'crm.customer.customers-merged.v1');
  const back = (service: Service, table: RegExp, change: (row: any) => object): OracleDoors => ({
    ...known,
    sql: async (asked, text, values) => {
      const rows = await known.sql(asked, text, values);
      return asked === service && table.test(text) ? rows.map((row, n) => (n === 0 ? { ...row, ...change(row) } : row)) : rows;
    },
  });
  const one = merges[0];
  if (!one) return [];
  const otherwise = { ...one.merge!, survivorId: one.merge!.retiredIds[0]!, retiredIds: [one.merge!.survivorId] };
  return [
    [known, retold(history, one, { outcome: 'failed' }), /disagrees: merge .* was never acknowledged/],
    [
      known,
      retold(history, one, { merge: { ...one.merge!, id: '00000000-0000-4000-8000-000000000000' } }),
      /lost: merge .* is not in the table/,
    ],
    [known, retold(history, one, { merge: otherwise }), /disagrees: merge .* retired|lost: .* leads to|lost: customers-merged/],
    ...(undone ? [[known, retold(history, undone, { outcome: 'failed' }), /lost: merge .* is unmerged in the table/] as Lie] : []),
    ...(standing
      ? [
          [
            telling('crm.lifecycle.redirects.v1', (all) => all.map((r) => ({ ...r, data: { ...r.data, mergedInto: null } }))),
            history,
            /disagrees: crm.lifecycle.redirects.v1 of/,
          ] as Lie,
        ]
      : []),
    [telling(FACTS, (all) => all.toSpliced(moved(all), 1)), history, /lost: customers-merged .* 0 facts/],
    [
      back('interaction', /from directory_customer/, () => ({ into: '00000000-0000-4000-8000-000000000000' })),
      history,
      /lost: interaction believes that/,
    ],
    [
      back('customer', /redirect_version as version, deleted_at/, ({ deleted }) => ({ deleted: deleted ? null : new Date() })),
      history,
      /disagrees: customer .* is deleted at/,
    ],
    [
      { ...known, graph: async (...asked) => ({ ...(await known.graph(...asked)), redirectedFrom: 'nobody' }) },
      history,
      /disagrees: the graph answers/,
    ],
    [
      { ...known, graph: async (...asked) => ({ ...(await known.graph(...asked)), complete: false }) },
      history,
      /stuck: merge .* is not complete/,
    ],
    [astray(known), history, /lost: interaction.note: 1 rows of/],
  ];
}

/** One note of a merged customer that did not move. */
const astray = (known: OracleDoors): OracleDoors => ({
  ...known,
  sql: async (service, text, values) => [
    ...(await known.sql(service, text, values)),
    ...(/ from note t/.test(text) ? [{ origin: (values![0] as string[])[0], place: 'elsewhere', rows: 1 }] : []),
  ],
});

/** Files that held more, that were not confirmed, whose lines came twice, or whose customers nobody was told of. */
function liesAboutImports(known: OracleDoors, history: History, telling: Telling): Lie[] {
  // The last one: nothing came after it.
  const done = history.findLast(({ import: told }) => told?.last === 'confirmed' && told.rows.some(({ does }) => does === 'create'));
  if (!done) return [];
  const told = done.import!;
  const instead = (change: Partial<ToldImport>): History => retold(history, done, { import: { ...told, ...change } });
  const others = new Set(history.flatMap((o) => (o === done ? [] : (o.import?.rows.map((row) => row.externalId) ?? []))));
  const first = told.rows.find(({ does, externalId }) => does === 'create' && !others.has(externalId))!;
  const changed = (change: object) => instead({ rows: told.rows.map((row) => (row === first ? { ...row, ...change } : row)) });
  const completed = (records: TopicRecord[]) =>
    records.findIndex(({ key, headers }) => key === told.id && headers.ce_type === 'crm.customer.import-completed.v1');
  const twice: OracleDoors = {
    ...known,
    sql: async (service, text, values) => {
      const rows = await known.sql(service, text, values);
      return text.includes('external_id as "externalId", display_name')
        ? [...rows, ...rows.filter((row) => row.externalId === first.externalId)]
        : rows;
    },
  };
  return [
    [known, instead({ rows: [...told.rows, { ...first, externalId: 'never sent' }] }), /lost: import .*: \d+ lines of/],
    [known, instead({ last: 'cancelled' }), /stuck: import .* is done, cancelled was asked for/],
    [known, instead({ last: 'undone' }), /stuck: import .* is done, undone was asked for/],
    [known, changed({ name: 'another name' }), /lost: .* the last name imported was another name/],
    [known, changed({ does: 'repeat' }), /disagrees: import .* lines unchanged, /],
    [known, changed({ does: 'refuse' }), /disagrees: import .* became 1 customers/],
    [twice, history, /doubled: import .* became 2 customers/],
    [telling(FACTS, (all) => all.toSpliced(completed(all), 1)), history, /lost: import-completed of .* 0 facts/],
  ];
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
  const answers = new Map<string, Promise<any>>();
  return {
    graph: (query, variables) => once(answers, JSON.stringify([query, variables]), () => doors.graph(query, variables)),
    topic: (name) => once(topics, name, () => doors.topic(name)),
    sql: (service, text, values) => once(rows, JSON.stringify([service, text, values]), () => doors.sql(service, text, values)),
  };
}

const again = (record: TopicRecord, id: string): TopicRecord => ({ ...record, headers: { ...record.headers, ce_id: id } });

function swapped<T>(items: T[], one: number, other: number): T[] {
  return items.with(one, items[other]!).with(other, items[one]!);
}
