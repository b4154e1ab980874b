// What a use-case is given: the service around it, and for a request the caller and the loaders. Plain values, made once at the edges.
import type { Actor } from './actor.ts';
import type { Contracts } from './contracts.ts';
import type { Database } from './database.ts';
import type { Log } from './log.ts';
import type { RowChange, Tx } from './transact.ts';

/** Called after rows of a table were written. */
export type RowWatch = <R extends { readonly id: string }>(
  tx: Tx,
  table: string,
  changes: ReadonlyArray<RowChange<R>>,
  ctx: ServiceContext,
) => Promise<void>;

/** One running service. */
export interface ServiceContext {
  /** `customer`, `interaction`, `lifecycle` or `compliance`. */
  readonly name: string;
  readonly db: Database;
  readonly log: Log;
  readonly contracts: Contracts;
  /** Every configuration value of the service, as its env schema parsed it. */
  readonly env: Readonly<Record<string, unknown>>;
  /** After a commit: wakes the relay and the background tasks. */
  wake(): void;
  /** Sees every row that is written through its EntitySchema, in the same transaction: for what holds for all nouns and must not be forgotten by one. */
  readonly watchRows?: RowWatch;
  /** In-process news between consumers and waiting requests. */
  readonly news: News;
}

/** One request. */
export interface RequestContext<L = unknown> extends ServiceContext {
  readonly actor: Actor;
  readonly requestId: string;
  /** From the header `Idempotency-Key`: the key of the request's one create, when its input has none. */
  readonly idempotencyKey?: string | undefined;
  readonly loaders: L;
}

/** Wakes whoever waits for a key, for example a write that waits for a customer of another service. */
export interface News {
  /** Something about this key is new. */
  publish(key: string): void;
  /** Resolves true when `publish(key)` is called within `withinMs`, else false. Beyond 10,000 waiters it only sleeps. */
  wait(key: string, withinMs: number): Promise<boolean>;
}

const MAX_WAITERS = 10_000;

export function createNews(): News {
  const waiting = new Map<string, Set<(heard: boolean) => void>>();
  let waiters = 0;
  return {
    publish(key) {
      for (const hear of waiting.get(key) ?? []) hear(true);
    },
    wait(key, withinMs) {
      if (waiters >= MAX_WAITERS) return new Promise((resolve) => setTimeout(resolve, withinMs, false));
      return new Promise((resolve) => {
        const hears = waiting.get(key) ?? new Set();
        const hear = (heard: boolean) => {
          clearTimeout(timer);
          hears.delete(hear);
          if (hears.size === 0) waiting.delete(key);
          waiters--;
          resolve(heard);
        };
        const timer = setTimeout(hear, withinMs, false);
        hears.add(hear);
        waiting.set(key, hears);
        waiters++;
      });
    },
  };
}
