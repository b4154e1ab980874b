// The judge's second half: what the product derived agrees with what it is derived from. State topics with the tables, projections with the facts
// and with the writers' payments and cases, the audit trail with the consents. Independent SQL, no product code. [issue 5, section 2]
import type { History, Operation } from './history.ts';
import type { Facts, Finding, OracleDoors, Service, TopicRecord } from './oracle.ts';

const disagrees = (text: string): Finding => ({ wrong: 'disagrees', text });
const lost = (text: string): Finding => ({ wrong: 'lost', text });

// ── the newest record of a compacted topic is the row ───────────────────────────────────────────────────────────────────

/** `versioned`: every fact of the service changes this state, so that the last record carries the aggregate's version. */
const STATES: Array<{ service: Service; topic: string; rows: string; versioned: boolean }> = [
  {
    service: 'customer',
    topic: 'crm.customer.state.v1',
    rows: `select c.id as "customerId", c.type, c.display_name as "displayName", c.status, c.source, c.external_id as "externalId", c.email,
      c.owner_id as "ownerId", c.merged_into as "mergedInto", 0 as version from customer c where c.id = any($1)`,
    versioned: false,
  },
  {
    service: 'lifecycle',
    topic: 'crm.lifecycle.state.v1',
    rows: `select l.customer_id as "customerId", l.current_stage_id as "stageId", s.name as "stageName", l.purchase_count as "purchaseCount",
      l.total_revenue::float as "totalRevenue", 0 as version
      from customer_lifecycle l join lifecycle_stage s on s.id = l.current_stage_id where l.customer_id = any($1)`,
    versioned: false,
  },
  {
    service: 'interaction',
    topic: 'crm.interaction.state.v1',
    rows: `select i.customer_id as "customerId", to_char(max(i.occurred_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastInteractionAt",
      max(a.version) as version from interaction i join aggregate a on a.key = i.customer_id::text where i.customer_id = any($1) group by 1`,
    versioned: true,
  },
  {
    service: 'compliance',
    topic: 'crm.compliance.state.v1',
    rows: `select c.customer_id as "customerId", max(a.version) as version from consent_record c join aggregate a on a.key = c.customer_id::text
      where c.customer_id = any($1) group by 1`,
    versioned: true,
  },
];

/** `alone`: those that are never merged, whose every change in these services is one of the state. */
export async function stateTopicsMatchTables(doors: OracleDoors, ids: string[], alone: string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const plain = new Set(alone);
  for (const { service, topic, rows, versioned } of STATES) {
    const records = await doors.topic(topic);
    found.push(...fallenBack(topic, records));
    const newest = new Map(records.map((record) => [record.key!, record]));
    for (const { version, ...row } of await doors.sql(service, rows, [ids])) {
      const what = `${topic} of ${row.customerId}`;
      const record = newest.get(row.customerId);
      if (!record) found.push(lost(`${what}: no state record`));
      else found.push(...difference(what, record, row));
      if (record && versioned && plain.has(row.customerId) && Number(record.headers.ce_sequence) !== version)
        found.push(disagrees(`${what}: the last record is of version ${record.headers.ce_sequence}, the database is at ${version}`));
    }
  }
  return found;
}

/**
 * A leader that was killed repeats its last records, up to the newest. One that publishes an older record after a newer one and leaves it at that (a
 * paused leader that does not know of its successor) has put the key's state back: whoever starts from the compacted topic would believe it.
 */
function fallenBack(topic: string, records: TopicRecord[]): Finding[] {
  const found: Finding[] = [];
  const last = new Map<string, number>();
  const newest = new Map<string, number>();
  const check = (key: string) => {
    const [stood, reached] = [last.get(key), newest.get(key)];
    if (stood !== reached) found.push({ wrong: 'put back', text: `${topic} ${key}: version ${stood} was left standing after ${reached}` });
  };
  for (const { key, headers } of records) {
    const version = Number(headers.ce_sequence);
    if (version > (newest.get(key!) ?? 0)) {
      check(key!);
      newest.set(key!, version);
    }
    last.set(key!, version);
  }
  return found;
}

/** Names the first field in which a state record and a row differ. */
function difference(what: string, { data }: TopicRecord, row: Record<string, unknown>): Finding[] {
  const told = (field: string) => (field === 'totalRevenue' ? Number(data?.[field]) : data?.[field]);
  const field = Object.keys(row).find((name) => JSON.stringify(told(name)) !== JSON.stringify(row[name]));
  if (field === undefined) return [];
  return [disagrees(`${what}: ${field} is ${JSON.stringify(told(field))} on the topic and ${JSON.stringify(row[field])} in the table`)];
}

// ── projections ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function projectionsAgree(doors: OracleDoors, history: History, facts: Facts, ids: string[]): Promise<Finding[]> {
  return [
    ...(await stagesAgree(doors, ids)),
    ...(await paymentsAddUp(doors, history, ids)),
    ...(await casesAreNewest(doors, history)),
    ...(await firstContacts(doors, facts, ids)),
  ];
}

export async function directoriesAgree(doors: OracleDoors, ids: string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const truth = await doors.sql('customer', 'select id, type, status, source, owner_id from customer where id = any($1)', [ids]);
  for (const service of ['interaction', 'lifecycle', 'compliance'] as const) {
    const text = 'select customer_id as id, type, status, source, owner_id from directory_customer where customer_id = any($1)';
    const directory = new Map((await doors.sql(service, text, [ids])).map((row) => [row.id, JSON.stringify(row)]));
    for (const row of truth) {
      const known = directory.get(row.id);
      if (known === undefined) found.push(lost(`${service} does not know customer ${row.id}`));
      else if (known !== JSON.stringify(row))
        found.push(disagrees(`${service} has ${known} in its directory, the customer is ${JSON.stringify(row)}`));
    }
  }
  return found;
}

async function stagesAgree(doors: OracleDoors, ids: string[]): Promise<Finding[]> {
  const stages = await doors.sql(
    'lifecycle',
    'select l.customer_id as id, s.category from customer_lifecycle l join lifecycle_stage s on s.id = l.current_stage_id where customer_id = any($1)',
    [ids],
  );
  const customers = await doors.sql('customer', 'select id, stage_category as category from customer where id = any($1)', [ids]);
  const known = new Map(customers.map((row) => [row.id, row.category]));
  return stages
    .filter(({ id, category }) => known.get(id) !== category)
    .map(({ id, category }) => disagrees(`customer ${id}: stage ${category} in lifecycle, ${known.get(id)} in customer`));
}

async function paymentsAddUp(doors: OracleDoors, history: History, ids: string[]): Promise<Finding[]> {
  const paid = new Map<string, { cents: number; count: number }>();
  for (const { kind, customerId, amount, outcome } of history) {
    if (kind !== 'payment' || outcome !== 'ok') continue;
    const sum = paid.get(customerId!) ?? { cents: 0, count: 0 };
    paid.set(customerId!, { cents: sum.cents + Math.round(Number(amount) * 100), count: sum.count + 1 });
  }
  const text = 'select customer_id as id, total_revenue, purchase_count as count from customer_lifecycle where customer_id = any($1)';
  return (await doors.sql('lifecycle', text, [ids])).flatMap(({ id, total_revenue, count }): Finding[] => {
    const expected = paid.get(id) ?? { cents: 0, count: 0 };
    const cents = Math.round(Number(total_revenue) * 100);
    if (cents === expected.cents && count === expected.count) return [];
    const wrong = count > expected.count ? 'doubled' : count < expected.count ? 'lost' : 'disagrees';
    const sums = `revenue ${cents / 100} of ${count} purchases, paid were ${expected.cents / 100} in ${expected.count}`;
    return [{ wrong, text: `customer ${id}: ${sums}` }];
  });
}

/** Whatever the order of arrival, the highest revision stands in the table and in the timeline. */
async function casesAreNewest(doors: OracleDoors, history: History): Promise<Finding[]> {
  const newest = new Map<string, Operation>();
  const unsure = new Set<string>();
  for (const operation of history) {
    if (operation.kind !== 'case') continue;
    if (operation.outcome === 'unknown') unsure.add(operation.caseId!);
    if (operation.revision! > (newest.get(operation.caseId!)?.revision ?? 0)) newest.set(operation.caseId!, operation);
  }
  for (const id of unsure) newest.delete(id);
  const rows = await doors.sql('lifecycle', 'select case_id as id, revision from support_case where case_id = any($1)', [
    [...newest.keys()],
  ]);
  const lines = await doors.sql(
    'interaction',
    "select source_id as id, display from timeline_item where kind = 'case' and source_id = any($1)",
    [[...newest.keys()]],
  );
  const [revisions, displays] = [new Map(rows.map((r) => [r.id, r.revision])), new Map(lines.map((l) => [l.id, l.display as string]))];
  const found: Finding[] = [];
  for (const [id, { revision, marker }] of newest) {
    if (revisions.get(id) !== revision) found.push(lost(`case ${id}: revision ${revisions.get(id)} in the table, ${revision} was told`));
    if (!displays.get(id)?.endsWith(marker)) found.push(lost(`case ${id}: the timeline says ${displays.get(id)}, the newest is ${marker}`));
  }
  return found;
}

export async function timelineIsWhole(doors: OracleDoors, ids: string[]): Promise<Finding[]> {
  const rows = async (service: Service, text: string) => new Set((await doors.sql(service, text, [ids])).map((row) => row.id as string));
  const shown = (kind: string) =>
    rows('interaction', `select source_id as id from timeline_item where kind = '${kind}' and customer_id = any($1)`);
  const sources = {
    interaction: await rows('interaction', 'select id from interaction where customer_id = any($1) and deleted_at is null'),
    journey: await rows('lifecycle', 'select id from milestone where customer_id = any($1) and deleted_at is null'),
  };
  const found: Finding[] = [];
  for (const [kind, source] of Object.entries(sources)) {
    const lines = await shown(kind);
    for (const id of source) if (!lines.has(id)) found.push(lost(`${kind} ${id} is missing in the timeline`));
    for (const id of lines) if (!source.has(id)) found.push(disagrees(`${kind} ${id} is in the timeline and nowhere else`));
  }
  return found;
}

/** A customer's first contact is the earliest of its interaction facts. */
async function firstContacts(doors: OracleDoors, facts: Facts, ids: string[]): Promise<Finding[]> {
  const mine = new Set(ids);
  const earliest = new Map<string, number>();
  for (const { key, data, headers } of facts.get('interaction')!) {
    if (!mine.has(key!) || headers.ce_type !== 'crm.interaction.interaction-logged.v1') continue;
    earliest.set(key!, Math.min(earliest.get(key!) ?? Number.POSITIVE_INFINITY, Date.parse(data.occurredAt)));
  }
  const text = `select customer_id as id, occurred_at from milestone where milestone_type = 'first_contact' and customer_id = any($1) and deleted_at is null`;
  const contacts = new Map((await doors.sql('lifecycle', text, [ids])).map((row) => [row.id, row.occurred_at.getTime() as number]));
  return [...earliest]
    .filter(([id, time]) => contacts.get(id) !== time)
    .map(([id, time]) => lost(`first contact of ${id}: ${contacts.get(id)} in lifecycle, the facts say ${time}`));
}

// ── the audit trail ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Each consent has its entry, and each customer's entries are numbered 1..n, each holding on to the one before. */
export async function trailIsComplete(doors: OracleDoors, ids: string[]): Promise<Finding[]> {
  const unaudited = await doors.sql(
    'compliance',
    `select c.id, count(e.id)::int as entries from consent_record c left join audit_entry e on e.subject_id = c.id and e.customer_id = c.customer_id
     where c.customer_id = any($1) group by c.id having count(e.id) <> 1`,
    [ids],
  );
  const torn = await doors.sql(
    'compliance',
    `select customer_id as id, sequence from (
       select customer_id, sequence, previous_hash, row_number() over chain as place, lag(hash, 1, repeat('0', 64)) over chain as before
       from audit_entry where customer_id = any($1) window chain as (partition by customer_id order by sequence)) entry
     where sequence <> place or previous_hash <> before`,
    [ids],
  );
  return [
    ...unaudited.map(
      ({ id, entries }): Finding => ({ wrong: entries > 1 ? 'doubled' : 'lost', text: `consent ${id} has ${entries} audit entries` }),
    ),
    ...torn.map(({ id, sequence }) => disagrees(`the audit trail of ${id} is torn at ${sequence}`)),
  ];
}
