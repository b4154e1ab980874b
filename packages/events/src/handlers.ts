// What a consumer does with each kind of event, typed by the contracts: the data of `crm.customer.customer-created.v1` is what its schema says.
// A handler writes through the transaction it is given; the rows, the repeat markers and the next offset commit together or not at all.
import type { EventData, EventType, StateType } from './generated/contracts.ts';

export type { EventData, EventType, StateType } from './generated/contracts.ts';

/** An event as a handler sees it: CloudEvents 1.0, delivered once in effect and in order per key. */
export interface ConsumedEvent<T extends EventType = EventType> {
  readonly type: T;
  /** ce_id, unique per event; the key of idempotency for effects outside. */
  readonly id: string;
  /** Without the installation's prefix. */
  readonly topic: string;
  /** Facts: the customer's id. State: the id of what the record holds. */
  readonly key: string;
  /** Facts: gapless per key and service. State: the version of the row. Absent on topics of other modules. */
  readonly sequence: number | undefined;
  /** When it happened, UTC. */
  readonly time: Date;
  /** null only for state: a tombstone, what the record held is no more and is to be forgotten. */
  readonly data: T extends StateType ? EventData[T] | null : EventData[T];
  readonly headers: Readonly<Record<string, string>>;
}

/** The open transaction of a batch. */
export interface Transaction {
  /** Runs one statement with $1… parameters and answers its rows. */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Runs once the transaction has committed, such as refreshing a cache; never after a rollback, and not after a crash. */
  afterCommit(run: () => void): void;
}

type Handle<T extends EventType> = (event: ConsumedEvent<T>, tx: Transaction) => Promise<void> | void;
type HandleBatch<T extends EventType> = (events: ReadonlyArray<ConsumedEvent<T>>, tx: Transaction) => Promise<void> | void;
type HandleOutside<T extends EventType> = (event: ConsumedEvent<T>) => Promise<void> | void;

/** What is done with one type of event. */
export interface Route {
  apply?: HandleBatch<any>;
  outside?: HandleOutside<any>;
}

/** The handlers of a consumer, built by `on`, `onBatch` and `outside`. */
export interface Handlers {
  readonly routes: ReadonlyMap<EventType, Route>;
  /** One event at a time. Simple; for thousands of events a second use `onBatch`. */
  on<T extends EventType>(type: T, handle: Handle<T>): Handlers;
  /** Consecutive events of one type at once, at most 500, for a set-based statement. A batch of state holds each key once, its newest record. */
  onBatch<T extends EventType>(type: T, handle: HandleBatch<T>): Handlers;
  /**
   * An effect outside the database, such as a mail or a webhook. The event is put into an inbox in the transaction of its batch; afterwards it is
   * called in order per key, again after a failure or crash. Pass `event.id` on as the idempotency key: then the effect happens once.
   */
  outside<T extends Exclude<EventType, StateType>>(type: T, handle: HandleOutside<T>): Handlers;
}

/** An empty set of handlers. */
export function handlers(): Handlers {
  const routes = new Map<EventType, Route>();
  const add = (type: EventType, part: Route) => {
    const route = routes.get(type) ?? {};
    const twice = Object.keys(part).find((name) => name in route);
    if (twice) throw new Error(`${type} has two handlers of the kind ${twice}`);
    routes.set(type, { ...route, ...part });
  };
  const built: Handlers = {
    routes,
    on(type, handle) {
      add(type, {
        apply: async (events, tx) => {
          for (const event of events) await handle(event, tx);
        },
      });
      return built;
    },
    onBatch(type, apply) {
      add(type, { apply });
      return built;
    },
    outside(type, outside) {
      add(type, { outside });
      return built;
    },
  };
  return built;
}
