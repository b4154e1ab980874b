// One use-case, one transaction: the rows and the events that tell of them are committed together or not at all (events.md, "The outbox").
// Advisory locks per customer come first, in one global order, so that per customer the outbox position order IS the commit order.
import { createHash, randomUUID } from 'node:crypto';
import { context, propagation } from '@opentelemetry/api';
import type { EntityManager } from 'typeorm';
import type { Actor } from './actor.ts';
import type { ServiceContext } from './context.ts';
import { queryIn } from './database.ts';
import type { Row } from './entity.ts';
import { MAX_KEY_LENGTH } from './idempotency-key.ts';
import { badInput, isProblem, keyReused, type Problem } from './problem.ts';
import { type Sql, sql } from './sql.ts';

/** A fact to publish on `crm.<service>.events.v1`. */
export interface Fact {
  /** `crm.<service>.<noun>-<past tense>.v1`, with a schema under schemas/events. */
  readonly type: string;
  /** The customer's id; the row's own id where no customer stands behind it. */
  readonly key: string;
  /** Ids, changed field names, non-personal values. */
  readonly data: object;
}

/** The present state of one thing, for a compacted topic. */
export interface StateRecord {
  readonly topic: string;
  readonly type: string;
  readonly key: string;
  /** The row's own version, or 'aggregate': the version its key reaches with this transaction's facts. */
  readonly version: number | 'aggregate';
  /** null is a tombstone. */
  readonly data: object | null;
}

/** A row before and after it was written; null before it was there. */
export interface RowChange<R extends { readonly id: string } = Row> {
  readonly before: R | null;
  readonly after: R;
}

/** An open transaction. */
export interface Tx {
  readonly now: Date;
  readonly actor: Actor;
  readonly manager: EntityManager;
  query<R>(name: string, statement: Sql): Promise<R[]>;
  one<R>(name: string, statement: Sql): Promise<R | undefined>;
  /** Facts leave in the order of the calls, after the commit. */
  emit(...facts: readonly Fact[]): void;
  /** State records; the last one per topic and key counts. */
  state(...records: readonly StateRecord[]): void;
  /** Tells who watches the rows of this table that they were written; `insertRow` and `updateRow` do it, statements over sets call it. */
  written<R extends { readonly id: string }>(table: string, changes: ReadonlyArray<RowChange<R>>): Promise<void>;
  /** Runs once the transaction has committed, such as waking a waiting request; never on a rollback. */
  afterCommit(run: () => void): void;
}

export interface TransactOptions<T> {
  /** Customer ids (or own ids) whose changes this is; locked before `work` runs. At most 1,000. */
  readonly lock?: readonly string[];
  /** Idempotency: the same key, operation and input answers what the first call made. */
  readonly once?: {
    /** From the input; without one the request's header counts (idempotency-key.ts). */
    readonly key?: string | null;
    readonly operation: string;
    readonly input: unknown;
    replay(tx: Tx, id: string): Promise<T>;
  };
}

class RolledBack extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const MAX_LOCKS = 1_000;

/**
 * Runs `work` in one transaction. A returned Problem and a thrown error roll back; otherwise rows, facts and state records commit together
 * and the relay is woken. `T` needs an `id` when `once` is given.
 */
export async function transact<T, P extends Problem = never>(
  ctx: ServiceContext & { readonly actor: Actor; readonly idempotencyKey?: string | undefined },
  options: TransactOptions<T>,
  work: (tx: Tx) => Promise<T | P>,
): Promise<T | P> {
  const { once } = options;
  const key = once && (once.key || ctx.idempotencyKey);
  let committed = () => {};
  try {
    const result = await ctx.db.dataSource.transaction(async (manager) => {
      const { tx, flush } = openTx(ctx, ctx.actor, manager);
      if (options.lock?.length) await lockKeys(tx, options.lock);
      const replayed = once && key ? await claimKey(tx, key, once) : undefined;
      if (once && replayed !== undefined) return once.replay(tx, replayed);
      const made = await work(tx);
      if (isProblem(made)) throw new RolledBack(made);
      if (key) await rememberResult(tx, key, made);
      committed = await flush();
      return made;
    });
    committed();
    return result;
  } catch (error) {
    if (error instanceof RolledBack) return error.problem as P;
    throw error;
  }
}

/** Takes the advisory locks of these keys in ascending lock order, so that no two transactions wait for each other. */
export async function lockKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length > MAX_LOCKS) throw new Error(`at most ${MAX_LOCKS} keys can be locked at once`);
  await tx.query(
    'lockKeys',
    sql`select count(pg_advisory_xact_lock(lock)) from (select distinct hashtextextended(key, 0) as lock from unnest(${[...keys]}::text[]) key order by lock) ordered`,
  );
}

/**
 * A Tx over a TypeORM transaction. `flush` writes what it collected into the outbox, as the last thing before the commit; what it answers is
 * to be called after the commit.
 */
export function openTx(ctx: ServiceContext, actor: Actor, manager: EntityManager): { tx: Tx; flush: () => Promise<() => void> } {
  const facts: Fact[] = [];
  const states = new Map<string, StateRecord>();
  const afterwards: Array<() => void> = [];
  const query = <R>(name: string, statement: Sql) => queryIn<R>(manager, name, statement);
  const tx: Tx = {
    now: new Date(),
    actor,
    manager,
    query,
    one: async <R>(name: string, statement: Sql) => (await query<R>(name, statement))[0],
    emit: (...more) => void facts.push(...more),
    state: (...more) => {
      for (const record of more) states.set(`${record.topic}\n${record.key}`, record);
    },
    written: async (table, changes) => ctx.watchRows?.(tx, table, changes, ctx),
    afterCommit: (run) => void afterwards.push(run),
  };
  const flush = async () => {
    if (facts.length > 0 || states.size > 0) await writeOutbox(ctx, tx, facts, [...states.values()]);
    return () => {
      ctx.wake();
      for (const run of afterwards) run();
    };
  };
  return { tx, flush };
}

/**
 * One statement numbers the facts and writes all events. Versions are gapless per key: as many as there are facts; a state record with version
 * 'aggregate' carries the one that its key reaches.
 */
async function writeOutbox(ctx: ServiceContext, tx: Tx, facts: readonly Fact[], states: readonly StateRecord[]): Promise<void> {
  const trace: Record<string, string> = {};
  propagation.inject(context.active(), trace);
  const counts = new Map<string, number>();
  const rows: Array<{
    topic: string;
    key: string;
    headers: string;
    payload: string | null;
    id: string;
    version: number | null;
    nth: number | null;
  }> = [];
  const add = (topic: string, event: { type: string; key: string; data: object | null }, number: { version: number } | { nth: number }) => {
    const { type, key, data } = event;
    if (data) ctx.contracts.assertWritable(type, data);
    const id = randomUUID();
    const headers = {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: type,
      ce_source: `/customer360/${ctx.name}`,
      ce_subject: key,
      ce_time: tx.now.toISOString(),
      ce_dataschema: type,
      'content-type': 'application/json',
      actor: `${tx.actor.kind}:${tx.actor.id}`,
      ...trace,
    };
    const payload = data && JSON.stringify(data);
    rows.push({ id, topic, key, headers: JSON.stringify(headers), payload, version: null, nth: null, ...number });
  };
  for (const fact of facts) {
    const nth = (counts.get(fact.key) ?? 0) + 1;
    counts.set(fact.key, nth);
    add(`crm.${ctx.name}.events.v1`, fact, { nth });
  }
  for (const record of states) {
    const { key, version } = record;
    const nth = counts.get(key);
    if (version !== 'aggregate') add(record.topic, record, { version });
    else if (nth !== undefined) add(record.topic, record, { nth });
    else throw new Error('a state record with version aggregate needs a fact of the same key');
  }
  await tx.query(
    'writeOutbox',
    sql`with reserved as (
          insert into aggregate as a (key, version)
          select key, count from unnest(${[...counts.keys()]}::text[], ${[...counts.values()]}::int[]) as fact(key, count) order by key
          on conflict (key) do update set version = a.version + excluded.version
          returning key, version
        ), counted as (
          select key, version, version - count as before
          from reserved join unnest(${[...counts.keys()]}::text[], ${[...counts.values()]}::int[]) as fact(key, count) using (key)
        )
        insert into outbox (id, topic, key, headers, payload)
        select row.id, row.topic, row.key, row.headers::jsonb || jsonb_build_object('ce_sequence', coalesce(row.version, before + nth)::text), row.payload
        from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.topic)}::text[], ${rows.map((r) => r.key)}::text[],
            ${rows.map((r) => r.headers)}::text[], ${rows.map((r) => r.payload)}::text[], ${rows.map((r) => r.version)}::int[],
            ${rows.map((r) => r.nth)}::int[]) with ordinality as row(id, topic, key, headers, payload, version, nth, place)
          left join counted on counted.key = row.key
        order by row.place`,
  );
}

async function claimKey(tx: Tx, key: string, once: { operation: string; input: unknown }): Promise<string | undefined> {
  if (key.length > MAX_KEY_LENGTH) throw badInput('idempotencyKey', `is longer than ${MAX_KEY_LENGTH} characters`);
  // Without the key itself, so that it may come by header the first time and in the input the second.
  const input = { ...(once.input as object), idempotencyKey: undefined };
  const hash = createHash('sha256')
    .update(JSON.stringify([once.operation, input]))
    .digest('hex');
  const mine = await tx.one(
    'claimIdempotencyKey',
    sql`insert into idempotency (actor, key, operation, input_hash) values (${actorKey(tx.actor)}, ${key}, ${once.operation}, ${hash})
        on conflict (actor, key) do nothing returning 1 as claimed`,
  );
  if (mine) return undefined;
  const first = await tx.one<{ input_hash: string; result_id: string }>(
    'findIdempotencyKey',
    sql`select input_hash, result_id from idempotency where actor = ${actorKey(tx.actor)} and key = ${key}`,
  );
  if (!first || first.input_hash !== hash) throw keyReused();
  return first.result_id;
}

async function rememberResult(tx: Tx, key: string, result: unknown): Promise<void> {
  const { id } = result as { id: string };
  await tx.query(
    'rememberIdempotentResult',
    sql`update idempotency set result_id = ${id} where actor = ${actorKey(tx.actor)} and key = ${key}`,
  );
}

const actorKey = (actor: Actor): string => `${actor.kind}:${actor.id}`;
