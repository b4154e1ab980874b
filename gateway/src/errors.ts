// What of an error leaves the gateway: a fixed list of codes with a fixed list of extensions. Everything else becomes
// INTERNAL_SERVER_ERROR, so that URLs, query fragments, SQL and stacks of any process behind it cannot, whatever that process says.
import { inputError } from '@customer360/kernel/input-error';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes that a client may see from a service (docs: api.md and the SDL). */
const FROM_SERVICES = new Set([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'OUTDATED',
  'FORBIDDEN',
  'INVALID_CURSOR',
  'IDEMPOTENCY_KEY_REUSED',
  'LIMIT_EXCEEDED',
]);
/** Codes that the gateway itself gives. */
const OWN = new Set([
  ...FROM_SERVICES,
  'UNAUTHENTICATED',
  'IDENTITY_UNAVAILABLE',
  'RATE_LIMITED',
  'SUBGRAPH_UNAVAILABLE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_IN_LIST',
  'QUERY_NOT_IN_SAFELIST',
  'BAD_REQUEST',
]);
const EXTENSIONS = [
  'field',
  'fields',
  'noun',
  'id',
  'expectedVersion',
  'actualVersion',
  'retryable',
  'limit',
  'max',
  'asked',
  'retryAfterMs',
  'service',
  'outcome',
];

/** Apollo's `formatError`. */
export function publicError(formatted: GraphQLFormattedError, error?: unknown): GraphQLFormattedError {
  const persisted = PERSISTED_MISTAKES.get(formatted.message);
  if (persisted && !formatted.extensions?.serviceName) return persisted;
  const input = formatted.extensions?.serviceName ? undefined : inputError(formatted, error);
  if (input) return input;
  if (!formatted.extensions?.serviceName && formatted.message.startsWith('Too many errors processing variables')) return tooManyValues;
  const tokens = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/.exec(formatted.message);
  if (tokens) return tooManyTokens(Number(tokens[1]));
  const given = formatted.extensions ?? {};
  if (given.code === 'GRAPHQL_PARSE_FAILED' && !given.serviceName && /call stack/.test(formatted.message)) return tooDeep;
  const code = given.code === 'GRAPHQL_VALIDATION_FAILED' && given.limit ? 'LIMIT_EXCEEDED' : String(given.code);
  const known = given.serviceName ? given.code === 'SUBGRAPH_UNAVAILABLE' || FROM_SERVICES.has(code) : OWN.has(code);
  if (!known) {
    return {
      message: 'Internal server error',
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  }
  const extensions: Record<string, unknown> = { code };
  for (const name of EXTENSIONS) if (given[name] !== undefined) extensions[name] = given[name];
  // A service whose database is gone says so itself, without naming itself.
  if (code === 'SUBGRAPH_UNAVAILABLE') extensions.service ??= given.serviceName;
  const { message, path, locations } = formatted;
  return { message, ...(locations && !given.serviceName && { locations }), ...(path && { path }), extensions };
}

const badHash = (field: string, message: string): GraphQLFormattedError => ({
  message: `${field}: ${message}`,
  extensions: { code: 'BAD_REQUEST', field },
});

/** What Apollo says without a code of a persisted query that its client got wrong. */
export const PERSISTED_MISTAKES: ReadonlyMap<string, GraphQLFormattedError> = new Map([
  ['provided sha does not match query', badHash('extensions.persistedQuery.sha256Hash', 'is not the SHA-256 of the query')],
  ['Unsupported persisted query version', badHash('extensions.persistedQuery.version', 'must be 1')],
]);

const tooManyValues: GraphQLFormattedError = { message: 'more values are not valid', extensions: { code: 'BAD_USER_INPUT' } };

/** The parser is recursive: what nests so deeply that it gives up is not counted any more. */
const tooDeep: GraphQLFormattedError = {
  message: 'the document nests too deeply to be read',
  extensions: { code: 'LIMIT_EXCEEDED', limit: 'nesting' },
};

/** Counting stops at the limit, so what was asked is at least one more. */
function tooManyTokens(max: number): GraphQLFormattedError {
  return {
    message: `the document has more than ${max} tokens`,
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'tokens', max, asked: max + 1 },
  };
}

/** A service gave no usable answer. Its sections are null; for a mutation that was sent, nobody knows yet whether it was carried out. */
export function unavailable(service: string, mutationWasSent: boolean): GraphQLError {
  const message = mutationWasSent
    ? `${service} did not answer in time; the change may have been made: repeat it with the same idempotencyKey, or read before repeating it`
    : `${service} is not available; its part of the answer is missing, try again`;
  return new GraphQLError(message, {
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', service, retryable: true, ...(mutationWasSent && { outcome: 'UNKNOWN' }) },
  });
}

/**
 * The errors of one answer, made short: when a limit was exceeded only that, one SUBGRAPH_UNAVAILABLE for each service however many of
 * its requests failed, and the request id on every internal one, so that it can be found in the log.
 */
export function tidy(errors: readonly GraphQLFormattedError[], requestId: string): GraphQLFormattedError[] {
  const limit = errors.find((error) => error.extensions?.code === 'LIMIT_EXCEEDED' && error.path === undefined);
  if (limit) return [limit];
  const seen = new Set<unknown>();
  const kept: GraphQLFormattedError[] = [];
  for (const error of errors) {
    const code = error.extensions?.code;
    if (code === 'SUBGRAPH_UNAVAILABLE') {
      if (seen.has(error.extensions?.service)) continue;
      seen.add(error.extensions?.service);
    }
    kept.push(code === 'INTERNAL_SERVER_ERROR' ? { ...error, extensions: { ...error.extensions, requestId } } : error);
  }
  return kept;
}
