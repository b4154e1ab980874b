// Every GraphQL request of a subgraph is counted and timed; one that changes something or fails is also logged, with the request id that the
// gateway gave it and its trace, so that one search finds what a call did in all services. Never with variables or answers.
import type { ApolloServerPlugin } from '@apollo/server';
import { trace } from '@opentelemetry/api';
import type { RequestContext } from './context.ts';
import type { Log } from './log.ts';
import { Counter, Histogram, registry } from './telemetry.ts';

const requests = new Counter({
  name: 'subgraph_requests_total',
  help: 'GraphQL requests by type (query, mutation, none) and outcome (ok, refused, failed).',
  labelNames: ['type', 'outcome'],
  registers: [registry],
});
const seconds = new Histogram({
  name: 'subgraph_request_duration_seconds',
  help: 'Time from the parsed request to its answer.',
  labelNames: ['type'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [registry],
});

/** The Apollo plugin that does it. */
export function requestsPlugin<C extends RequestContext<any>>(log: Log): ApolloServerPlugin<C> {
  return {
    async requestDidStart({ contextValue }) {
      const began = performance.now();
      return {
        async willSendResponse({ response, operation, operationName }) {
          const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
          const codes = [...new Set(errors?.map((error) => String(error.extensions?.code)))];
          const outcome = codes.length === 0 ? 'ok' : codes.includes('INTERNAL_SERVER_ERROR') ? 'failed' : 'refused';
          const type = operation?.operation ?? 'none';
          const took = performance.now() - began;
          requests.inc({ type, outcome });
          seconds.observe({ type }, took / 1000);
          if (type === 'query' && outcome !== 'failed') return;
          const { requestId, actor } = contextValue;
          const traceId = trace.getActiveSpan()?.spanContext().traceId;
          const operationShown = operationName?.slice(0, 100);
          log.info(
            { requestId, traceId, operation: operationShown, type, outcome, codes, ms: Math.round(took), actor: actor.kind },
            'request',
          );
        },
      };
    },
  };
}
