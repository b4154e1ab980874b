// Brings the services' databases up to date with `main.ts migrate`, before the services start. A service whose code has not changed since its last
// successful migration of this stack's own databases is passed over, which saves the warm start four Node processes.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writePrivate } from './files.ts';
import { openLog, stopRequest, tail } from './processes.ts';
import { entryOf, logOf, nodeArgs, type Surroundings, serviceEnv } from './programs.ts';
import { inRoot } from './root.ts';
import type { ServiceName } from './secrets.ts';
import { explain, Sentence } from './sentence.ts';

const MIGRATE_WITHIN_MS = 120_000;

export async function migrateAll(around: Surroundings, services: readonly ServiceName[], ownDatabases: boolean): Promise<void> {
  const record = join(around.dir, 'migrated.json');
  const done = (ownDatabases && readJson<Record<string, string>>(record)) || {};
  const waiting = services.filter((service) => done[service] !== fingerprint(service));
  const worker = async () => {
    for (let service = waiting.shift(); service; service = waiting.shift()) {
      await migrate(around, service);
      done[service] = fingerprint(service);
      writePrivate(record, done);
    }
  };
  await Promise.all([worker(), worker()]);
}

function fingerprint(service: ServiceName): string {
  const hash = createHash('sha256');
  for (const folder of [
    inRoot('services', service, 'src'),
    inRoot('packages', 'kernel', 'src'),
    inRoot('packages', 'customer-data', 'src'),
  ]) {
    for (const file of sources(folder)) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function sources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && statSync(file).isFile());
}

async function migrate(around: Surroundings, service: ServiceName): Promise<void> {
  const file = logOf(around.dir, `${service}-migrate`);
  const log = openLog(file);
  const offset = statSync(file).size;
  const env = serviceEnv(around, service);
  const child = spawn(process.execPath, [...nodeArgs, entryOf(service), 'migrate'], {
    env,
    cwd: inRoot(),
    stdio: ['ignore', log, log],
    timeout: MIGRATE_WITHIN_MS,
    signal: stopRequest.signal,
  });
  closeSync(log);
  const how = await new Promise<string | number>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal ?? code ?? 1));
  });
  if (how === 0) return;
  const said = tail(file, offset);
  throw explain(said) ?? new Sentence(`The database of ${service} could not be brought up to date (${how}); the end of ${file}:\n${said}`);
}
