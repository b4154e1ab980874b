// One pool per service, shared by TypeORM (entities, migrations, transactional writes) and by plain named statements (hot reads, sets).
// Every statement opens with its function's name as a comment, and is counted for the request that caused it.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { DataSource, type EntityManager, type EntitySchema, type MigrationInterface } from 'typeorm';
import type { Log } from './log.ts';
import { readTogether } from './read-together.ts';
import type { Sql } from './sql.ts';

// Days stay text, decimals and bigints too: JavaScript would bend them.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** Counts SQL statements of one request. */
export const statementCount = new AsyncLocalStorage<{ statements: number }>();

const MAX_PREPARED = 500;
const prepared = new Map<string, string>();

/** A name under which Postgres keeps the plan of one of our own statements; undefined for foreign ones, and beyond the bound. */
function preparedName(text: string): string | undefined {
  if (!text.startsWith('/* ')) return undefined;
  const known = prepared.get(text);
  if (known || prepared.size >= MAX_PREPARED) return known;
  const name = `s${prepared.size}`;
  prepared.set(text, name);
  return name;
}

/** Counts statements, and prepares ours: parsing and planning them anew each time would cost Postgres as much as running them. */
class CountingClient extends pg.Client {
  override query(statement: any, ...rest: any[]): any {
    const count = statementCount.getStore();
    if (count) count.statements++;
    const text = typeof statement === 'string' ? statement : statement?.text;
    const name = typeof text === 'string' && !statement.name ? preparedName(text) : undefined;
    if (!name) return (super.query as any)(statement, ...rest);
    if (typeof statement !== 'string') return (super.query as any)({ ...statement, name }, ...rest);
    const [values, ...callback] = Array.isArray(rest[0]) ? rest : [undefined, ...rest];
    return (super.query as any)({ name, text, values }, ...callback);
  }
}

class CountingPool extends pg.Pool {
  constructor(options: pg.PoolConfig) {
    super({ ...options, Client: CountingClient } as pg.PoolConfig);
  }

  /** A caller that waited for a connection goes on in its own context, not in that of the caller who gave the connection back. */
  override connect(callback?: any): any {
    return (super.connect as any)(callback && AsyncLocalStorage.bind(callback));
  }
}

/** What a Database and an open transaction can both do. */
export interface Reader {
  query<R>(name: string, statement: Sql): Promise<R[]>;
  one<R>(name: string, statement: Sql): Promise<R | undefined>;
}

/** Reads outside a transaction; writes go through `transact`. */
export interface Database extends Reader {
  readonly dataSource: DataSource;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export type MigrationClass = new () => MigrationInterface;

export interface DatabaseOptions {
  url: string;
  entities: readonly EntitySchema<any>[];
  migrations: readonly MigrationClass[];
  poolMax: number;
  statementTimeoutMs: number;
  name: string;
  log: Log;
}

function dataSourceOf(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    driver: { ...pg, Pool: CountingPool },
    entities: [...options.entities],
    migrations: [...options.migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    applicationName: options.name,
    logging: false,
    poolErrorHandler: (err: unknown) => options.log.warn({ err }, 'database connection lost'),
    extra: {
      max: options.poolMax,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
      pipeline: true, // for readTogether; who awaits each statement, such as a transaction, sees no difference
    },
  });
}

/** Connects, retrying within `waitMs` while Postgres starts. */
export async function openDatabase(options: DatabaseOptions, waitMs = 60_000): Promise<Database> {
  const deadline = Date.now() + waitMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    const dataSource = dataSourceOf(options);
    try {
      await dataSource.initialize();
      const pool = (dataSource.driver as unknown as { master: pg.Pool }).master;
      const read = readTogether(pool, () => statementCount.getStore());
      return {
        dataSource,
        pool,
        query: async <R>(name: string, statement: Sql) => (await read(named(name, statement))).rows as R[],
        one: async <R>(name: string, statement: Sql) => (await read(named(name, statement))).rows[0] as R | undefined,
        close: () => dataSource.destroy(),
      };
    } catch (err) {
      if (dataSource.isInitialized) await dataSource.destroy().catch(() => {});
      if (Date.now() + pause > deadline) throw err;
      options.log.warn({ err }, 'database not reachable yet');
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Runs pending migrations with the owner role, one service instance at a time. */
export async function migrate(options: DatabaseOptions): Promise<string[]> {
  const db = await openDatabase({ ...options, poolMax: 2, statementTimeoutMs: 600_000 });
  const lock = await db.pool.connect();
  try {
    await lock.query("select pg_advisory_lock(hashtext('migrate'))");
    return (await db.dataSource.runMigrations()).map((migration) => migration.name);
  } finally {
    lock.release(true);
    await db.close();
  }
}

/** Text and values as pg takes them, opening with the function's name. */
export function named(name: string, statement: Sql): { text: string; values: unknown[] } {
  return { text: `/* ${name} */ ${statement.text}`, values: [...statement.values] };
}

/** The same inside a TypeORM transaction. */
export async function queryIn<R>(manager: EntityManager, name: string, statement: Sql): Promise<R[]> {
  const { text, values } = named(name, statement);
  const result = await manager.query(text, values);
  // TypeORM answers [rows, count] for UPDATE and DELETE, rows otherwise.
  return (
    Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number' ? result[0] : result
  ) as R[];
}

/** Errors that time heals: a lost connection, a deadlock, a full pool or disk. A consumer retries them for ever, a client may retry. */
export function isTransient(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (typeof code === 'string' && (/^(08|40|53|57|58|25006)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/.test(code))) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|already released/i.test(
    message ?? '',
  );
}
