// Temporary.
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { migrate } from '@customer360/kernel/database';
import { createLog } from '@customer360/kernel/log';
import { KernelTables1730000000000 } from '@customer360/kernel/tables';
import { CustomerTables1730000001000 } from '../../services/customer/src/migrations/customer-tables.ts';
import { DuplicateTables1730000020000 } from '../../services/customer/src/migrations/duplicate-tables.ts';
import { ImportTables1730000030000 } from '../../services/customer/src/migrations/import-tables.ts';
import { MergeTables1730000050000 } from '../../services/customer/src/migrations/merge-tables.ts';
import { UpkeepTables1730000040000 } from '../../services/customer/src/migrations/upkeep-tables.ts';
import { run } from './zz-duplicates.ts';
const admin = new pg.Client('postgres://postgres@127.0.0.1:55999/postgres'); await admin.connect();
if (process.argv[4] !== 'skip') { await admin.query('drop database if exists micro with (force)'); await admin.query('create database micro'); } await admin.end();
const url = 'postgres://postgres@127.0.0.1:55999/micro';
if (process.argv[4] !== 'skip') await migrate({ url, entities: [], migrations: [KernelTables1730000000000, CustomerTables1730000001000, DuplicateTables1730000020000, ImportTables1730000030000, MergeTables1730000050000, UpkeepTables1730000040000], poolMax: 2, statementTimeoutMs: 60000, name: 'x', log: createLog('x', 'error') });
writeFileSync('/tmp/mq/secrets.json', JSON.stringify({ databases: { customer: { superuser: url } } }));
await run({ stack: { kill: async () => {}, secrets: '/tmp/mq/secrets.json' } as never, seed: 1, quick: process.argv[2] !== 'full', base: Number(process.argv[3] ?? 5000), log: (line: string) => { console.log(line); if (line.includes('are loaded') && process.argv[4] === 'stop') process.kill(process.pid, 'SIGSTOP'); }, signal: new AbortController().signal });
process.exit(0);
