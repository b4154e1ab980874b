// `rebuild <service> <projection>`: fills a projection anew from its topics while the service keeps answering and consuming. The service's own handlers run
// over the topics into temporary tables of the same names, which stand before the real ones for this session only; then, under a lock that readers do not
// feel, the copy is brought exactly to where the service is, and the real table is made equal to it in one transaction.

import type pg from 'pg';
import type { Received, Subscription } from '../../packages/kernel/src/consumer.ts';
import type { ServiceContext } from '../../packages/kernel/src/context.ts';
import type { Sql } from '../../packages/kernel/src/sql.ts';
import type { Tx } from '../../packages/kernel/src/transact.ts';
import { Sentence } from '../stack/sentence.ts';
import { on, ownerDatabaseOf, print, table as printTable } from './place.ts';
import { endsOf, type Places, type ReadRecord, read } from './reader.ts';

interface Target {
  table: string;
  id: string;
  /** Which rows the topics feed; the others are not touched. */
  where: string;
  /** Are rows wrong that no topic tells of? Not where topics forget after 30 days: there they stay. */
  complete: boolean;
  /** Columns that say when something was applied, not what. */
  incidental: string[];
  subscriptions: readonly Subscription[];
}

async function targetsOf(service: string, projection: string): Promise<Target[]> {
  if (projection === 'directory' && service !== 'customer') {
    const { directorySubscriptions } = await import('../../packages/customer-data/src/directory-feed.ts');
    const target = (table: string, id: string, ...topics: string[]): Target => ({
      table,
      id,
      where: 'true',
      complete: true,
      incidental: [],
      subscriptions: directorySubscriptions.filter(({ topic }) => topics.includes(topic)),
    });
    return [
      target('directory_customer', 'customer_id', 'crm.customer.state.v1', 'crm.compliance.state.v1'),
      target('directory_staff', 'staff_id', 'crm.customer.staff.v1'),
      target('directory_contact', 'contact_id', 'crm.customer.contacts.v1'),
    ];
  }
  if (projection === 'timeline' && service === 'interaction') {
    const folder = '../../services/interaction/src/consumers';
    const names = ['invoices', 'orders', 'cases', 'work-orders', 'milestones'];
    const modules = await Promise.all(names.map((name) => import(`${folder}/on-${name}-changed.ts`)));
    const subscriptions = modules.flatMap((module) => Object.values(module) as Subscription[]);
    const where = `kind in ('journey', 'invoice', 'order', 'case', 'work_order')`;
    return [{ table: 'timeline_item', id: 'id', where, complete: false, incidental: ['applied_at'], subscriptions }];
  }
  throw new Sentence(
    `${service} has no projection ${projection}: there are directory (interaction, lifecycle, compliance) and timeline (interaction).`,
  );
}

/** Rebuilds and says what was different. */
export async function rebuild(service: string, projection: string): Promise<void> {
  const targets = await targetsOf(service, projection);
  await on(ownerDatabaseOf(service), async (client) => {
    const rows = [];
    for (const target of targets) rows.push(await rebuildTable(client, target));
    printTable(rows);
    const wrong = rows.reduce((sum, row) => sum + row.added + row.changed + row.removed, 0);
    print(wrong === 0 ? 'The old tables were right: nothing changed.' : `${wrong} row(s) were put right.`);
  });
}

async function rebuildTable(client: pg.Client, target: Target) {
  const { table, subscriptions } = target;
  const topics = subscriptions.map(({ topic }) => topic);
  await client.query('drop table if exists pg_temp.parked');
  await client.query('create temp table parked (like public.parked)'); // what handlers wake there is the service's own business
  await client.query(`create temp table ${table} (like public.${table} including all)`);
  const reader = await read(topics, true, (records) => applyToCopy(client, subscriptions, records));
  try {
    await reader.until(await endsOf(topics));
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query('begin');
        await client.query(`lock table public.${table} in share row exclusive mode`);
        const applied = await appliedBy(client, topics);
        await reader.until(applied);
        const answer = await makeEqual(client, target);
        await client.query('commit');
        return { table, ...answer };
      } catch (error) {
        await client.query('rollback');
        if ((error as { code?: string }).code !== '40P01' || attempt >= 5) throw error; // a deadlock with the consumer: once more
      }
    }
  } finally {
    await reader.stop();
    await client.query(`drop table if exists pg_temp.${table}`);
  }
}

/** Where the service is: what the copy has to contain before it may take the table's place. */
async function appliedBy(client: pg.Client, topics: string[]): Promise<Places> {
  const { rows } = await client.query(
    'select topic, partition, next_offset from consumer_offset where topic = any($1) and next_offset > 0',
    [topics],
  );
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, BigInt(row.next_offset)]));
}

async function applyToCopy(client: pg.Client, subscriptions: readonly Subscription[], records: ReadRecord[]): Promise<void> {
  const subscription = subscriptions.find(({ topic }) => topic === records[0]?.topic);
  const query = async <R>(name: string, { text, values }: Sql): Promise<R[]> =>
    (await client.query(`/* rebuild ${name} */ ${text}`, values as unknown[])).rows as R[];
  const tx = {
    now: new Date(),
    query,
    one: async <R>(name: string, statement: Sql) => (await query<R>(name, statement))[0],
    afterCommit() {},
    emit() {}, // news of the past is no news
    state() {},
  } as unknown as Tx;
  await subscription?.handle(tx, records.flatMap(eventOf), {} as ServiceContext);
}

/** What the service would have parked as unreadable is left out here too. */
function eventOf({ topic, key, headers, value }: ReadRecord): Received[] {
  if (!headers.ce_type || !headers.ce_id) return [];
  try {
    const sequence = headers.ce_sequence === undefined ? undefined : Number(headers.ce_sequence);
    const data = value === null ? null : JSON.parse(value);
    return [{ topic, key, type: headers.ce_type, id: headers.ce_id, sequence, time: new Date(headers.ce_time ?? 0), data, headers }];
  } catch {
    return [];
  }
}

async function makeEqual(client: pg.Client, { table, id, where, complete, incidental }: Target) {
  const { rows: found } = await client.query(
    `select column_name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
    [table],
  );
  const columns: string[] = found.map((row) => row.column_name);
  const compared = columns.filter((column) => !incidental.includes(column));
  const list = (alias: string, names: string[]) => names.map((name) => `${alias}.${name}`).join(', ');
  const removed = complete
    ? await client.query(
        `delete from public.${table} p where ${where} and not exists (select from pg_temp.${table} c where c.${id} = p.${id})`,
      )
    : { rowCount: 0 };
  const changed = await client.query(
    `update public.${table} p set (${columns.join(', ')}) = (select ${list('c', columns)}) from pg_temp.${table} c
     where c.${id} = p.${id} and (${list('c', compared)}) is distinct from (${list('p', compared)})`,
  );
  const added = await client.query(
    `insert into public.${table} (${columns.join(', ')}) select ${list('c', columns)} from pg_temp.${table} c
     where not exists (select from public.${table} p where p.${id} = c.${id})`,
  );
  const total = await client.query(`select count(*)::int as n from public.${table} where ${where}`);
  return { rows: total.rows[0].n as number, added: added.rowCount ?? 0, changed: changed.rowCount ?? 0, removed: removed.rowCount ?? 0 };
}
