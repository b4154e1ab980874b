// A small disk of the run's own for Postgres and the broker: an ext4 image on a loop device, which can be filled to the last block and frozen, so that
// writes and fsyncs fail or hang as on a real one. Needs Linux and root; elsewhere the run goes on without, and says so. [issue 5, section 2]
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const GIB = 1_073_741_824;

export class Disk {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Puts the folder on a disk of `gib`, its logs elsewhere (a full disk is the engines' trouble, not that of the logs); undefined where that cannot be done. */
  static mount(dir: string, gib: number): Disk | undefined {
    mkdirSync(dir, { recursive: true });
    const [image, logs] = [`${dir}.img`, `${dir}.logs`];
    try {
      run('truncate', '-s', String(gib * GIB), image);
      run('mkfs.ext4', '-q', '-m', '0', image);
      run('mount', '-o', 'loop', image, dir);
    } catch {
      rmSync(image, { force: true });
      return undefined;
    }
    mkdirSync(logs, { recursive: true });
    rmSync(join(dir, 'lost+found'), { recursive: true, force: true });
    symlinkSync(logs, join(dir, 'logs'));
    return new Disk(dir);
  }

  /** Also for what a killed run has left. */
  static unmount(dir: string): void {
    if (existsSync('/proc/mounts') && readFileSync('/proc/mounts', 'utf8').includes(` ${dir} `)) {
      try {
        run('fsfreeze', '-u', dir);
      } catch {} // it was not frozen
      run('umount', '-l', dir);
    }
    for (const path of [dir, `${dir}.img`, `${dir}.logs`]) rmSync(path, { recursive: true, force: true });
  }

  /** Not a block is free for a time. */
  async fill(ms: number): Promise<void> {
    const ballast = join(this.#dir, 'ballast');
    const [blocks, size] = (await output('stat', '-f', '-c', '%a %S', this.#dir)).split(' ').map(Number);
    try {
      await output('fallocate', '-l', String(Math.max(1, blocks! - 2_000) * size!), ballast);
      await output('dd', 'if=/dev/zero', `of=${ballast}.rest`, `bs=${size}`).catch(() => {}); // it ends with the disk
      await sleep(ms);
    } finally {
      rmSync(ballast, { force: true });
      rmSync(`${ballast}.rest`, { force: true });
    }
  }

  /** Every write and fsync hangs, again and again, for a time. */
  async stutter(ms: number): Promise<void> {
    for (const until = Date.now() + ms; Date.now() < until; await sleep(100)) {
      // One shell, so that the disk thaws whatever becomes of us.
      await output('sh', '-c', 'fsfreeze -f "$0"; sleep 0.4; fsfreeze -u "$0"', this.#dir);
    }
  }
}

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const output = async (command: string, ...args: string[]): Promise<string> => (await promisify(execFile)(command, args)).stdout;
