// The order of faults: three hands strike at the same time, never the same victim, in an order that the seed decides. [issue 5, section 2]
import { setTimeout as sleep } from 'node:timers/promises';
import { type Battlefield, FAULTS, type Fault, up } from './faults.ts';

/** How often each fault struck, by `name victim`. */
export type Struck = Map<string, { fault: Fault; times: number }>;

/** mulberry32: the same seed gives the same sequence. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each fault as often as it weighs. */
const BAG = FAULTS.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));

interface Stroke {
  fault: Fault;
  victim: string;
  chance: number;
  restMs: number;
}

function* strokes(seed: number): Generator<Stroke, never> {
  const next = random(seed);
  for (;;) {
    const fault = BAG[Math.floor(next() * BAG.length)]!;
    yield { fault, victim: fault.victims[Math.floor(next() * fault.victims.length)]!, chance: next(), restMs: 300 + next() * 1_500 };
  }
}

/** An instance and its twin are one victim: somebody must be there to lead. A disk carries both engines. */
const placesOf = (victim: string): string[] => (victim === 'disk' ? ['postgres', 'kafka'] : [victim.split('@')[0]!]);

/** Strikes until `until`, then brings everything up again. */
export async function torment(field: Battlefield, seed: number, until: number): Promise<Struck> {
  const struck: Struck = new Map();
  const coming = strokes(seed);
  const busy = new Set<string>();
  const over = () => Date.now() >= until || field.stopped.aborted;
  const hand = async () => {
    while (!over()) {
      const { fault, victim, chance, restMs } = coming.next().value;
      const places = placesOf(victim);
      if (places.some((place) => busy.has(place))) continue;
      if (victim === 'disk' && !field.disk) continue;
      for (const place of places) busy.add(place);
      await sleep(restMs);
      const what = `${fault.name} ${victim}`;
      struck.set(what, { fault, times: (struck.get(what)?.times ?? 0) + 1 });
      await fault.strike(field, victim, chance).finally(() => {
        for (const place of places) busy.delete(place);
      });
    }
  };
  await Promise.all([hand(), hand(), hand()]);
  return struck;
}

/**
 * Everything that should run does. The broker gets one quiet start: killed while it still loads its consumers' offsets, Kafka 4.3 may start with a
 * coordinator that never loads them, until an operator restarts it.
 */
export async function allUp(field: Battlefield): Promise<void> {
  await field.stack.kill('kafka', 'SIGKILL');
  for (const name of new Set(['postgres', 'kafka', ...FAULTS[0]!.victims])) await up(field, name);
}
