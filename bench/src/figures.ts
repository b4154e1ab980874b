// What every benchmark prints: the machine it ran on, percentiles, medians of paired rounds, a table. And CPU time of a process, read from the
// kernel, because requests per second on a shared machine say little and CPU per request says much.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** Date, machine, runtime and seed, without which no figure means anything. */
export function machine(seed: number): string {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${date} UTC, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GB, Node ${process.versions.node}, seed ${seed}`;
}

/** Nearest-rank percentile, `share` between 0 and 1; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on

/** CPU seconds (user and system) that a process has used so far; NaN where there is no /proc. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** A process as /proc tells it. */
export interface Seen {
  pid: number;
  parent: number;
  command: string;
  /** CPU seconds of its own, and of its children that have ended. */
  cpu: number;
  ended: number;
}

/** All processes; nothing where there is no /proc. */
export function processes(): Seen[] {
  return readdirSync('/proc').flatMap((name): Seen[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ').map(Number);
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const seconds = (from: number) => (fields[from]! + fields[from + 1]!) / TICKS_PER_SECOND;
      return [{ pid: Number(name), parent: fields[1]!, command, cpu: seconds(11), ended: seconds(13) }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

/** CPU seconds of a process with all its children, such as Postgres with its connections. */
export function familyCpuSeconds(pid: number): number {
  return processes().reduce((sum, { pid: own, parent, cpu, ended }) => {
    return sum + (own === pid ? cpu + ended : parent === pid ? cpu : 0);
  }, 0);
}

export const fixed = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));

/** Aligned columns; the first is text. */
export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Deterministic numbers in [0, 1): the same seed, the same data and the same order. */
export function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A shuffled copy (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
