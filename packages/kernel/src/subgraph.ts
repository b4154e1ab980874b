// One subgraph over HTTP: SDL and resolvers become an Apollo server that answers the gateway only, checks access again, and turns every
// failure into a typed error that names the field and carries no personal value.
import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  parse,
} from 'graphql';
import { accessPlugin, accessTable } from './access.ts';
import type { RequestContext } from './context.ts';
import { isTransient } from './database.ts';
import { inputError } from './input-error.ts';
import type { Log } from './log.ts';
import { requestsPlugin } from './requests.ts';
import { scalars, tightenBuiltInScalars } from './scalars.ts';

export interface SubgraphContext extends RequestContext<any> {
  readonly statements: { statements: number };
}

/** The SDL of a subgraph: the shared preamble, then its own file. */
export function subgraphSdl(schemas: URL, name: string): string {
  return ['shared', name].map((file) => readFileSync(new URL(`graphql/${file}.graphql`, schemas), 'utf8')).join('\n');
}

/** Builds and starts the Apollo server of a subgraph. Throws when a field has no @access or a resolver has no field. */
export async function startSubgraph(options: {
  sdl: string;
  resolvers: object;
  exposeStatements: boolean;
  log: Log;
}): Promise<ApolloServer<SubgraphContext>> {
  tightenBuiltInScalars();
  const typeDefs = parse(options.sdl);
  const table = accessTable(typeDefs);
  if (table.missing.length > 0) throw new Error(`fields without @access: ${table.missing.join(', ')}`);
  const schema = buildSubgraphSchema([
    {
      typeDefs,
      resolvers: {
        ...scalars,
        Problem: { __resolveType: (value: { __typename: string }) => value.__typename },
        ...options.resolvers,
      } as never,
    },
  ]);
  storeDefaults(schema);
  const server = new ApolloServer<SubgraphContext>({
    schema,
    introspection: false,
    validationOptions: { maxErrors: 10 }, // naming the field of each takes time
    csrfPrevention: { requestHeaders: ['authorization', 'apollo-require-preflight'] },
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    cache: 'bounded',
    nodeEnv: 'production',
    formatError: (formatted, error) => publicError(formatted, error, options.log),
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      requestsPlugin<SubgraphContext>(options.log),
      accessPlugin<SubgraphContext>({ table, rolesOf: (context) => context.actor.roles }),
      ...(options.exposeStatements ? [statementsPlugin] : []),
    ],
  });
  await server.start();
  return server;
}

/** The SDL's defaults of enums, read before the enums had resolvers, become stored values like those that callers send. */
function storeDefaults(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const inputs = isInputObjectType(type)
      ? Object.values(type.getFields())
      : isObjectType(type)
        ? Object.values(type.getFields()).flatMap(({ args }) => args)
        : [];
    for (const input of inputs) {
      const named = getNamedType(input.type);
      if (isEnumType(named) && typeof input.defaultValue === 'string') input.defaultValue = named.getValue(input.defaultValue)?.value;
    }
  }
}

const statementsPlugin: ApolloServerPlugin<SubgraphContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        response.http.headers.set('x-statements', String(contextValue.statements.statements));
      },
    };
  },
};

const PUBLIC_CODES = new Set([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_CURSOR',
  'IDEMPOTENCY_KEY_REUSED',
  'OUTDATED',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** Where graphql-js stops counting; what the gateway sends can only be wrong in its values. */
const TOO_MANY = /^Too many (validation errors|errors processing variables), error limit reached/;

/** What of an error may leave: known codes with their extensions; input values, SQL and stacks never. */
export function publicError(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const { locations: _, ...shown } = formatted;
  const code = shown.extensions?.code;
  if (TOO_MANY.test(shown.message)) return { message: 'more values are not valid', extensions: { code: 'BAD_USER_INPUT' } };
  if (code === 'BAD_USER_INPUT' || code === 'GRAPHQL_VALIDATION_FAILED') return inputError(shown, error) ?? shown;
  if (typeof code === 'string' && PUBLIC_CODES.has(code)) return shown;
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const sqlState = (cause as { code?: string })?.code;
  if (sqlState?.startsWith('40') || sqlState === '55P03') {
    return { ...shown, message: 'changed at the same time by somebody else; try again', extensions: { code: 'CONFLICT', retryable: true } };
  }
  log.error({ err: cause, path: shown.path }, 'request failed');
  if (sqlState !== '57014' && isTransient(cause)) {
    // The gateway names the service. The connection may have gone between the commit and its answer, so a change may have been made.
    const message =
      'the database of this service does not answer; read before repeating a change, or repeat it with the same idempotencyKey';
    return { message, path: shown.path, extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } };
  }
  return { message: 'Internal server error', path: shown.path, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}
