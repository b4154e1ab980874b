// Who a process is. A pid alone may have been reused since it was written down, so a record also holds the start time and a
// part of the command line; only when all agree is a process left by a killed stack ended.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Identity {
  pid: number;
  /** Start time as the system tells it. */
  start: string;
  /** A part of its command line. */
  command: string;
}

interface Seen {
  start: string;
  command: string;
}

/** The process as it is now; undefined when there is none or only its zombie. */
function look(pid: number): Seen | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      if (stat[0] === 'Z' || stat[0] === 'X') return undefined;
      return { start: stat[19]!, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
    }
    const line = execFileSync('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    const match = /^\s*(\S+)\s+(\S+ \S+ +\S+ \S+ \S+)\s+(.*)$/.exec(line);
    return match && !match[1]!.startsWith('Z') ? { start: match[2]!, command: match[3]! } : undefined;
  } catch {
    return undefined;
  }
}

export function identify(pid: number, command: string): Identity {
  return { pid, start: look(pid)?.start ?? '', command };
}

export function isAlive(identity: Identity): boolean {
  const seen = look(identity.pid);
  if (!seen?.command.includes(identity.command)) return false;
  return identity.start === '' || seen.start === identity.start;
}

/** Sends each signal in turn until the process is gone. */
export async function end(identity: Identity, signals: Array<[signal: NodeJS.Signals, waitMs: number]>): Promise<void> {
  for (const [signal, waitMs] of signals) {
    if (!isAlive(identity)) return;
    try {
      process.kill(identity.pid, signal);
    } catch {}
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(50)) if (!isAlive(identity)) return;
  }
}
