// `npm run bench -- idle`: what the whole stack costs when nobody asks anything: CPU and memory of every process, broker and database among them,
// with the demo data, over a minute. Memory is the proportional share (PSS): what processes share, such as Node itself, is counted once.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../../demo/src/load.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { fixed, machine, processes, table } from './figures.ts';

const FULL = { quietSeconds: 30, seconds: 60 };
const QUICK = { quietSeconds: 3, seconds: 5 };
const AIM = { percent: 3, megabytes: 900 };

interface Used {
  cpu: number;
  pss: number;
  rss: number;
  count: number;
}

export async function run({ stack, quick, log, seed, signal }: BenchmarkRun): Promise<void> {
  const { quietSeconds, seconds } = quick ? QUICK : FULL;
  if (!quick) await load({ ...stack, log });
  log(`waiting ${quietSeconds} s, then measuring ${seconds} s …`);
  await sleep(quietSeconds * 1_000, undefined, { signal });
  const before = byProgram(stack);
  await sleep(seconds * 1_000, undefined, { signal });
  const after = byProgram(stack);
  const percent = (name: string) => ((after.get(name)!.cpu - (before.get(name)?.cpu ?? 0)) / seconds) * 100;
  const names = [...after.keys()].sort((a, b) => percent(b) - percent(a));
  const sum = (of: (name: string) => number) => names.reduce((total, name) => total + of(name), 0);
  const row = (name: string, count: number, cpu: number, pss: number, rss: number) => [
    name,
    String(count),
    fixed(cpu, 2),
    fixed(pss, 0),
    fixed(rss, 0),
  ];
  const rows = names.map((name) => row(name, after.get(name)!.count, percent(name), after.get(name)!.pss, after.get(name)!.rss));
  const total = { cpu: sum(percent), pss: sum((name) => after.get(name)!.pss) };
  rows.push(
    row(
      'total',
      sum((name) => after.get(name)!.count),
      total.cpu,
      total.pss,
      sum((name) => after.get(name)!.rss),
    ),
  );
  log(`\nThe idle stack, ${machine(seed)}${quick ? ' (quick: without demo data, a smoke test)' : ''}`);
  log(`${seconds} s after the demo data and ${quietSeconds} s of rest; CPU in % of one core, memory in MB`);
  log(`\n${table(['program', 'processes', 'CPU %', 'PSS', 'RSS'], rows)}\n`);
  const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
  log(`CPU ${fixed(total.cpu, 2)} %, aim < ${AIM.percent} %: ${verdict(total.cpu < AIM.percent)}`);
  log(`memory ${fixed(total.pss, 0)} MB, aim < ${AIM.megabytes} MB: ${verdict(total.pss < AIM.megabytes)}`);
}

/** The stack's processes are children of this one, Postgres' connections children of Postgres; by the name of the program. */
function byProgram({ services }: BenchmarkRun['stack']): Map<string, Used> {
  const all = processes();
  const known = new Map(Object.entries(services).map(([name, { pid }]) => [pid, name]));
  const nameOf = ({ pid, command }: { pid: number; command: string }) =>
    known.get(pid) ?? /(postgres|kafka\.Kafka|issuer|leash)/.exec(command)?.[1]?.replace('kafka.Kafka', 'kafka') ?? 'other';
  const used = new Map<string, Used>();
  for (const child of all.filter(({ parent }) => parent === process.pid)) {
    const family = [child, ...all.filter(({ parent }) => parent === child.pid)];
    const own = used.get(nameOf(child)) ?? { cpu: 0, pss: 0, rss: 0, count: 0 };
    for (const { pid, cpu } of family) {
      own.cpu += cpu;
      own.pss += memory(pid, 'smaps_rollup', 'Pss');
      own.rss += memory(pid, 'status', 'VmRSS');
      own.count++;
    }
    own.cpu += child.ended;
    used.set(nameOf(child), own);
  }
  return used;
}

/** Megabytes; 0 where the process has ended meanwhile. */
function memory(pid: number, file: string, field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
