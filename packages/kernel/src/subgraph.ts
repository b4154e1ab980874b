// One subgraph over HTTP: SDL and resolvers become an Apollo server that answers the gateway only, checks access again, and turns every
// failure into a typed error that names the field and carries no personal value.
import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, type GraphQLFormattedError, parse } from 'graphql';
import { accessPlugin, accessTable } from './access.ts';
import type { RequestContext } from './context.ts';
import type { Log } from './log.ts';
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
  const server = new ApolloServer<SubgraphContext>({
    schema: buildSubgraphSchema([
      {
        typeDefs,
        resolvers: {
          ...scalars,
          Problem: { __resolveType: (value: { __typename: string }) => value.__typename },
          ...options.resolvers,
        } as never,
      },
    ]),
    introspection: false,
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
      accessPlugin<SubgraphContext>({ table, rolesOf: (context) => context.actor.roles }),
      ...(options.exposeStatements ? [statementsPlugin] : []),
    ],
  });
  await server.start();
  return server;
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
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** What of an error may leave: known codes with their extensions; input values, SQL and stacks never. */
export function publicError(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const { locations: _, ...shown } = formatted;
  const code = shown.extensions?.code;
  if (code === 'BAD_USER_INPUT' || code === 'GRAPHQL_VALIDATION_FAILED') return inputError(shown, error);
  if (typeof code === 'string' && PUBLIC_CODES.has(code)) return shown;
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const sqlState = (cause as { code?: string })?.code;
  if (sqlState === '40001' || sqlState === '40P01' || sqlState === '55P03') {
    return { ...shown, message: 'changed at the same time by somebody else; try again', extensions: { code: 'CONFLICT', retryable: true } };
  }
  log.error({ err: cause, path: shown.path }, 'request failed');
  return { message: 'Internal server error', path: shown.path, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

const OF_VARIABLE = /^Variable "\$(\w+)" got invalid value [\s\S]*?(?: at "([^"]+)")?; ([\s\S]+)$/;
const OF_LITERAL =
  /^(?:expected |Expected value of type|Value .* does not exist in|Enum "|Field ".*" of required type|text must)|cannot represent/;

/** graphql-js puts the value into the message; the path and the reason are what a client needs. */
function inputError(shown: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const variable = OF_VARIABLE.exec(shown.message);
  if (variable) {
    const field = variable[2] ?? variable[1]!;
    return { ...shown, message: `${field}: ${withoutValue(variable[3]!)}`, extensions: { code: 'BAD_USER_INPUT', field } };
  }
  if (shown.extensions?.code === 'GRAPHQL_VALIDATION_FAILED' && OF_LITERAL.test(shown.message)) {
    const { nodes, source } = error as GraphQLError;
    const before = source?.body.slice(0, nodes?.[0]?.loc?.start ?? 0) ?? '';
    const field = /(\w+)\s*:\s*\[?[^:,{}()[\]]*$/.exec(before)?.[1];
    return {
      ...shown,
      message: `${field ?? 'argument'}: ${withoutValue(shown.message)}`,
      extensions: { code: 'BAD_USER_INPUT', ...(field && { field }) },
    };
  }
  return shown;
}

const withoutValue = (message: string): string =>
  message
    .replace(/^Value [\s\S]* does not exist in "(\w+)" enum\.[\s\S]*$/, 'is not a value of $1')
    .replace(/^(\w+) cannot represent [\s\S]*$/, 'is not a valid $1')
    .replace(/^Expected value of type "([\w![\]]+)", found [\s\S]*?(?:; ([\s\S]+))?$/, (_, type, why) => why ?? `is not a valid ${type}`)
    .replace(/^Enum "(\w+)" cannot[\s\S]*$/, 'is not a value of $1');
