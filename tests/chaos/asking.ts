// How every writer of a chaos run asks: once, and where there is no answer again, until it knows what became of the change. What it was told is the
// history, the only memory of the run that did not pass through the product. [issue 5, section 2]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { History, Kind, Operation } from './history.ts';

export interface Doors {
  /** One operation, as an integration unless told; throws when there is no HTTP answer. */
  ask(query: string, variables: object, role?: Role): Promise<{ data: any; errors: any[] | undefined }>;
  /** The door of files: sends `body`, or fetches. Throws when there is no HTTP answer. */
  file(url: string, body?: string): Promise<{ status: number; text: string }>;
  brokers: string[];
  topicPrefix: string;
  /** ISO 4217, the installation's. */
  currency: string;
}
export type Role = 'integration' | 'admin';

/** Answered: what it made (ok) or why not (refused). Undefined: nobody knows. */
export type Answer = { ok: any } | { refused: string } | undefined;

/** Refused since somebody was faster. */
export const isConflict = (answer: Answer): boolean => answer !== undefined && 'refused' in answer && answer.refused === 'CONFLICT';

const MADE = /^(Customer|Interaction|CustomerLifecycle|ConsentRecord|Contact|Note|Merge|Unmerge|Import|ImportStarted|ImportReport)$/;
const DEFINITE = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED']);
const RESOLVE_WITHIN_MS = 150_000;
/** The fire is out by then. */
const RESOLVE_AFTER_STOP_MS = 30_000;

export class Asking {
  readonly history: History = [];
  readonly prefix = `chaos-${randomUUID().slice(0, 8)}`;
  readonly doors: Doors;
  #stopped = Number.POSITIVE_INFINITY;
  #count = 0;

  constructor(doors: Doors) {
    this.doors = doors;
  }

  get stopping(): boolean {
    return this.#stopped !== Number.POSITIVE_INFINITY;
  }

  /** How many operations were begun. */
  get count(): number {
    return this.#count;
  }

  /** No new operations from now on. */
  stop(): void {
    this.#stopped = Date.now();
  }

  begin(kind: Kind, customerId: string | null): Operation {
    const operation: Operation = { kind, marker: `${this.prefix}-${++this.#count}`, customerId, outcome: 'unknown', retries: 0 };
    this.history.push(operation);
    return operation;
  }

  /** `turn` again and again until the writers stop, `paceMs` apart. */
  async repeat(turn: (n: number) => Promise<void>, paceMs: number): Promise<void> {
    for (let n = 1; !this.stopping; n++) {
      await turn(n);
      await sleep(paceMs * (0.5 + Math.random()));
    }
  }

  /** One attempt at a mutation whose single field is `result`. */
  async try(query: string, variables: object, role?: Role): Promise<Answer> {
    try {
      const { data, errors } = await this.doors.ask(query, variables, role);
      if (data?.result) {
        const { __typename: type, reason } = data.result;
        // Not heard of yet: nothing was written, and asking again is what the answer recommends.
        if (type === 'UnknownCustomer') return undefined;
        return MADE.test(type) ? { ok: data.result } : { refused: reason ? `${type} ${reason}` : type };
      }
      const code = errors?.[0]?.extensions?.code;
      return DEFINITE.has(code) ? { refused: code } : undefined;
    } catch {
      return undefined;
    }
  }

  /** A query's single field `result`; undefined where there is no answer, or nothing there. */
  async look(query: string, variables: object, role?: Role): Promise<any | undefined> {
    try {
      return (await this.doors.ask(query, variables, role)).data?.result ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** Attempts until there is an answer. An attempt must be harmless when an earlier one did the work after all. */
  async resolve(operation: Operation, attempt: () => Promise<Answer>): Promise<any | undefined> {
    const answer = await this.insist(attempt, () => operation.retries++);
    operation.outcome = answer === undefined ? 'unknown' : 'ok' in answer ? 'ok' : 'failed';
    if (answer && 'refused' in answer) operation.refusal = answer.refused;
    return answer && 'ok' in answer ? answer.ok : undefined;
  }

  /** The first answer that is one; undefined when time is up. */
  async insist<T>(attempt: () => Promise<T | undefined>, again: () => void = () => {}): Promise<T | undefined> {
    const deadline = Date.now() + RESOLVE_WITHIN_MS;
    const hopeless = () => Date.now() > Math.min(deadline, this.#stopped + RESOLVE_AFTER_STOP_MS);
    let answer = await attempt();
    for (let retries = 1; answer === undefined && !hopeless(); retries++) {
      again();
      await sleep(Math.min(100 * retries, 1_000));
      answer = await attempt();
    }
    return answer;
  }
}
