// The gateway's own metrics, by operation type, outcome and service; never by operation name, actor or id, which callers could multiply.
import { Counter, Gauge, Histogram, registry } from '@customer360/kernel/telemetry';

/** Why a request was turned away before execution. */
export type Rejected = 'token' | 'issuer' | 'rate' | 'limit' | 'access' | 'invalid';

const registers = [registry];
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const requests = new Counter({
  name: 'gateway_requests_total',
  help: 'Operations of signed-in callers by type (query, mutation, none) and outcome (ok, partial, failed, rejected).',
  labelNames: ['type', 'outcome'] as const,
  registers,
});
export const requestSeconds = new Histogram({
  name: 'gateway_request_duration_seconds',
  help: 'Time from the request to its answer.',
  labelNames: ['type'] as const,
  buckets,
  registers,
});
export const rejections = new Counter({
  name: 'gateway_rejected_total',
  help: 'Requests turned away before execution by reason (token, issuer, rate, limit, access, invalid).',
  labelNames: ['reason'] as const,
  registers,
});
export const subgraphRequests = new Counter({
  name: 'gateway_subgraph_requests_total',
  help: 'Requests to services by outcome (ok, errors, timeout, connection, protocol, refused, breaker).',
  labelNames: ['service', 'outcome'] as const,
  registers,
});
export const subgraphSeconds = new Histogram({
  name: 'gateway_subgraph_duration_seconds',
  help: 'Time of one request to a service, retry included.',
  labelNames: ['service'] as const,
  buckets,
  registers,
});
export const breakerState = new Gauge({
  name: 'gateway_breaker_state',
  help: 'Breaker of a service: 0 closed, 1 half-open, 2 open.',
  labelNames: ['service'] as const,
  registers,
});

export const reject = (reason: Rejected): void => rejections.inc({ reason });
