// The judge of a resilience run, independent of the product's code: it holds the writers' history against the tables (plain SQL) and the topics
// (a consumer of its own), and answers every disagreement as one sentence. Doors are given, so that a test and a long chaos run share it.
import type { History, Operation } from './history.ts';

export interface TopicRecord {
  key: string | null;
  data: any;
  headers: Record<string, string>;
}
export interface OracleDoors {
  sql(service: Service, text: string, values?: unknown[]): Promise<any[]>;
  /** Every record of a topic, ordered per partition. */
  topic(name: string): Promise<TopicRecord[]>;
}
export type Service = 'customer' | 'interaction' | 'lifecycle' | 'compliance';

const SERVICES: Service[] = ['customer', 'interaction', 'lifecycle', 'compliance'];
const MAX_SHOWN = 20;

/** What is left in outboxes and among these customers' parked keys; empty when the product has caught up. */
export async function leftovers(doors: OracleDoors, customerIds: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const service of SERVICES) {
    const [outbox] = await doors.sql(service, 'select count(*)::int as rows from outbox');
    if (outbox.rows > 0) found.push(`${service}: ${outbox.rows} events in the outbox`);
    const parked = await doors.sql(
      service,
      'select topic, key, reason, detail, count(*)::int as events from parked where key = any($1) group by 1, 2, 3, 4 limit 5',
      [customerIds],
    );
    for (const row of parked)
      found.push(`${service}: ${row.events} events of ${row.key} parked from ${row.topic}: ${row.reason} ${row.detail ?? ''}`);
  }
  return found;
}

/** Everything that is wrong; empty = nothing lost, doubled or out of order, and all places agree. */
export async function faults(doors: OracleDoors, history: History): Promise<string[]> {
  const ids = customersOf(history);
  const facts = new Map<Service, TopicRecord[]>();
  for (const service of SERVICES) facts.set(service, await doors.topic(`crm.${service}.events.v1`));
  const found = [
    ...history.filter((o) => o.outcome === 'unknown').map((o) => `${o.kind} ${o.marker}: its outcome was never found out`),
    ...(await eachChangeOnce(doors, history)),
    ...(await factsMatchRows(doors, history, facts)),
    ...(await sequencesAreWhole(doors, facts)),
    ...(await stateTopicsMatchTables(doors, ids)),
    ...(await projectionsAgree(doors, history, ids)),
  ];
  const more = found.length - MAX_SHOWN;
  return more > 0 ? [...found.slice(0, MAX_SHOWN), `… and ${more} more`] : found;
}

export const customersOf = (history: History): string[] => [
  ...new Set(history.flatMap((o) => (o.kind === 'createCustomer' && o.customerId ? [o.customerId] : []))),
];

const of = (history: History, kind: Operation['kind']) => history.filter((operation) => operation.kind === kind);

// ── every acknowledged change exactly once, every refused one nowhere ───────────────────────────────────────────────────

const ROWS: Array<{ kind: Operation['kind']; service: Service; counts: string }> = [
  // A display name is overwritten by updates; the external id stays.
  {
    kind: 'createCustomer',
    service: 'customer',
    counts: 'select external_id as marker, count(*)::int as rows from customer where external_id = any($1) group by 1',
  },
  {
    kind: 'logInteraction',
    service: 'interaction',
    counts: 'select subject as marker, count(*)::int as rows from interaction where subject = any($1) group by 1',
  },
  {
    kind: 'changeStage',
    service: 'lifecycle',
    counts: 'select reason as marker, count(*)::int as rows from lifecycle_history where reason = any($1) group by 1',
  },
  {
    kind: 'recordConsent',
    service: 'compliance',
    counts: 'select notice_version as marker, count(*)::int as rows from consent_record where notice_version = any($1) group by 1',
  },
  {
    kind: 'payment',
    service: 'lifecycle',
    counts: 'select payment_id as marker, count(*)::int as rows from payment where payment_id = any($1) group by 1',
  },
];

async function eachChangeOnce(doors: OracleDoors, history: History): Promise<string[]> {
  const found: string[] = [];
  for (const { kind, service, counts } of ROWS) {
    const operations = of(history, kind);
    const rows = new Map(
      (await doors.sql(service, counts, [operations.map((o) => o.marker)])).map((row) => [row.marker, row.rows as number]),
    );
    for (const { marker, outcome, retries } of operations) {
      const count = rows.get(marker) ?? 0;
      if (outcome === 'ok' && count !== 1) found.push(`${kind} ${marker} (ok after ${retries} retries) is in the table ${count} times`);
      if (outcome === 'failed' && count !== 0) found.push(`${kind} ${marker} was refused and is in the table ${count} times`);
    }
  }
  const last = new Map(of(history, 'updateCustomer').flatMap((o) => (o.outcome === 'ok' ? [[o.customerId!, o.marker] as const] : [])));
  const names = await doors.sql('customer', 'select id, display_name as name from customer where id = any($1)', [[...last.keys()]]);
  for (const { id, name } of names)
    if (name !== last.get(id)) found.push(`customer ${id} is called ${name}, its last acknowledged name was ${last.get(id)}`);
  return found;
}

// ── the topics tell the same as the tables ──────────────────────────────────────────────────────────────────────────────

type Facts = ReadonlyMap<Service, TopicRecord[]>;

/** A fact's identity is (service, key, sequence); a relay that was killed may have published it twice. */
function distinct(records: TopicRecord[]): TopicRecord[] {
  return [...new Map(records.map((record) => [`${record.key} ${record.headers.ce_sequence}`, record])).values()];
}

async function factsMatchRows(doors: OracleDoors, history: History, facts: Facts): Promise<string[]> {
  const ids = customersOf(history);
  const mine = new Set(ids);
  const found: string[] = [];
  const compare = (what: string, told: string[], rows: string[]) => {
    const toldTimes = tally(told);
    const rowTimes = tally(rows);
    for (const id of new Set([...told, ...rows])) {
      const [t, r] = [toldTimes.get(id) ?? 0, rowTimes.get(id) ?? 0];
      if (t !== r) found.push(`${what} ${id}: ${t} facts, ${r} rows`);
    }
  };
  const told = (service: Service, pattern: RegExp) =>
    distinct(facts.get(service)!).filter((record) => mine.has(record.key!) && pattern.test(record.headers.ce_type ?? ''));

  compare(
    'customer',
    told('customer', /\.customer-created\./).map((f) => f.key!),
    ids,
  );
  const renamed = told('customer', /\.customer-updated\./).filter((f) => f.data.changed.includes('displayName'));
  compare(
    'renaming of',
    renamed.map((f) => f.key!),
    of(history, 'updateCustomer').flatMap((o) => (o.outcome === 'ok' ? [o.customerId!] : [])),
  );
  const rows = async (service: Service, text: string) => (await doors.sql(service, text, [ids])).map((row) => row.id as string);
  compare(
    'interaction',
    told('interaction', /\.interaction-logged\./).map((f) => f.data.interactionId),
    await rows('interaction', 'select id from interaction where customer_id = any($1)'),
  );
  compare(
    'stage change of',
    told('lifecycle', /\.stage-changed\./).map((f) => f.key!),
    await rows('lifecycle', 'select customer_id as id from lifecycle_history where customer_id = any($1)'),
  );
  compare(
    'consent',
    told('compliance', /\.consent-(granted|revoked)\./).map((f) => f.data.consentRecordId),
    await rows('compliance', 'select id from consent_record where customer_id = any($1)'),
  );
  return found;
}

const tally = (items: string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

/** Per (service, key): first occurrences come as 1, 2, 3 … n without a gap, n is the aggregate's version, and repeats are identical. */
async function sequencesAreWhole(doors: OracleDoors, facts: Facts): Promise<string[]> {
  const found: string[] = [];
  for (const [service, records] of facts) {
    const reached = new Map<string, number>();
    const first = new Map<string, string>();
    for (const { key, headers } of records) {
      const sequence = Number(headers.ce_sequence);
      const last = reached.get(key!) ?? 0;
      const identity = `${key} ${sequence}`;
      if (sequence > last + 1) found.push(`${service} ${key}: ${last} is followed by ${sequence}`);
      if (sequence > last) {
        reached.set(key!, sequence);
        first.set(identity, headers.ce_id!);
      } else if (first.get(identity) !== headers.ce_id) found.push(`${service} ${key}: sequence ${sequence} was given to two events`);
    }
    const versions = await doors.sql(service, 'select key, version from aggregate');
    for (const { key, version } of versions) {
      if (reached.get(key) !== version)
        found.push(`${service} ${key}: version ${version} in the database, ${reached.get(key) ?? 0} on the topic`);
    }
  }
  return found;
}

const latest = (records: TopicRecord[]): Map<string, TopicRecord> => new Map(records.map((record) => [record.key!, record]));

/** Names the first field in which a state record and a row differ. */
function difference(what: string, record: any, row: Record<string, unknown>): string[] {
  if (!record) return [`${what}: no state record`];
  const differing = Object.keys(row).find((field) => JSON.stringify(record[field]) !== JSON.stringify(row[field]));
  return differing === undefined
    ? []
    : [`${what}: ${differing} is ${JSON.stringify(record[differing])} on the topic and ${JSON.stringify(row[differing])} in the table`];
}

async function stateTopicsMatchTables(doors: OracleDoors, ids: string[]): Promise<string[]> {
  const found: string[] = [];
  const customers = latest(await doors.topic('crm.customer.state.v1'));
  for (const row of await doors.sql('customer', CUSTOMER_STATE, [ids])) {
    const { version, ...state } = row;
    const record = customers.get(row.customerId);
    found.push(...difference(`customer ${row.customerId}`, record?.data, state));
    if (Number(record?.headers.ce_sequence) !== version)
      found.push(`customer ${row.customerId}: state of version ${record?.headers.ce_sequence}, the database is at ${version}`);
  }
  const lifecycles = latest(await doors.topic('crm.lifecycle.state.v1'));
  for (const { totalRevenue, ...row } of await doors.sql('lifecycle', LIFECYCLE_STATE, [ids])) {
    const record = lifecycles.get(row.customerId)?.data;
    found.push(...difference(`lifecycle of ${row.customerId}`, record, row));
    if (Number(record?.totalRevenue) !== Number(totalRevenue))
      found.push(`lifecycle of ${row.customerId}: revenue ${record?.totalRevenue} on the topic, ${totalRevenue} in the table`);
  }
  return found;
}

const CUSTOMER_STATE = `select c.id as "customerId", c.type, c.display_name as "displayName", c.status, c.source, c.external_id as "externalId", c.email,
  c.owner_id as "ownerId", c.merged_into as "mergedInto", a.version from customer c join aggregate a on a.key = c.id::text where c.id = any($1)`;
const LIFECYCLE_STATE = `select l.customer_id as "customerId", l.current_stage_id as "stageId", s.name as "stageName", l.purchase_count as "purchaseCount",
  l.total_revenue as "totalRevenue" from customer_lifecycle l join lifecycle_stage s on s.id = l.current_stage_id where l.customer_id = any($1)`;

// ── the projections agree with what they are projections of ─────────────────────────────────────────────────────────────

async function projectionsAgree(doors: OracleDoors, history: History, ids: string[]): Promise<string[]> {
  const found: string[] = [];
  const truth = new Map(
    (await doors.sql('customer', 'select id, type, status, source, owner_id from customer where id = any($1)', [ids])).map((row) => [
      row.id,
      JSON.stringify(row),
    ]),
  );
  for (const service of SERVICES.slice(1)) {
    const known = await doors.sql(
      service,
      'select customer_id as id, type, status, source, owner_id from directory_customer where customer_id = any($1)',
      [ids],
    );
    const directory = new Map(known.map((row) => [row.id, JSON.stringify(row)]));
    for (const [id, row] of truth)
      if (directory.get(id) !== row) found.push(`${service} has ${directory.get(id)} in its directory, the customer is ${row}`);
  }
  const stages = await doors.sql(
    'lifecycle',
    'select l.customer_id as id, s.category from customer_lifecycle l join lifecycle_stage s on s.id = l.current_stage_id where customer_id = any($1)',
    [ids],
  );
  const categories = new Map(
    (await doors.sql('customer', 'select id, stage_category from customer where id = any($1)', [ids])).map((row) => [
      row.id,
      row.stage_category,
    ]),
  );
  for (const { id, category } of stages)
    if (categories.get(id) !== category) found.push(`customer ${id}: stage ${category} in lifecycle, ${categories.get(id)} in customer`);

  const paid = new Map<string, { cents: number; count: number }>();
  for (const { customerId, amount, outcome } of of(history, 'payment')) {
    const sum = paid.get(customerId!) ?? { cents: 0, count: 0 };
    if (outcome === 'ok') paid.set(customerId!, { cents: sum.cents + Math.round(Number(amount) * 100), count: sum.count + 1 });
  }
  for (const row of await doors.sql(
    'lifecycle',
    'select customer_id as id, total_revenue, purchase_count from customer_lifecycle where customer_id = any($1)',
    [ids],
  )) {
    const expected = paid.get(row.id) ?? { cents: 0, count: 0 };
    if (Math.round(Number(row.total_revenue) * 100) !== expected.cents || row.purchase_count !== expected.count)
      found.push(
        `customer ${row.id}: revenue ${row.total_revenue} of ${row.purchase_count} purchases, paid were ${expected.cents / 100} in ${expected.count}`,
      );
  }
  const unshown = await doors.sql(
    'interaction',
    `select i.id from interaction i left join timeline_item t on t.kind = 'interaction' and t.source_id = i.id::text where i.customer_id = any($1) and t.id is null`,
    [ids],
  );
  for (const { id } of unshown) found.push(`interaction ${id} is missing in the timeline`);
  return found;
}
