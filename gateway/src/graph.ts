// One generation of the graph: everything that follows from one supergraph (schema, access table, planner, remembered documents and plans, ways to
// the services), made together and never changed. A new supergraph makes a new generation; what runs on the old one finishes there. Apollo's server
// and planner stand in it with everything they offer beyond that turned off (landing page, batching, suggestions, traces to Apollo, stack traces).
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { accessPlugin } from '@customer360/kernel/access';
import type { Log } from '@customer360/kernel/log';
import type { GatewayContext } from './context.ts';
import { createDocumentStore, type Store } from './document-store.ts';
import { type GatewayEnv, silenceApollo } from './env.ts';
import { publicError } from './errors.ts';
import { idempotencyPlugin } from './idempotency.ts';
import { type Limits, shapeRule } from './limits.ts';
import { reportPlugin } from './report.ts';
import type { SubgraphSource, SubgraphSources } from './subgraph-source.ts';
import { type Supergraph, SupergraphRefused } from './supergraph.ts';

/** Enough to mend a document by; telling each costs time, and a hostile one has thousands. */
const MAX_ERRORS = 10;

/** What is remembered of operations: characters of their texts, and plans as JSON. Some 200 MB of memory when callers use all of it. */
const DOCUMENTS_LENGTH = 2 * 1_048_576;
const PLANS_MIB = 8;

export interface Graph {
  readonly supergraph: Supergraph;
  readonly execute: ApolloServer<GatewayContext>['executeHTTPGraphQLRequest'];
  /** Waits for the requests that run on it, then frees what it holds. Nothing may be executed after the call. */
  retire(): Promise<void>;
}

/** Builds a generation that is ready to serve; throws SupergraphRefused where the planner does not accept the supergraph. */
export async function buildGraph(
  supergraph: Supergraph,
  sources: SubgraphSources,
  registered: Store<string>,
  env: GatewayEnv,
  log: Log,
): Promise<Graph> {
  const opened = sources.open(supergraph.services);
  const server = createServer(supergraph, opened, registered, env, log);
  try {
    await server.start();
  } catch (error) {
    await sources.release(opened);
    throw new SupergraphRefused('composition', (error as Error).message);
  }
  let running = 0;
  let idle: (() => void) | undefined;
  return {
    supergraph,
    async execute(request) {
      running += 1;
      try {
        return await server.executeHTTPGraphQLRequest(request);
      } finally {
        running -= 1;
        if (running === 0) idle?.();
      }
    },
    async retire() {
      if (running > 0) await new Promise<void>((done) => (idle = done));
      await server.stop();
      await sources.release(opened);
    },
  };
}

function createServer(
  { sdl, access }: Supergraph,
  sources: ReadonlyMap<string, SubgraphSource>,
  registered: Store<string>,
  env: GatewayEnv,
  log: Log,
): ApolloServer<GatewayContext> {
  silenceApollo();
  const limits: Limits = {
    depth: env.MAX_DEPTH,
    aliases: env.MAX_ALIASES,
    directives: env.MAX_DIRECTIVES,
    rootFields: env.MAX_ROOT_FIELDS,
    cost: env.MAX_COST,
  };
  const logger = {
    debug: (text: string) => log.debug(text),
    info: (text: string) => log.debug(text),
    warn: (text: string) => log.warn(text),
    error: (text: string) => log.error(text),
  };
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    validateSupergraph: true, // left out by default in production, where it matters most
    buildService: ({ name }) => sources.get(name) as SubgraphSource,
    logger,
    __exposeQueryPlanExperimental: false,
    experimental_approximateQueryPlanStoreMiB: PLANS_MIB,
    telemetry: { includeDocument: false, recordExceptions: false },
  });
  return new ApolloServer<GatewayContext>({
    gateway,
    logger,
    nodeEnv: 'production',
    introspection: true, // anonymous callers never get this far
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    documentStore: createDocumentStore(DOCUMENTS_LENGTH),
    persistedQueries: { cache: registered, ttl: null },
    stopOnTerminationSignals: false,
    csrfPrevention: { requestHeaders: ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight'] },
    parseOptions: { maxTokens: env.MAX_TOKENS },
    validationRules: [shapeRule(limits)],
    validationOptions: { maxErrors: MAX_ERRORS },
    formatError: publicError,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      accessPlugin<GatewayContext>({
        table: access,
        rolesOf: (context) => context.actor.roles,
        refused: (context) => {
          context.rejected = 'access';
        },
      }),
      idempotencyPlugin(),
      reportPlugin({ limits, log, exposeStatements: env.EXPOSE_STATEMENTS }),
    ],
  });
}
