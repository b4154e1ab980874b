// The gateway's own metrics, by operation type, outcome and service; never by operation name, actor or id, which callers could multiply.
import { Counter, Gauge, Histogram, registry } from '@customer360/kernel/telemetry';

/** Why a request was turned away before execution. */
export type Rejected = 'token' | 'issuer' | 'rate' | 'limit' | 'access' | 'invalid' | 'hash' | 'safelist';

const registers = [registry];
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const requests = new Counter({
  name: 'gateway_requests_total',
  help: 'Operations of signed-in callers by type (query, mutation, none) and outcome (ok, partial, failed, rejected).',
  labelNames: ['type', 'outcome'] as const,
  registers,
});
export const unlisted = new Counter({
  name: 'gateway_unlisted_total',
  help: 'Operations that are not in the safelist, by what was done (allowed, refused).',
  labelNames: ['outcome'] as const,
  registers,
});
// Printed from the start: a rate does not see a series whose first sample is already one.
for (const outcome of ['allowed', 'refused']) unlisted.inc({ outcome }, 0);
export const requestSeconds = new Histogram({
  name: 'gateway_request_duration_seconds',
  help: 'Time from the request to its answer.',
  labelNames: ['type'] as const,
  buckets,
  registers,
});
const rejections = new Counter({
  name: 'gateway_rejected_total',
  help: 'Requests turned away before execution by reason (token, issuer, rate, limit, access, invalid, hash, safelist).',
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
export const supergraphInfo = new Gauge({
  name: 'gateway_supergraph_info',
  help: '1 for the supergraph that is served; id = the first 12 digits of its SHA-256.',
  labelNames: ['id'] as const,
  registers,
});
export const supergraphReloads = new Counter({
  name: 'gateway_supergraph_reloads_total',
  help: 'Supergraphs found after the start, by outcome (applied, refused_unreadable, refused_signature, refused_composition, refused_access).',
  labelNames: ['outcome'] as const,
  registers,
});
for (const outcome of ['applied', 'refused_unreadable', 'refused_signature', 'refused_composition', 'refused_access'])
  supergraphReloads.inc({ outcome }, 0); // an increase from nothing would be invisible
export const supergraphRefused = new Gauge({
  name: 'gateway_supergraph_refused',
  help: '1 while the supergraph file was refused and an older one is served.',
  registers,
});

export const reject = (reason: Rejected): void => rejections.inc({ reason });
