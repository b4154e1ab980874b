// Many customers out of few: the few were made through the product's own doors, every row of theirs is copied by SQL under new ids and names, at
// shifted times. So each row is one that the product has written, down to versions, markers and directories, and 250,000 customers take minutes
// instead of hours. Runs inside Postgres, a transaction per few thousand customers: memory does not grow, and a stopped run goes on where it was.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { type AuditEntry, chain } from '../../services/compliance/src/audit/audit.ts';

/** Which rows of a table belong to the copied customers: the column that holds their id, or a condition. */
const DIRECTORY = { directory_customer: 'customer_id', directory_contact: 'customer_id', aggregate: 'key', consumer_seen: 'key' };
const TABLES: Record<string, Record<string, string>> = {
  customer: {
    customer: 'id',
    external_id: 'customer_id',
    contact: 'customer_id',
    account: 'customer_id',
    address: 'customer_id',
    relationship: 'from_customer_id',
    aggregate: 'key',
  },
  interaction: { ...DIRECTORY, interaction: 'customer_id', note: 'customer_id', activity: 'customer_id', timeline_item: 'customer_id' },
  lifecycle: {
    ...DIRECTORY,
    customer_lifecycle: 'customer_id',
    lifecycle_history: 'customer_id',
    milestone: 'customer_id',
    invoice: 'customer_id',
    payment: 'customer_id',
    opportunity: 'customer_id',
    support_case: 'customer_id',
    work_order: 'customer_id',
    equipment: 'customer_id',
  },
  compliance: { ...DIRECTORY, consent_record: 'customer_id', restriction_record: 'customer_id' },
};
/** Columns that name something which is not copied: staff and stages. */
const SHARED = /^(owner_id|assigned_to|\w+_stage_id)$/;
const IDENTIFIERS = /^(key|source_id|source_ref|external_id|invoice_id|payment_id|opportunity_id|case_id|work_order_id|equipment_id)$/;
const NAMES = /^(display_name|legal_name|last_name)$/;
const CUSTOMERS_A_TRANSACTION = 5_000;

const FUNCTIONS = `
  create function pg_temp.copied(id uuid, n int) returns uuid language sql immutable return md5(id::text || n)::uuid;
  create function pg_temp.copied(word text, n int) returns text language sql immutable return
    case when word ~ '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
      then left(word, -36) || md5(right(word, 36) || n)::uuid::text else word || '-' || n end`;
/** Seconds into the past; less than half a day, so that a copied day stays that day. */
const SHIFT = (n: number) => (n * 37) % 36_000;
const SHIFT_SQL = 'make_interval(secs => n * 37 % 36000)';

/** The id of copy `n` of a customer; copy 0 is the original. */
export function copyOf(id: string, n: number): string {
  if (n === 0) return id;
  const hex = createHash('md5').update(`${id}${n}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export interface Multiplication {
  /** Superuser URL by service. */
  databases: Record<string, string>;
  /** Ids of the customers that are copied. */
  originals: readonly string[];
  copies: number;
  log(line: string): void;
  signal: AbortSignal;
}

/** Copies the customers `copies` times in all four databases; what an earlier run has copied stays. */
export async function multiply(task: Multiplication): Promise<void> {
  await Promise.all(Object.keys(TABLES).map((service) => multiplyIn(service, task)));
}

async function multiplyIn(service: string, { databases, originals, copies, log, signal }: Multiplication): Promise<void> {
  const client = new pg.Client({ connectionString: databases[service], application_name: 'bench' });
  await client.connect();
  try {
    await client.query(FUNCTIONS);
    await client.query("set synchronous_commit = off; set work_mem = '64MB'; set maintenance_work_mem = '512MB'");
    const statements: string[] = [];
    for (const [table, owner] of Object.entries(TABLES[service]!)) statements.push(await copyStatement(client, table, owner, originals));
    const [root, id] = Object.entries(TABLES[service]!)[0]!;
    const missing = `select min(n) as n from generate_series(1, $2::int) n
      where not exists (select from ${root} where ${id} = pg_temp.copied($1::uuid, n))`;
    const begin: number = (await client.query(missing, [originals[0], copies])).rows[0].n ?? copies + 1;
    const step = Math.max(1, Math.floor(CUSTOMERS_A_TRANSACTION / originals.length));
    const began = Date.now();
    if (begin <= copies) await setIndexesAside(client, Object.keys(TABLES[service]!));
    for (let from = begin; from <= copies; from += step) {
      if (signal.aborted) throw new Error('stopped; the next run goes on from here');
      const to = Math.min(copies, from + step - 1);
      await client.query('begin');
      for (const statement of statements) await client.query(statement, [from, to]);
      if (service === 'compliance') await copyAuditTrails(client, originals, from, to);
      await client.query('commit');
      if ((from - begin) % (step * 10) === 0) log(`${service}: copy ${to} of ${copies}, ${Math.round((Date.now() - began) / 1_000)} s`);
    }
    if (await putIndexesBack(client)) {
      await client.query('vacuum analyze');
      log(`${service}: indexes are back, ${Math.round((Date.now() - began) / 1_000)} s`);
    }
  } finally {
    await client.end();
  }
}

/** Making an index once is several times faster than growing it. What was set aside is written down, since this run may be stopped. */
async function setIndexesAside(client: pg.Client, tables: readonly string[]): Promise<void> {
  await client.query('begin');
  await client.query('create table if not exists bench_index (definition text not null)');
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
     where i.indrelid::regclass::text = any($1) and not i.indisunique and not i.indisexclusion`,
    [tables],
  );
  await client.query('insert into bench_index select unnest($1::text[])', [rows.map(({ definition }) => definition)]);
  for (const { name } of rows) await client.query(`drop index ${name}`);
  await client.query('commit');
}

/** Makes the indexes that this run or an earlier one has set aside; were there any? */
async function putIndexesBack(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("select to_regclass('bench_index') is not null as aside");
  if (!rows[0].aside) return false;
  await client.query('begin');
  for (const { definition } of (await client.query('select definition from bench_index')).rows) await client.query(definition);
  await client.query('drop table bench_index');
  await client.query('commit');
  return true;
}

/** `insert … select` of a table's rows, for the copies $1 to $2 of the originals, which are read once and kept in a temporary table. */
async function copyStatement(client: pg.Client, table: string, owner: string, originals: readonly string[]): Promise<string> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select column_name as name, udt_name as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  );
  const ids = originals.map((id) => `'${id}'`).join();
  await client.query(`create temporary table original_${table} as select * from public.${table} where ${owner} in (${ids})`);
  return `insert into public.${table} (${rows.map(({ name }) => name).join(', ')})
    select ${rows.map(copiedValue).join(', ')} from original_${table} t cross join generate_series($1::int, $2::int) n`;
}

function copiedValue({ name, type }: { name: string; type: string }): string {
  const column = `t.${name}`;
  if (type === 'uuid') return SHARED.test(name) ? column : `pg_temp.copied(${column}, n)`;
  if (type === '_uuid') return `(select array_agg(pg_temp.copied(id, n)) from unnest(${column}) id)`;
  if (type === 'timestamptz') return `${column} - ${SHIFT_SQL}`;
  if (type !== 'text') return column;
  if (IDENTIFIERS.test(name)) return `pg_temp.copied(${column}, n)`;
  if (NAMES.test(name)) return `${column} || ' ' || n`;
  return /^email/.test(name) ? `replace(${column}, '@', '.' || n || '@')` : column;
}

/** Audit trails are chains of hashes: the copies are chained by the product's own function. */
async function copyAuditTrails(client: pg.Client, originals: readonly string[], from: number, to: number): Promise<void> {
  const { rows } = await client.query(
    `select id, customer_id as "customerId", at, actor_kind as "actorKind", actor_id as "actorId", actor_roles as "actorRoles", action,
       subject_type as "subjectType", subject_id as "subjectId", details, door, request_id as "requestId", why
     from audit_entry where customer_id = any($1) order by customer_id, sequence`,
    [originals],
  );
  for (let n = from; n <= to; n++) {
    const shifted = (at: string | Date) => new Date(new Date(at).getTime() - SHIFT(n) * 1_000);
    const ends = new Map<string, AuditEntry>();
    const entries = rows.map((row) => {
      const { occurredAt } = row.details;
      const details = { ...row.details, ...(occurredAt && { occurredAt: shifted(occurredAt).toISOString() }) };
      const ids = { id: copyOf(row.id, n), customerId: copyOf(row.customerId, n), subjectId: copyOf(row.subjectId, n) };
      const entry = chain(ends.get(row.customerId), { ...row, ...ids, at: shifted(row.at), details });
      ends.set(row.customerId, entry);
      return entry;
    });
    await client.query(
      `insert into audit_entry (id, customer_id, sequence, at, actor_kind, actor_id, actor_roles, action, subject_type, subject_id, details, door,
         request_id, why, previous_hash, hash)
       select id, "customerId", sequence, at, "actorKind", "actorId", "actorRoles", action, "subjectType", "subjectId", details, door,
         "requestId", why, "previousHash", hash
       from jsonb_to_recordset($1) as e(id uuid, "customerId" uuid, sequence int, at timestamptz, "actorKind" text, "actorId" text, "actorRoles" text[],
         action text, "subjectType" text, "subjectId" uuid, details jsonb, door text, "requestId" text, why text, "previousHash" text, hash text)`,
      [JSON.stringify(entries)],
    );
  }
}
