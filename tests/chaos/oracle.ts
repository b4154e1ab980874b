// The judge of a chaos run, independent of the product's code: it holds the writers' history against the tables (plain SQL) and the topics (a
// consumer of its own), and answers every disagreement. Here: what was written and published; agreement.ts: what was derived. [issue 5, section 2]
import { directoriesAgree, projectionsAgree, stateTopicsMatchTables, timelineIsWhole, trailIsComplete } from './agreement.ts';
import { customersOf, type History, membersOf, type Operation, of } from './history.ts';
import { importedIds, importsHold } from './import-oracle.ts';
import { decideMerges, mergesHold } from './merge-oracle.ts';

export interface TopicRecord {
  key: string | null;
  data: any;
  headers: Record<string, string>;
}
export interface OracleDoors {
  sql(service: Service, text: string, values?: unknown[]): Promise<any[]>;
  /** Every record of a topic, ordered per partition. */
  topic(name: string): Promise<TopicRecord[]>;
  /** What an administrator is answered to a query with a single field `result`. */
  graph(query: string, variables: object): Promise<any>;
}
export type Service = 'customer' | 'interaction' | 'lifecycle' | 'compliance';
export type Facts = ReadonlyMap<Service, TopicRecord[]>;

/**
 * Doubled and out of order never heal; the others may, while the product still catches up. `put back` is a known limit of the product (README.md):
 * told and counted, but no failure, since the last record is judged by itself.
 */
export type Wrong = 'lost' | 'doubled' | 'out of order' | 'disagrees' | 'stuck' | 'put back';
export const isFailure = ({ wrong }: Finding): boolean => wrong !== 'put back';
export interface Finding {
  readonly wrong: Wrong;
  readonly text: string;
}

export const SERVICES: Service[] = ['customer', 'interaction', 'lifecycle', 'compliance'];

/** Everything that is wrong; empty = nothing lost, doubled or out of order, all places agree, and nothing is left to do. */
export async function judge(doors: OracleDoors, told: History): Promise<Finding[]> {
  const ids = customersOf(told);
  const merging = [...ids, ...membersOf(told)];
  const everybody = [...merging, ...(await importedIds(doors, told))];
  const facts = new Map<Service, TopicRecord[]>();
  for (const service of SERVICES) facts.set(service, await doors.topic(`crm.${service}.events.v1`));
  const { history, found } = await eachChangeOnce(doors, await decideMerges(doors, told));
  return [
    ...acknowledgements(told),
    ...found,
    ...(await factsMatchRows(doors, history, facts)),
    ...(await sequencesAreWhole(doors, facts)),
    ...(await stateTopicsMatchTables(doors, everybody, ids)),
    ...(await directoriesAgree(doors, everybody)),
    ...(await timelineIsWhole(doors, merging)),
    ...(await projectionsAgree(doors, history, facts, ids)),
    ...(await trailIsComplete(doors, merging)),
    ...(await mergesHold(doors, history, facts)),
    ...(await importsHold(doors, history, facts)),
    ...(await leftovers(doors, everybody)),
  ];
}

/** What is left in outboxes and among these customers' parked keys; empty when the product has caught up. */
export async function leftovers(doors: OracleDoors, customerIds: string[]): Promise<Finding[]> {
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
  return found.map((text) => ({ wrong: 'stuck', text }));
}

// ── what the product answered cannot all be true ────────────────────────────────────────────────────────────────────────

function acknowledgements(history: History): Finding[] {
  const found: Finding[] = history
    .filter((o) => o.refusal)
    .map(({ kind, marker, refusal }) => ({ wrong: 'disagrees', text: `${kind} ${marker}: ${refusal}` }));
  const won = Map.groupBy(
    history.filter((o) => o.kind === 'updateCustomer' && o.outcome === 'ok'),
    (o) => `customer ${o.customerId} at version ${o.expectedVersion}`,
  );
  for (const [what, winners] of won)
    for (const _ of winners.slice(1)) found.push({ wrong: 'lost', text: `${what}: ${winners.length} updates were acknowledged` });
  return found;
}

// ── every acknowledged change exactly once, every refused one nowhere ───────────────────────────────────────────────────

const ROWS: Array<{ kind: Operation['kind']; service: Service; table: string; marker: string }> = [
  // A display name is overwritten by updates; the external id stays.
  { kind: 'createCustomer', service: 'customer', table: 'customer', marker: 'external_id' },
  { kind: 'createMember', service: 'customer', table: 'customer', marker: 'external_id' },
  { kind: 'createContact', service: 'customer', table: 'contact', marker: 'last_name' },
  { kind: 'createNote', service: 'interaction', table: 'note', marker: 'content' },
  { kind: 'logInteraction', service: 'interaction', table: 'interaction', marker: 'subject' },
  { kind: 'changeStage', service: 'lifecycle', table: 'lifecycle_history', marker: 'reason' },
  { kind: 'recordConsent', service: 'compliance', table: 'consent_record', marker: 'notice_version' },
  { kind: 'payment', service: 'lifecycle', table: 'payment', marker: 'payment_id' },
];

/** Answers the history too, with what nobody knew decided by the tables: from there on it must be all or nothing. */
async function eachChangeOnce(doors: OracleDoors, told: History): Promise<{ history: History; found: Finding[] }> {
  const found: Finding[] = [];
  const decided = new Map<Operation, Operation>();
  for (const { kind, service, table, marker: column } of ROWS) {
    const operations = of(told, kind);
    const text = `select ${column} as marker, count(*)::int as rows from ${table} where ${column} = any($1) group by 1`;
    const counted = await doors.sql(service, text, [operations.map((o) => o.marker)]);
    const rows = new Map(counted.map((row) => [row.marker, row.rows as number]));
    for (const operation of operations) {
      const { marker, outcome, retries } = operation;
      const count = rows.get(marker) ?? 0;
      const text = `${kind} ${marker} (${outcome} after ${retries} retries) is in the table ${count} times`;
      if (outcome === 'failed' && count > 0) found.push({ wrong: 'disagrees', text });
      if (outcome === 'ok' && count === 0) found.push({ wrong: 'lost', text });
      if (count > 1) found.push({ wrong: 'doubled', text });
      if (outcome === 'unknown') decided.set(operation, { ...operation, outcome: count > 0 ? 'ok' : 'failed' });
    }
  }
  const last = new Map<string, Operation>();
  const unsure = new Set(of(told, 'updateCustomer').flatMap((o) => (o.outcome === 'unknown' ? [o.customerId] : [])));
  for (const update of of(told, 'updateCustomer')) {
    const before = last.get(update.customerId!);
    if (update.outcome === 'ok' && !(before && before.expectedVersion! > update.expectedVersion!)) last.set(update.customerId!, update);
  }
  const names = await doors.sql('customer', 'select id, display_name as name from customer where id = any($1)', [[...last.keys()]]);
  for (const { id, name } of names)
    if (name !== last.get(id)!.marker && !unsure.has(id))
      found.push({ wrong: 'lost', text: `customer ${id} is called ${name}, the last acknowledged name was ${last.get(id)!.marker}` });
  return { history: told.map((operation) => decided.get(operation) ?? operation), found };
}

// ── the topics tell the same as the tables ──────────────────────────────────────────────────────────────────────────────

/** A fact's identity is (service, key, sequence); a relay that was killed may have published it twice. */
function distinct(records: TopicRecord[]): TopicRecord[] {
  return [...new Map(records.map((record) => [`${record.key} ${record.headers.ce_sequence}`, record])).values()];
}

async function factsMatchRows(doors: OracleDoors, history: History, facts: Facts): Promise<Finding[]> {
  const alone = customersOf(history);
  const ids = [...alone, ...membersOf(history)];
  const found: Finding[] = [];
  const compare = (what: string, published: string[], rows: string[], unsure: string[] = []) => {
    const [facts, rowTimes, spare] = [tally(published), tally(rows), tally(unsure)];
    for (const id of new Set([...published, ...rows])) {
      const [f, r] = [facts.get(id) ?? 0, rowTimes.get(id) ?? 0];
      if (f < r) found.push({ wrong: 'lost', text: `${what} ${id}: ${f} facts, ${r} changes` });
      if (f > r + (spare.get(id) ?? 0)) found.push({ wrong: 'doubled', text: `${what} ${id}: ${f} facts, ${r} changes` });
    }
  };
  const published = (service: Service, pattern: RegExp, of = ids) => {
    const mine = new Set(of);
    return distinct(facts.get(service)!).filter((record) => mine.has(record.key!) && pattern.test(record.headers.ce_type ?? ''));
  };
  const rows = async (service: Service, text: string, of = ids) => (await doors.sql(service, text, [of])).map((row) => row.id as string);
  const keys = (records: TopicRecord[]) => records.map((record) => record.key!);

  compare('customer', keys(published('customer', /\.customer-created\./)), ids);
  const renamed = published('customer', /\.customer-updated\./, alone).filter((f) => f.data.changed.includes('displayName'));
  const updates = (outcome: Operation['outcome']) =>
    of(history, 'updateCustomer').flatMap((o) => (o.outcome === outcome ? [o.customerId!] : []));
  compare('renaming of', keys(renamed), updates('ok'), updates('unknown'));
  compare(
    'interaction',
    published('interaction', /\.interaction-logged\./).map((f) => f.data.interactionId),
    await rows('interaction', 'select id from interaction where customer_id = any($1)'),
  );
  compare(
    'stage change of',
    keys(published('lifecycle', /\.stage-changed\./, alone)),
    await rows('lifecycle', 'select customer_id as id from lifecycle_history where customer_id = any($1)', alone),
  );
  compare(
    'consent',
    published('compliance', /\.consent-(granted|revoked)\./).map((f) => f.data.consentRecordId),
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
async function sequencesAreWhole(doors: OracleDoors, facts: Facts): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [service, records] of facts) {
    const reached = new Map<string, number>();
    const first = new Map<string, string>();
    for (const { key, headers } of records) {
      const sequence = Number(headers.ce_sequence);
      const last = reached.get(key!) ?? 0;
      const identity = `${key} ${sequence}`;
      if (sequence > last + 1) found.push({ wrong: 'out of order', text: `${service} ${key}: ${last} is followed by ${sequence}` });
      if (sequence > last) reached.set(key!, sequence);
      const known = first.get(identity);
      if (known === undefined) first.set(identity, headers.ce_id!);
      else if (known !== headers.ce_id)
        found.push({ wrong: 'doubled', text: `${service} ${key}: sequence ${sequence} was given to two events` });
    }
    for (const { key, version } of await doors.sql(service, 'select key, version from aggregate')) {
      const last = reached.get(key) ?? 0;
      if (last !== version)
        found.push({ wrong: 'lost', text: `${service} ${key}: version ${version} in the database, ${last} on the topic` });
    }
  }
  return found;
}
