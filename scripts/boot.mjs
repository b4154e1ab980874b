// The door of every npm script: `node scripts/boot.mjs <command> [args]`. On a bare clone with Node 20+ it installs what the lockfile says
// (only when that changed), then runs scripts/<command>.ts under Node 24. Plain JavaScript without dependencies, since it runs before there are any.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PNPM, pnpmCommand, pnpmEnvironment } from './pnpm.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');
const platform = `${process.platform}-${process.arch}`;
const stamp = join(root, 'node_modules', '.customer360-installed');

class Sentence extends Error {}

function checkMachine() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Sentence(`Node ${process.versions.node} is too old: install Node 20 or newer (24 is best) and run this again.`);
  const supported = ['linux-x64', 'linux-arm64', 'darwin-arm64'];
  if (!supported.includes(platform)) {
    throw new Sentence(
      `There are no Node 24 and Postgres 18 packages for ${platform}: use Linux on x64 or arm64, macOS on Apple silicon, or WSL2 on Windows.`,
    );
  }
  if (process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime) {
    throw new Sentence('This Linux uses musl (Alpine?): use one with glibc, such as Debian, Ubuntu or Fedora.');
  }
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new Sentence(`The folder ${root} cannot be written (${error.code}): clone the repository where you may write.`);
  }
}

/** Hash of everything an install depends on: lockfile, workspace file and every package.json, the platform. */
function wanted() {
  const hash = createHash('sha256').update(`${platform} pnpm@${PNPM}`);
  const folders = ['.', 'schemas', 'gateway', 'demo', 'tests', 'bench', 'packages/*', 'services/*', 'infra/*', 'examples/*'].flatMap(
    (folder) => (folder.endsWith('/*') ? children(folder.slice(0, -2)) : [folder]),
  );
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.map((folder) => join(folder, 'package.json'))]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`\0${file}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function children(folder) {
  const path = join(root, folder);
  return existsSync(path)
    ? readdirSync(path)
        .sort()
        .map((name) => join(folder, name))
    : [];
}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
const installed = () => read(stamp) === wanted() && existsSync(node24());

function node24() {
  const packaged = join(root, 'node_modules', `node-${platform}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : packaged;
}

/** Is the process that wrote `pid start` still the same one? (On Linux the start time guards against a reused pid.) */
function alive(text) {
  const [pid, start] = text.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return !start || startTime(pid) === start;
}
const startTime = (pid) => read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19] ?? '';

/** One install at a time in this clone; a lock left by a killed process is taken over. */
async function withLock(work) {
  const lock = join(cache, 'install.lock');
  const mine = `${process.pid} ${startTime(process.pid)}`;
  for (let waited = 0; ; waited += 200) {
    try {
      writeFileSync(lock, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = read(lock);
    if (holder && !alive(holder)) {
      // Renaming is atomic: of two that find the lock stale, one moves it away and the other finds the new one or none.
      const aside = `${lock}.${process.pid}`;
      try {
        renameSync(lock, aside);
        if (read(aside) !== holder) renameSync(aside, lock);
        else rmSync(aside);
      } catch {}
      continue;
    }
    if (waited === 0) say('another command is installing in this folder: waiting for it …');
    if (waited > 900_000) throw new Sentence(`Waited 15 minutes for another install: remove ${lock} if none is running.`);
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function install() {
  say(`installing with pnpm ${PNPM}, about a minute the first time …`);
  const [command, ...first] = pnpmCommand();
  const args = [...first, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'];
  const started = Date.now();
  let tail = '';
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: pnpmEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const show = (chunk) => {
      tail = (tail + chunk).slice(-4000);
      for (const line of String(chunk).split('\n')) if (/^Progress|ERR|postinstall/.test(line)) say(`  ${line.trim()}`);
    };
    child.stdout.on('data', show);
    child.stderr.on('data', show);
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(signal ? 1 : status));
  }).catch((error) => {
    throw new Sentence(error.code === 'ENOENT' ? 'npx was not found: install npm beside Node.' : `npx could not be run: ${error.message}.`);
  });
  if (code !== 0) {
    process.stderr.write(`${tail.trim()}\n`);
    if (/ENOSPC/.test(tail)) throw new Sentence('The disk is full: free about 1 GB and run this again.');
    if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT/.test(tail)) {
      throw new Sentence('The npm registry could not be reached: the first run, and one after a changed lockfile, needs the network.');
    }
    throw new Sentence('The install failed; pnpm said why above.');
  }
  writeFileSync(stamp, wanted());
  say(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

const say = (line) => process.stderr.write(`${line}\n`);

/** Runs the command under Node 24; signals and the death of this process or of npm reach it, its exit code becomes ours. */
function run(command, args) {
  const options = [
    '--conditions=customer360-source',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=TimeoutNegativeWarning', // kafkajs under Node 24
    join(root, 'scripts', `${command}.ts`),
    ...args,
  ];
  const env = { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cache, 'node-compile') };
  const child = spawn(node24(), options, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  child.on('error', (error) => fail(new Sentence(`Node 24 could not be run: ${error.message}.`)));
  // A terminal's Ctrl-C reaches the child by itself (same process group); it stops everything and we wait for it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
  }
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
}

function fail(error) {
  process.stderr.write(error instanceof Sentence ? `${error.message}\n` : `${error.stack}\n`);
  process.exit(1);
}

try {
  const [command, ...args] = process.argv.slice(2);
  const commands = readdirSync(join(root, 'scripts'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3));
  if (!command || !commands.includes(command)) throw new Sentence(`Which command? One of: ${commands.join(', ')}.`);
  checkMachine();
  if (!installed()) await withLock(async () => installed() || (await install()));
  run(command, args);
} catch (error) {
  fail(error.code === 'ENOSPC' ? new Sentence('The disk is full: free about 1 GB and run this again.') : error);
}
