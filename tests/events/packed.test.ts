// What a stranger installs: `npm pack` makes the tarball, an empty project holds it beside kafkajs and pg and nothing of ours, plain Node runs it without
// a flag, and its types check a consumer written in TypeScript.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { record, recording } from '@customer360/events/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
let project: string;
let database: EmptyDatabase;

beforeAll(async () => {
  database = await emptyDatabase();
  project = mkdtempSync(join(tmpdir(), 'customer360-stranger-'));
  // A copy is packed, so that several runs do not write into one dist.
  const copy = join(project, 'source');
  cpSync(join(root, 'packages/events'), copy, { recursive: true, filter: (path) => !/node_modules|dist$/.test(path) });
  const config = JSON.parse(readFileSync(join(copy, 'tsconfig.build.json'), 'utf8'));
  config.extends = join(root, 'tsconfig.base.json');
  config.compilerOptions.typeRoots = [join(root, 'node_modules/@types')];
  writeFileSync(join(copy, 'tsconfig.build.json'), JSON.stringify(config));
  symlinkSync(join(root, 'packages/events/node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules')); // for @types/pg while it is compiled
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], { cwd: copy });
  await run('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', project], { cwd: copy });
  rmSync(join(project, 'node_modules'));
  rmSync(copy, { recursive: true });
  const installed = join(project, 'node_modules/@customer360/events');
  mkdirSync(installed, { recursive: true });
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))!;
  await run('tar', ['-xzf', join(project, tarball), '--strip-components=1', '-C', installed]);
  const dependencies = createRequire(join(root, 'packages/events/package.json'));
  for (const name of ['kafkajs', 'pg']) {
    symlinkSync(dirname(dependencies.resolve(`${name}/package.json`)), join(project, 'node_modules', name));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', type: 'module' }));
}, 120_000);

afterAll(async () => {
  rmSync(project, { recursive: true, force: true });
  await database.close();
});

const CONSUMER = `
import { consume } from '@customer360/events';
import { handlers } from '@customer360/events/handlers';
import { replayRecorded } from '@customer360/events/testing';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query('create table if not exists suppressed (id text)');
const mine = handlers().on('crm.compliance.consent-revoked.v1', async (event, tx) => {
  if (event.data.consentType === 'marketing_email') await tx.query('insert into suppressed values ($1)', [event.key]);
});
const { records, parked } = await replayRecorded({ name: 'stranger', handlers: mine, database: pool, recording: 'recorded.jsonl' });
const { rows } = await pool.query('select id from suppressed');
console.log(JSON.stringify({ records, parked, suppressed: rows.map((row) => row.id), consume: typeof consume }));
await pool.end();
`;

test('the tarball runs in an empty project with plain Node', async () => {
  const lines = recording(
    record('crm.compliance.consent-revoked.v1', '5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11', 1, {
      consentRecordId: '6f1d2c3b-4a59-4687-9b0c-1d2e3f405162',
      consentType: 'marketing_email',
      legalBasis: 'consent',
      occurredAt: '2026-03-02T10:00:00.000Z',
    }),
  ).map((one) => JSON.stringify({ ...one, offset: Number(one.offset) }));
  writeFileSync(join(project, 'recorded.jsonl'), lines.join('\n'));
  writeFileSync(join(project, 'consumer.js'), CONSUMER);
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, ['consumer.js'], { cwd: project, env: { ...env, DATABASE_URL: database.url } });
  expect(JSON.parse(stdout)).toEqual({
    records: 1,
    parked: [],
    suppressed: ['5f0c1d3e-6a70-4c9f-9d86-0a3c2f2f7b11'],
    consume: 'function',
  });
}, 60_000);

test('its types hold a consumer to the contracts, without a type package besides', async () => {
  const check = async (file: string, source: string) => {
    writeFileSync(join(project, file), source);
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '', file];
    return run(join(root, 'node_modules/.bin/tsc'), flags, { cwd: project }).then(
      () => 'fine',
      (error) => String(error.stdout),
    );
  };
  const source = (expression: string) => `
import { handlers } from '@customer360/events/handlers';
import { consume } from '@customer360/events';
await consume({ name: 'x', brokers: [], database: '', handlers: handlers().on('crm.compliance.consent-revoked.v1', (event) => { ${expression} }) });`;
  expect(await check('right.ts', source(`const purpose: 'marketing_email' | (string & {}) = event.data.consentType; void purpose;`))).toBe(
    'fine',
  );
  expect(await check('wrong.ts', source('event.data.displayName;'))).toContain("Property 'displayName' does not exist");
}, 60_000);

test('the package depends on kafkajs and pg alone, and holds no source, no test and nothing of the services', () => {
  const installed = join(project, 'node_modules/@customer360/events');
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['kafkajs', 'pg']);
  const files = readdirSync(installed, { recursive: true }).map(String);
  expect(files.filter((name) => /(^|\/)src\/|test\.|services|kernel/.test(name))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['dist/consume.js', 'dist/consume.d.ts', 'dist/testing.js', 'README.md']));
});
