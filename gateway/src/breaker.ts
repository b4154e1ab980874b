// One breaker per service, so that a frozen one costs each caller at most one deadline and then nothing: it opens at the first failure if
// the service has answered nobody since that request began, otherwise after five failures in a row. After a pause one real request probes,
// and those that come meanwhile wait a moment for what it finds, so that the first answer after an outage is already whole.
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  /** May a request be sent now? Null = no. The ticket must be settled exactly once. */
  enter(): Ticket | null;
  state(): BreakerState;
  /** Resolves when the probe under way is settled; at once when there is none. */
  probed(): Promise<void>;
}
export interface Ticket {
  answered(): void;
  failed(): void;
}

const FAILURES_IN_A_ROW = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4_000;

/** A closed breaker; `now` is in milliseconds and monotonic. */
export function createBreaker(now: () => number = () => performance.now()): Breaker {
  let state: BreakerState = 'closed';
  let failures = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let openUntil = 0;
  let lastAnswer = Number.NEGATIVE_INFINITY;
  let probe = Promise.withResolvers<void>();
  probe.resolve();

  function open(): void {
    // Many requests in flight fail together: that is one outage, and only a failed probe makes the pause longer.
    if (state === 'half-open') pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    state = 'open';
    openUntil = now() + pauseMs;
  }

  return {
    state: () => state,
    probed: () => probe.promise,
    enter() {
      if (state === 'half-open' || (state === 'open' && now() < openUntil)) return null;
      const probing = state === 'open';
      if (probing) {
        state = 'half-open';
        probe = Promise.withResolvers();
      }
      const began = now();
      return {
        answered() {
          lastAnswer = now();
          failures = 0;
          pauseMs = FIRST_PAUSE_MS;
          state = 'closed';
          if (probing) probe.resolve();
        },
        failed() {
          failures += 1;
          const alone = lastAnswer < began;
          if (probing || (state === 'closed' && (alone || failures >= FAILURES_IN_A_ROW))) open();
          if (probing) probe.resolve();
        },
      };
    },
  };
}
