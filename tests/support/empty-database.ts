// A database of one's own on the stack's Postgres, as a downstream team would have one: for the SDK and the example consumers.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { stack } from './stack.ts';

export interface EmptyDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Drops it. */
  close(): Promise<void>;
}

export async function emptyDatabase(): Promise<EmptyDatabase> {
  const { databases } = JSON.parse(readFileSync(stack().secrets, 'utf8')) as { databases: Record<string, { superuser: string }> };
  const admin = new URL(databases.customer!.superuser);
  const name = `downstream_${randomUUID().replaceAll('-', '')}`;
  const server = new pg.Client({ connectionString: admin.href });
  await server.connect();
  await server.query(`create database ${name}`);
  const url = Object.assign(new URL(admin.href), { pathname: `/${name}` }).href;
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  pool.on('error', () => {});
  return {
    url,
    pool,
    async close() {
      await pool.end();
      await server.query(`drop database if exists ${name} with (force)`);
      await server.end();
    },
  };
}
