// The judge of merges: replays what the writers were told, and holds every table with an origin, every directory, topic and the graph itself against
// where each id has to lead then. The rule is the contract's, not the code's: a row belongs to where its immutable origin leads. [WF-CM-002]
// [issue 6, section 6]
import { type History, membersOf, type Operation, of } from './history.ts';
import type { Facts, Finding, OracleDoors, Service, TopicRecord } from './oracle.ts';

const disagrees = (text: string): Finding => ({ wrong: 'disagrees', text });
const lost = (text: string): Finding => ({ wrong: 'lost', text });
const stuck = (text: string): Finding => ({ wrong: 'stuck', text });

interface Merged {
  readonly survivorId: string;
  readonly retiredIds: readonly string[];
  /** Where each id that it moved led before. */
  readonly led: ReadonlyMap<string, string>;
  stands: boolean;
}
interface World {
  /** Where every member leads; itself when it stands alone. */
  readonly leads: Map<string, string>;
  readonly merges: Map<string, Merged>;
}

/** Everything that is wrong with merges. `told`: what nobody knows decided by `decided`. */
export async function mergesHold(doors: OracleDoors, history: History, facts: Facts): Promise<Finding[]> {
  const ids = membersOf(history);
  if (ids.length === 0) return [];
  const world = replay(history);
  return [
    ...(await tableOfMerges(doors, world, ids)),
    ...(await redirectsAgree(doors, world, ids)),
    ...(await rowsFollowTheirOrigin(doors, world, ids)),
    ...(await paymentsFollow(doors, world, history)),
    ...(await consentsUnite(doors, world)),
    ...told(world, facts),
    ...(await acknowledged(doors, world, ids)),
    ...(await graphFollows(doors, world)),
  ];
}

function replay(history: History): World {
  const leads = new Map(membersOf(history).map((id) => [id, id]));
  const merges: World['merges'] = new Map();
  for (const { kind, outcome, merge } of history) {
    if (outcome !== 'ok' || !merge?.id) continue;
    const { survivorId, retiredIds } = merge;
    if (kind === 'merge') {
      const led = new Map([...leads].filter(([, to]) => retiredIds.includes(to)));
      for (const id of led.keys()) leads.set(id, survivorId);
      merges.set(merge.id, { survivorId, retiredIds, led, stands: true });
    } else {
      for (const [id, to] of merges.get(merge.id)?.led ?? []) leads.set(id, to);
      Object.assign(merges.get(merge.id) ?? {}, { stands: false });
    }
  }
  return { leads, merges };
}

/** What nobody was told, decided by the table of merges: from there on it must be so everywhere. */
export async function decideMerges(doors: OracleDoors, history: History): Promise<History> {
  if (!history.some(({ merge, outcome }) => merge && outcome === 'unknown')) return history;
  const rows = await doors.sql('customer', 'select id, survivor_id as survivor, retired_ids as retired, status from merge');
  const known = new Set(history.flatMap(({ kind, outcome, merge }) => (kind === 'merge' && outcome === 'ok' ? [merge!.id] : [])));
  return history.map((operation): Operation => {
    const { kind, merge, outcome } = operation;
    if (!merge || outcome !== 'unknown') return operation;
    const row = rows.find(({ id, survivor, retired }) =>
      kind === 'unmerge'
        ? id === merge.id
        : survivor === merge.survivorId && String(retired) === String(merge.retiredIds) && !known.has(id),
    );
    if (!row || (kind === 'unmerge' && row.status !== 'unmerged')) return { ...operation, outcome: 'failed' };
    return { ...operation, outcome: 'ok', merge: { ...merge, id: row.id } };
  });
}

/** Every acknowledged merge and un-merge is in the table, and no other. */
async function tableOfMerges(doors: OracleDoors, { merges }: World, ids: string[]): Promise<Finding[]> {
  const rows = await doors.sql('customer', 'select id, status, retired_ids as retired from merge where survivor_id = any($1)', [ids]);
  const found: Finding[] = rows
    .filter(({ id }) => !merges.has(id))
    .map(({ id, status }) => disagrees(`merge ${id} is ${status} in the table, and was never acknowledged`));
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [id, { stands, retiredIds }] of merges) {
    const [wanted, row] = [stands ? 'merged' : 'unmerged', byId.get(id)];
    if (!row) found.push(lost(`merge ${id} is not in the table`));
    else if (row.status !== wanted) found.push(lost(`merge ${id} is ${row.status} in the table, ${wanted} was acknowledged`));
    else if (String(row.retired) !== String(retiredIds)) found.push(disagrees(`merge ${id} retired ${row.retired}`));
  }
  return found;
}

/** The customer's row and each service's directory say the same, so that no redirect loops; a retired one is deleted, one that is back is not. */
async function redirectsAgree(doors: OracleDoors, { leads }: World, ids: string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const text = 'select id, merged_into as into, redirect_version as version, deleted_at as deleted from customer where id = any($1)';
  const customers = await doors.sql('customer', text, [ids]);
  for (const { id, into, deleted } of customers) {
    const to = leads.get(id)!;
    if ((into ?? id) !== to) found.push(lost(`customer ${id} leads to ${into ?? id} in the table, it was merged into ${to}`));
    else if ((deleted === null) !== (to === id)) found.push(disagrees(`customer ${id} leads to ${to} and is deleted at ${deleted}`));
  }
  const versions = new Map(customers.map(({ id, version }) => [id, version]));
  for (const service of ['interaction', 'lifecycle', 'compliance'] as const) {
    const known =
      'select customer_id as id, merged_into as into, redirect_version as version from directory_customer where customer_id = any($1)';
    for (const { id, into, version } of await doors.sql(service, known, [ids])) {
      if ((into ?? id) !== leads.get(id))
        found.push(lost(`${service} believes that ${id} leads to ${into ?? id}, not to ${leads.get(id)}`));
      else if (version !== versions.get(id))
        found.push(disagrees(`${service} knows redirect ${version} of ${id}, there were ${versions.get(id)}`));
    }
  }
  return found;
}

/** Rows that stay with the identity for which they were made, since reads unite the sides [docs/decisions/0011, 0017]: all of compliance, and these. */
const STAY: Partial<Record<Service, string[]>> = { lifecycle: ['customer_lifecycle', 'lifecycle_history'] };

/** In every table of every database with an origin, whichever they are. */
async function rowsFollowTheirOrigin(doors: OracleDoors, { leads }: World, ids: string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const [origins, places] = [ids, ids.map((id) => leads.get(id)!)];
  for (const service of ['customer', 'interaction', 'lifecycle', 'compliance'] as const) {
    const tables = await doors.sql(service, TABLES_WITH_ORIGIN);
    if (tables.length === 0) found.push(stuck(`${service} has no table with an origin`));
    for (const { name } of tables) {
      const stays = (service === 'compliance' && name !== 'directory_contact') || STAY[service]?.includes(name);
      const astray = await doors.sql(
        service,
        `select t.origin_customer_id as origin, t.customer_id as place, count(*)::int as rows from ${name} t
         left join unnest($1::uuid[], $2::uuid[]) as led(origin, place) on led.origin = t.origin_customer_id
         where (t.customer_id = any($1) or t.origin_customer_id = any($1)) and t.customer_id is distinct from led.place group by 1, 2`,
        [origins, stays ? origins : places],
      );
      for (const { origin, place, rows } of astray)
        found.push(
          lost(`${service}.${name}: ${rows} rows of ${origin} stand with ${place}, it leads to ${stays ? origin : leads.get(origin)}`),
        );
    }
  }
  return found;
}
const TABLES_WITH_ORIGIN = `select c.table_name as name from information_schema.columns c join information_schema.columns o using (table_schema, table_name)
  join information_schema.tables t using (table_schema, table_name)
  where table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'customer_id' and o.column_name = 'origin_customer_id'`;

/** A payment's origin is the id that the financial module named; the survivor's revenue is that of all its origins. */
async function paymentsFollow(doors: OracleDoors, { leads }: World, history: History): Promise<Finding[]> {
  const paid = of(history, 'payment').filter(({ customerId, outcome }) => leads.has(customerId!) && outcome === 'ok');
  const rows = await doors.sql(
    'lifecycle',
    'select payment_id as id, origin_customer_id as origin from payment where payment_id = any($1)',
    [paid.map(({ marker }) => marker)],
  );
  const origins = new Map(rows.map(({ id, origin }) => [id, origin]));
  const found = paid
    .filter(({ marker, customerId }) => origins.has(marker) && origins.get(marker) !== customerId)
    .map(({ marker, customerId }) => disagrees(`payment ${marker} has origin ${origins.get(marker)}, it was told of ${customerId}`));
  const sums = new Map([...new Set(leads.values())].map((id) => [id, { cents: 0, count: 0 }]));
  for (const { customerId, amount } of paid) {
    const sum = sums.get(leads.get(customerId!)!)!;
    sum.cents += Math.round(Number(amount) * 100);
    sum.count++;
  }
  const text =
    'select customer_id as id, total_revenue as revenue, purchase_count as count from customer_lifecycle where customer_id = any($1)';
  const lifecycles = new Map((await doors.sql('lifecycle', text, [[...sums.keys()]])).map((row) => [row.id, row]));
  for (const [id, { cents, count }] of sums) {
    const row = lifecycles.get(id);
    const same = row && Math.round(Number(row.revenue) * 100) === cents && row.count === count;
    if (!same)
      found.push(disagrees(`survivor ${id}: revenue ${row?.revenue} of ${row?.count} purchases, paid were ${cents / 100} in ${count}`));
  }
  return found;
}

/** The survivor's state says granted only where each side that said anything has a grant later than every withdrawal that speaks for it, in both times. */
async function consentsUnite(doors: OracleDoors, { leads }: World): Promise<Finding[]> {
  const rows = await doors.sql(
    'compliance',
    `with said as (select led.id, led.survivor, c.granted, c.created_at as learnt, coalesce(c.revoked_at, c.granted_at) as since
       from unnest($1::uuid[], $2::uuid[]) as led(id, survivor) join consent_record c on led.id = any(c.covers)),
     side as (select id, survivor, bool_or(granted and not exists (select 1 from said w where w.id = said.id and not w.granted
       and (w.learnt >= said.learnt or w.since >= said.since))) as granted from said group by 1, 2)
     select survivor, bool_and(granted) as granted from side group by 1`,
    [[...leads.keys()], [...leads.values()]],
  );
  const states = new Map((await doors.topic('crm.compliance.state.v1')).map((record) => [record.key!, record]));
  return rows.flatMap(({ survivor, granted }) => {
    const told = states.get(survivor)?.data?.consents?.[0]?.granted;
    return told === granted
      ? []
      : [disagrees(`survivor ${survivor}: its consent is ${told} on the topic, all sides together make it ${granted}`)];
  });
}

/** Each merge and each id that it moved was told once, and so was its undoing. */
function told({ merges }: World, facts: Facts): Finding[] {
  const times = new Map<string, number>();
  const distinct = new Map(facts.get('customer')!.map((record) => [`${record.key} ${record.headers.ce_sequence}`, record]));
  for (const { key, data, headers } of distinct.values()) {
    const kind = /\.(customers?-(?:un)?merged)\.v1$/.exec(headers.ce_type ?? '')?.[1];
    if (kind) count(times, `${kind} ${data.mergeId} of ${key}`);
  }
  const wanted = new Map<string, number>();
  for (const [id, { survivorId, led, stands }] of merges) {
    for (const un of stands ? [''] : ['', 'un']) {
      count(wanted, `customers-${un}merged ${id} of ${survivorId}`);
      for (const moved of led.keys()) count(wanted, `customer-${un}merged ${id} of ${moved}`);
    }
  }
  return [...new Set([...times.keys(), ...wanted.keys()])].flatMap((what): Finding[] => {
    const [is, should] = [times.get(what) ?? 0, wanted.get(what) ?? 0];
    if (is === should) return [];
    return [
      { wrong: is < should ? 'lost' : should === 0 ? 'disagrees' : 'doubled', text: `${what}: ${is} facts, ${should} were acknowledged` },
    ];
  });
}

/** Every service has acknowledged the last redirect of every id, on its topic and in `mergeProgress`. */
async function acknowledged(doors: OracleDoors, { leads, merges }: World, ids: string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const redirects = await doors.sql(
    'customer',
    'select id, redirect_version as version from customer where id = any($1) and redirect_version > 0',
    [ids],
  );
  for (const service of ['interaction', 'lifecycle', 'compliance'] as const) {
    const topic = `crm.${service}.redirects.v1`;
    const newest = new Map<string, TopicRecord>((await doors.topic(topic)).map((record) => [record.key!, record]));
    for (const { id, version } of redirects) {
      const data = newest.get(id)?.data;
      const same = data && data.redirectVersion === version && (data.mergedInto ?? id) === leads.get(id);
      if (!same)
        found.push(
          disagrees(`${topic} of ${id}: redirect ${data?.redirectVersion} to ${data?.mergedInto}, it is ${version} to ${leads.get(id)}`),
        );
    }
  }
  for (const id of merges.keys()) {
    const answer = await doors.graph('query($id: ID!) { result: mergeProgress(id: $id) { complete services { service waitingForIds } } }', {
      id,
    });
    if (!answer?.complete) found.push(stuck(`merge ${id} is not complete: ${JSON.stringify(answer?.services)}`));
  }
  return found;
}

/** Whoever asks for a retired id gets its survivor. */
async function graphFollows(doors: OracleDoors, { leads }: World): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [id, to] of leads) {
    const answer = await doors.graph('query($id: ID!) { result: customer(id: $id) { id redirectedFrom } }', { id });
    const from = id === to ? null : id;
    if (answer?.id !== to || (answer.redirectedFrom ?? null) !== from)
      found.push(disagrees(`the graph answers ${answer?.id} from ${answer?.redirectedFrom} for ${id}, which leads to ${to}`));
  }
  return found;
}

const count = (times: Map<string, number>, what: string) => times.set(what, (times.get(what) ?? 0) + 1);
