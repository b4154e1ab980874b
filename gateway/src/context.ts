// What one request carries through the gateway: who asks, under which id, and what its subgraph calls have shown so far.
import type { Actor } from '@customer360/kernel/actor';

export interface GatewayContext {
  readonly actor: Actor;
  readonly requestId: string;
  /** The caller's `traceparent`, handed on when this process makes no traces itself. */
  readonly traceparent?: string;
  readonly startedAt: number;
  /** SQL statements per service, when the services tell (EXPOSE_STATEMENTS). */
  readonly statements: Map<string, number>;
  /** The header `Idempotency-Key` of a mutation, checked; handed on to the service that creates. */
  idempotencyKey?: string | undefined;
  /** Why the request was turned away before execution, for the metrics. */
  rejected?: 'access' | 'limit';
}
