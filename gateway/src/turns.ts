// One actor's operations take turns: so many run at once, the next ones wait in order, and what comes on top of a full line is refused at once. So a
// client that sends everything it has at the same time waits for itself, and the others find the services as free as before. [issue 5, section 3]
import type { Actor } from '@customer360/kernel/actor';
import type { GatewayContext } from './context.ts';
import type { Graph } from './graph.ts';
import type { Rejected } from './metrics.ts';
import { rateLimited } from './rate-limit.ts';

/** How many operations of one actor wait for each that runs. */
const LINE = 16;

interface Line {
  running: number;
  readonly waiting: Array<() => void>;
}

/**
 * `execute` with at most `most` operations of an actor at once. An actor's line is forgotten with its last operation; a wait ends at the latest when the
 * operations before it reach their own deadlines. Throws RATE_LIMITED with `limit: requestsInFlight` beyond 16 waiting for each running one.
 */
export function inTurns(most: number, execute: Graph['execute'], rejected: (reason: Rejected) => void): Graph['execute'] {
  const lines = new Map<string, Line>();

  async function turn({ kind, id }: Actor): Promise<() => void> {
    const key = `${kind}:${id}`;
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    if (line.running < most) line.running += 1;
    else if (line.waiting.length < most * LINE) await new Promise<void>((go) => line.waiting.push(go));
    else {
      rejected('rate');
      throw rateLimited(
        `${most} of your operations are running and ${most * LINE} wait: send fewer at once`,
        'requestsInFlight',
        most,
        1_000,
      );
    }
    return () => {
      const next = line.waiting.shift();
      if (next) next();
      else if (--line.running === 0) lines.delete(key);
    };
  }

  return async (request) => {
    let done: (() => void) | undefined;
    const context = async (): Promise<GatewayContext> => {
      const own = await request.context();
      done = await turn(own.actor);
      return own;
    };
    try {
      return await execute({ ...request, context });
    } finally {
      done?.();
    }
  };
}
