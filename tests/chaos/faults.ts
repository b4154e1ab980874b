// What can be done to a running stack, one function a kind of fault; each returns when what it broke works again. [issue 5, section 2]
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Disk } from './disk.ts';
import { SERVICES } from './oracle.ts';
import type { TcpProxy } from './proxy.ts';

/** The stack's doors for rough handling; scripts/stack/stack.ts has them. */
export interface Victims {
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  start(name: string): Promise<void>;
}
export interface Battlefield {
  readonly stack: Victims;
  readonly proxies: { readonly postgres: TcpProxy; readonly kafka: TcpProxy };
  /** undefined where none can be had. */
  readonly disk: Disk | undefined;
  /** The overlay's file: how far ahead a clock is that is told to look. */
  readonly clock: string;
  /** Superuser URL by service. */
  readonly databases: Readonly<Record<string, string>>;
  readonly stopped: AbortSignal;
}

/** In the totals: a kill is a kill -9, a pause a SIGSTOP; everything else is `other`. */
export type Sort = 'kill' | 'pause' | 'other';

export interface Fault {
  readonly name: string;
  readonly sort: Sort;
  /** How often it comes, against the others. */
  readonly weight: number;
  readonly victims: readonly string[];
  /** `chance` answers 0 to 1, the same for the same seed. */
  strike(field: Battlefield, victim: string, chance: number): Promise<void>;
}

const INSTANCES = SERVICES.flatMap((name) => [name, `${name}@2`]);
const ENGINES = ['postgres', 'kafka'];
/** Longer than the consumers' session of 6 s. */
const PAUSE_MS = 8_000;
const JUMPS_MS = [-86_400_000, -600_000, -30_000, -3_000, 3_000, 30_000, 600_000, 86_400_000];

export const FAULTS: readonly Fault[] = [
  {
    name: 'kill -9',
    sort: 'kill',
    weight: 16,
    victims: [...INSTANCES, ...SERVICES, 'gateway', ...ENGINES],
    async strike(field, victim, chance) {
      await field.stack.kill(victim, 'SIGKILL');
      await sleep(200 + chance * 2_000);
      await up(field, victim);
    },
  },
  {
    name: 'pause',
    sort: 'pause',
    weight: 2,
    victims: INSTANCES,
    async strike({ stack }, victim) {
      await stack.kill(victim, 'SIGSTOP');
      await sleep(PAUSE_MS);
      await stack.kill(victim, 'SIGCONT');
    },
  },
  {
    // Its session and with it the leader's lock end while it sleeps; it wakes in the belief that it leads.
    name: 'second leader',
    sort: 'pause',
    weight: 2,
    victims: SERVICES,
    async strike({ stack, databases }, victim) {
      const both = [victim, `${victim}@2`];
      for (const name of both) await stack.kill(name, 'SIGSTOP');
      await endRelaySessions(databases[victim]!, victim);
      // The second instance was not the leader or is none any more: it takes over while the first still sleeps.
      await stack.kill(both[1]!, 'SIGCONT');
      await sleep(PAUSE_MS / 2);
      await stack.kill(both[0]!, 'SIGCONT');
    },
  },
  {
    name: 'connections reset',
    sort: 'other',
    weight: 3,
    victims: ENGINES,
    async strike({ proxies }, victim) {
      const proxy = proxies[victim as 'postgres' | 'kafka'];
      await proxy.slow(1_000, 100); // so that the break meets every transaction at another place
      proxy.reset();
    },
  },
  {
    name: 'connections refused',
    sort: 'other',
    weight: 2,
    victims: ENGINES,
    strike: ({ proxies }, victim, chance) => proxies[victim as 'postgres' | 'kafka'].refuse(500 + chance * 3_000),
  },
  {
    // What makes transactions commit in another order than they took their outbox positions.
    name: 'connections slow',
    sort: 'other',
    weight: 4,
    victims: ENGINES,
    strike: ({ proxies }, victim, chance) => proxies[victim as 'postgres' | 'kafka'].slow(3_000, 20 + chance * 60),
  },
  {
    name: 'disk full',
    sort: 'other',
    weight: 1,
    victims: ['disk'],
    async strike(field) {
      await field.disk?.fill(2_000);
      for (const engine of ENGINES) await up(field, engine);
    },
  },
  {
    name: 'disk hangs',
    sort: 'other',
    weight: 1,
    victims: ['disk'],
    strike: async ({ disk }) => disk?.stutter(4_000),
  },
  {
    name: 'clock jumps',
    sort: 'other',
    weight: 2,
    victims: INSTANCES,
    async strike({ stack, clock }, victim, chance) {
      const jump = async (ms: number) => {
        writeFileSync(clock, String(ms));
        await stack.kill(victim, 'SIGUSR2');
        await sleep(100); // until it has read the file, which the next jump overwrites
      };
      await jump(JUMPS_MS[Math.floor(chance * JUMPS_MS.length)]!);
      await sleep(5_000);
      await jump(0);
    },
  },
];

/** Starts what is gone. It may take several attempts: the disk may be full or the other engine gone just now. */
export async function up({ stack, stopped }: Pick<Battlefield, 'stack' | 'stopped'>, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await stack.start(name);
    } catch (error) {
      if (attempt === 10 || stopped.aborted) throw error;
      await sleep(1_000);
    }
  }
}

async function endRelaySessions(url: string, service: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [`${service} relay`]);
  } catch {
    // Postgres is down: the sessions have ended with it.
  } finally {
    await client.end().catch(() => {});
  }
}
