// The SDK's own rows in the consumer's database, schema `customer360`: how far each partition was applied, what was seen of each key, what is parked,
// what waits for an effect outside. They commit together with the handlers' rows: that is the whole secret of "exactly once in effect".
import type { Transaction } from './handlers.ts';

/** A connection, as `pg` gives it. */
export interface Connection {
  query(text: string, values?: unknown[]): Promise<{ rows: any[]; rowCount: number | null }>;
  release(destroy?: boolean | Error): void;
}

/** A pool, as `pg` gives it. */
export interface Postgres {
  connect(): Promise<Connection>;
}

const TABLES = `
  create schema if not exists customer360;
  create table if not exists customer360.position (
    consumer text not null, topic text not null, partition int not null,
    next_offset bigint not null default 0, bootstrap_until bigint,
    primary key (consumer, topic, partition));
  create table if not exists customer360.seen (
    consumer text not null, topic text not null, key text not null, sequence int not null,
    primary key (consumer, topic, key));
  create table if not exists customer360.inbox (
    consumer text not null, event_id text not null, received_at timestamptz not null default now(),
    primary key (consumer, event_id));
  create index if not exists inbox_received_at on customer360.inbox (received_at);
  create table if not exists customer360.parked (
    id bigint generated always as identity primary key,
    consumer text not null, topic text not null, partition int not null, record_offset bigint not null,
    key text not null, sequence int, headers jsonb not null, payload text,
    reason text not null, detail text, attempts int not null default 0,
    parked_at timestamptz not null default now(), retry_at timestamptz,
    unique (consumer, topic, partition, record_offset));
  create index if not exists parked_key on customer360.parked (consumer, topic, key, id);
  create table if not exists customer360.outside (
    id bigint generated always as identity primary key,
    consumer text not null, event_id text not null, topic text not null, key text not null, sequence int, headers jsonb not null, payload text,
    attempts int not null default 0, due_at timestamptz not null default now(), done_at timestamptz, failed text,
    unique (consumer, event_id));
  create index if not exists outside_waiting on customer360.outside (consumer, key, id) where done_at is null;`;

/** Creates the tables where they are missing. Where the role may not create, run this once as the owner; afterwards SELECT, INSERT, UPDATE, DELETE suffice. */
export async function createTables(database: Postgres): Promise<void> {
  await inTransaction(database, async (tx) => {
    const [there] = await tx.query<{ there: boolean }>(`select to_regclass('customer360.outside') is not null as there`);
    if (there?.there) return;
    await tx.query(`select pg_advisory_xact_lock(hashtext('customer360 tables'))`);
    await tx.query(TABLES);
  });
}

/** Runs `work` in one transaction; what it registered with `afterCommit` runs after the commit. */
export async function inTransaction<T>(database: Postgres, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const connection = await database.connect();
  const afterwards: Array<() => void> = [];
  const tx: Transaction = {
    query: async (text, values) => (await connection.query(text, values as unknown[])).rows,
    afterCommit: (run) => void afterwards.push(run),
  };
  let result: T;
  try {
    await connection.query('begin');
    result = await work(tx);
    await connection.query('commit');
  } catch (error) {
    const broken = await connection.query('rollback').then(
      () => false,
      () => true,
    );
    connection.release(broken);
    throw error;
  }
  connection.release();
  for (const run of afterwards) run();
  return result;
}

/** Errors that time heals: a lost connection, a deadlock, a full disk. They are retried whole and never park anything. */
export function isTransient(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (typeof code === 'string' && (/^(08|40|53|57|58|25006)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EAI_)/.test(code)))
    return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/i.test(message ?? '');
}

/** Where one partition's applied records end, locked until the commit: of two members that hold it for a moment, one waits and finds it moved. */
export async function lockPosition(tx: Transaction, consumer: string, topic: string, partition: number) {
  const [row] = await tx.query<{ next_offset: string; bootstrap_until: string | null }>(
    'select next_offset, bootstrap_until from customer360.position where consumer = $1 and topic = $2 and partition = $3 for update',
    [consumer, topic, partition],
  );
  if (!row) throw new Error(`no position of ${topic}/${partition}: the topic got partitions after the start, start the consumer again`);
  return { next: BigInt(row.next_offset), bootstrapUntil: row.bootstrap_until === null ? undefined : BigInt(row.bootstrap_until) };
}

export async function movePosition(tx: Transaction, consumer: string, topic: string, partition: number, next: bigint): Promise<void> {
  await tx.query('update customer360.position set next_offset = $4 where consumer = $1 and topic = $2 and partition = $3', [
    consumer,
    topic,
    partition,
    String(next),
  ]);
}

/** What was seen last of these keys. */
export async function seenOf(tx: Transaction, consumer: string, topic: string, keys: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ key: string; sequence: number }>(
    'select key, sequence from customer360.seen where consumer = $1 and topic = $2 and key = any($3)',
    [consumer, topic, keys],
  );
  return new Map(rows.map((row) => [row.key, row.sequence]));
}

/** Marks never go back. */
export async function markSeen(tx: Transaction, consumer: string, topic: string, marks: ReadonlyMap<string, number>): Promise<void> {
  if (marks.size === 0) return;
  await tx.query(
    `insert into customer360.seen as s (consumer, topic, key, sequence)
     select $1, $2, key, sequence from unnest($3::text[], $4::int[]) as mark(key, sequence)
     on conflict (consumer, topic, key) do update set sequence = excluded.sequence where excluded.sequence > s.sequence`,
    [consumer, topic, [...marks.keys()], [...marks.values()]],
  );
}

/** Answers those ids that were never received before, and remembers them. */
export async function claimInbox(tx: Transaction, consumer: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ event_id: string }>(
    'insert into customer360.inbox (consumer, event_id) select distinct $1, unnest($2::text[]) on conflict do nothing returning event_id',
    [consumer, ids],
  );
  return new Set(rows.map((row) => row.event_id));
}

/** Forgets ids that no repeat can still meet: topics keep 30 days. */
export async function pruneInbox(tx: Transaction): Promise<void> {
  await tx.query(
    `delete from customer360.inbox where (consumer, event_id) in (select consumer, event_id from customer360.inbox where received_at < now() - interval '35 days' limit 10000)`,
  );
  await tx.query(
    `delete from customer360.outside where id in (select id from customer360.outside where done_at < now() - interval '35 days' limit 10000)`,
  );
}

/** One writer per key at a time, whichever topic its news comes on, in one order of locking. */
export const lockKeys = (tx: Transaction, consumer: string, keys: readonly string[]): Promise<unknown> =>
  tx.query(
    'select count(pg_advisory_xact_lock(lock)) from (select distinct hashtextextended($1 || key, 360) as lock from unnest($2::text[]) key order by lock) ordered',
    [consumer, keys],
  );
