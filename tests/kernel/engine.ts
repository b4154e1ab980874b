// A database of its own with the kernel's tables and one small table, for the tests of the shared mechanisms: real Postgres, no service.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Actor, SYSTEM } from '@customer360/kernel/actor';
import { createNews, type ServiceContext } from '@customer360/kernel/context';
import { loadContracts } from '@customer360/kernel/contracts';
import { migrate, openDatabase } from '@customer360/kernel/database';
import { createLog } from '@customer360/kernel/log';
import { KernelTables1730000000000 } from '@customer360/kernel/tables';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { stack } from '../support/stack.ts';

class TestTables1730000009000 implements MigrationInterface {
  name = 'TestTables1730000009000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table thing (id uuid primary key, customer_id text, name text, rank int, amount numeric, at timestamptz, flag boolean, seen int not null default 0);
      create table ledger (entry text primary key);
      select kernel_append_only('ledger');`);
  }
  async down(): Promise<void> {}
}

const schema = (type: string) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: type,
  type: 'object',
  additionalProperties: false,
  required: ['n'],
  properties: { n: { type: 'integer' } },
});

export interface Engine {
  readonly ctx: ServiceContext & { readonly actor: Actor };
  readonly url: string;
  /** How often a commit woke the relay. */
  wakes(): number;
  close(): Promise<void>;
}

/** A fresh database; `close` drops it. */
export async function engine(): Promise<Engine> {
  const { databases } = JSON.parse(readFileSync(stack().secrets, 'utf8')) as { databases: Record<string, { superuser: string }> };
  const admin = new URL(databases.customer!.superuser);
  const name = `kernel_${randomUUID().replaceAll('-', '')}`;
  const server = new pg.Client({ connectionString: admin.href });
  await server.connect();
  await server.query(`create database ${name}`);
  const url = Object.assign(new URL(admin.href), { pathname: `/${name}` }).href;
  const folder = mkdtempSync(join(tmpdir(), 'customer360-contracts-'));
  mkdirSync(join(folder, 'events/test'), { recursive: true });
  for (const type of ['crm.test.thing-happened.v1', 'crm.test.thing-state.v1', 'other.thing-came.v1']) {
    writeFileSync(join(folder, `events/test/${type}.json`), JSON.stringify(schema(type)));
  }
  const log = createLog('kernel-test', process.env.LOG_LEVEL ?? 'silent');
  const options = {
    url,
    entities: [],
    migrations: [KernelTables1730000000000, TestTables1730000009000],
    poolMax: 20,
    statementTimeoutMs: 20_000,
    name: 'test',
    log,
  };
  await migrate(options);
  const db = await openDatabase(options);
  let wakes = 0;
  const ctx = {
    name: 'test',
    db,
    log,
    contracts: loadContracts(pathToFileURL(`${folder}/`)),
    env: {},
    wake: () => void wakes++,
    news: createNews(),
    actor: SYSTEM,
  };
  return {
    ctx,
    url,
    wakes: () => wakes,
    async close() {
      await db.close();
      await server.query(`drop database ${name} with (force)`);
      await server.end();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Bounded polling. */
export async function until(check: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
