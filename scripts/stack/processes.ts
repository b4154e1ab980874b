// Children of the stack: each with a log file of its own, a bounded wait until it is ready, SIGTERM and then SIGKILL after a limit.
// Node children notice the end of this process by their standard input (EXIT_WITH_PARENT); Postgres and Kafka cannot, so a leash
// (leash.ts) ends them. What survives even that, because everything was killed at once, is found by its record at the next start.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Identity, identify } from './pids.ts';
import { explain, Sentence } from './sentence.ts';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string | undefined>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Its output is appended to this file. */
  log: string;
  /** A part of the command line that tells it from other processes. */
  marker: string;
  /** Asked until it answers true. */
  ready: () => Promise<boolean>;
  readyWithinMs: number;
  stopSignal?: NodeJS.Signals;
  stopWithinMs: number;
}

export interface Running {
  name: string;
  pid: number;
  identity: Identity;
  /** Resolves when the process is gone; never rejects. */
  exited: Promise<string>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Aborted when the command is asked to stop while the stack still starts: waits end, what was being started is stopped. */
export const stopRequest = new AbortController();

const MAX_LOG_BYTES = 5_000_000;

export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** The end of a log from `offset` on, for a message. */
export function tail(file: string, offset = 0, lines = 12): string {
  try {
    return readFileSync(file).subarray(offset).toString().trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/** Starts a process and waits until it is ready. */
export async function run(spec: ProcessSpec): Promise<Running> {
  const log = openLog(spec.log);
  const offset = statSync(spec.log).size;
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    uid: spec.uid,
    gid: spec.gid,
    stdio: ['pipe', log, log],
    detached: true, // a Ctrl-C of the terminal reaches the stack only, which stops its children in order
  });
  closeSync(log);
  child.stdin?.on('error', () => {});
  const running = wrap(spec, child);
  const deadline = Date.now() + spec.readyWithinMs;
  let gone: string | undefined;
  running.exited.then((how) => {
    gone = how;
  });
  for (let wait = 25; ; wait = Math.min(wait * 1.5, 250)) {
    if (gone !== undefined) {
      const said = tail(spec.log, offset);
      throw explain(said) ?? new Sentence(`${spec.name} ended (${gone}) before it was ready; the end of its log ${spec.log}:\n${said}`);
    }
    const ready = await spec.ready().catch((error) => (error instanceof Sentence ? error : false));
    if (ready instanceof Sentence) {
      await running.stop();
      throw ready;
    }
    if (ready) {
      if (gone === undefined) return running;
      continue; // somebody else answered on its port
    }
    if (stopRequest.signal.aborted) {
      await running.stop();
      throw new Sentence('stopped');
    }
    if (Date.now() > deadline) {
      await running.stop();
      const seconds = Math.round(spec.readyWithinMs / 1000);
      throw new Sentence(`${spec.name} was not ready within ${seconds} s; the end of its log ${spec.log}:\n${tail(spec.log, offset)}`);
    }
    await sleep(wait);
  }
}

function wrap(spec: ProcessSpec, child: ChildProcess): Running {
  const pid = child.pid ?? -1;
  let alive = child.pid !== undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      alive = false;
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      alive = false;
      resolve(signal ?? `exit code ${code}`);
    });
  });
  const running: Running = {
    name: spec.name,
    pid,
    identity: identify(pid, spec.marker),
    exited,
    isRunning: () => alive,
    kill: (signal) => {
      if (alive) child.kill(signal);
    },
    stop: async () => {
      if (!alive) return;
      child.kill('SIGCONT'); // a stopped process would not hear the next one
      child.kill(spec.stopSignal ?? 'SIGTERM');
      await Promise.race([exited, sleep(spec.stopWithinMs, undefined, { ref: false })]);
      if (!alive) return;
      child.kill('SIGKILL');
      await Promise.race([exited, sleep(5_000, undefined, { ref: false })]);
    },
  };
  return running;
}

export interface Leash {
  hold(identity: Identity, signal: NodeJS.Signals): void;
  release(): void;
}

/** A small process that ends what it was told of when this process goes away without saying goodbye; `marker` only tells it from others. */
export function startLeash(log: string, marker: string): Leash {
  const fd = openLog(log);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('./leash.ts', import.meta.url)), marker],
    {
      stdio: ['pipe', fd, fd],
      detached: true,
      env: { PATH: process.env.PATH },
    },
  );
  closeSync(fd);
  child.on('error', () => {});
  const { stdin } = child;
  if (!stdin) throw new Error('a piped stdin is missing');
  stdin.on('error', () => {});
  child.unref();
  return {
    hold: (identity, signal) => stdin.write(`${JSON.stringify({ identity, signal })}\n`),
    release: () => stdin.end('"goodbye"\n'),
  };
}
