// Around every operation: its cost is checked before execution, its answer is tidied (errors.ts), and its outcome is counted and logged
// with request id and operation name; never with variables or anything a caller typed as a value.
import type { ApolloServerPlugin } from '@apollo/server';
import type { Log } from '@customer360/kernel/log';
import { trace } from '@opentelemetry/api';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from './context.ts';
import { costOf } from './cost.ts';
import { PERSISTED_MISTAKES, tidy } from './errors.ts';
import { checkVariables, type Limits, limitExceeded } from './limits.ts';
import { reject, requestSeconds, requests } from './metrics.ts';

const INVALID = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'];
const BEFORE_EXECUTION = new Set([...INVALID, 'BAD_REQUEST']);
const WELL_FORMED = new Set([...INVALID, 'LIMIT_EXCEEDED', 'FORBIDDEN']);

export function reportPlugin(options: { limits: Limits; log: Log; exposeStatements: boolean }): ApolloServerPlugin<GatewayContext> {
  const { limits, log } = options;
  return {
    async requestDidStart({ contextValue, request }) {
      // Apollo takes a hash of any type, and stumbles over an object that is no text.
      const persisted = request.extensions?.persistedQuery;
      if (persisted && typeof persisted === 'object' && typeof persisted.sha256Hash !== 'string') persisted.sha256Hash = '';
      return {
        async didResolveOperation({ schema, document, operation, request }) {
          // Apollo leaves this to the planner, which answers it as an error of its own.
          if (!operation) throw noSuchOperation();
          checkVariables(request.variables ?? {});
          const cost = costOf(schema, document, operation, request.variables ?? {});
          if (cost > limits.cost) throw limitExceeded('cost', limits.cost, cost);
        },
        async didEncounterErrors({ errors, operationName }) {
          for (const error of errors) {
            const { code, serviceName } = error.extensions;
            if ((code && code !== 'INTERNAL_SERVER_ERROR') || PERSISTED_MISTAKES.has(error.message)) continue;
            const { requestId } = contextValue;
            log.error(
              {
                requestId,
                operation: operationName,
                subgraph: serviceName,
                path: error.path,
                err: serviceName ? undefined : error.originalError,
              },
              'internal error',
            );
          }
        },
        async willSendResponse({ request, response, operation, operationName }) {
          if (response.body.kind !== 'single') return;
          const result = response.body.singleResult;
          delete result.extensions; // Apollo's valueCompletion names types that the caller did not ask about
          if (result.errors) result.errors = tidy(result.errors, contextValue.requestId);
          if (result.data === undefined)
            response.http.status = statusFor(result.errors, response.http.status, request.http?.headers.get('accept'));
          if (options.exposeStatements) response.http.headers.set('x-statements', printStatements(contextValue.statements));
          const outcome = outcomeOf(result.data, result.errors, contextValue);
          const type = operation?.operation ?? 'none';
          const seconds = (performance.now() - contextValue.startedAt) / 1000;
          requests.inc({ type, outcome });
          requestSeconds.observe({ type }, seconds);
          log.info(
            {
              requestId: contextValue.requestId,
              traceId: trace.getActiveSpan()?.spanContext().traceId ?? contextValue.traceparent?.slice(3, 35),
              operation: operationName?.slice(0, 100) ?? null,
              type,
              outcome,
              ms: Math.round(seconds * 1000),
              actor: contextValue.actor.kind,
              codes: result.errors && [...new Set(result.errors.map((error) => error.extensions?.code))],
            },
            'operation',
          );
        },
      };
    },
  };
}

const noSuchOperation = (): GraphQLError =>
  new GraphQLError('operationName must name one of the operations of the document', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
  });

/** GraphQL over HTTP: a well-formed request that is refused is 200 for clients of `application/json`, 4xx for those of the newer media type. */
function statusFor(
  errors: readonly GraphQLFormattedError[] | undefined,
  status: number | undefined,
  accept: string | undefined,
): number | undefined {
  if (accept?.includes('application/graphql-response+json')) return status;
  return WELL_FORMED.has(String(errors?.[0]?.extensions?.code)) ? 200 : status;
}

function outcomeOf(data: unknown, errors: readonly GraphQLFormattedError[] | undefined, context: GatewayContext): string {
  if (!errors?.length) return 'ok';
  if (data !== undefined) return data === null ? 'failed' : 'partial';
  const code = String(errors[0]?.extensions?.code);
  if (code === 'LIMIT_EXCEEDED') reject('limit');
  else if (code === 'PERSISTED_QUERY_NOT_FOUND') reject('hash');
  else if (context.rejected === 'access') reject('access');
  else if (BEFORE_EXECUTION.has(code)) reject('invalid');
  else return 'failed';
  return 'rejected';
}

const printStatements = (statements: ReadonlyMap<string, number>): string =>
  [...statements]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, count]) => `${service}=${count}`)
    .join();
