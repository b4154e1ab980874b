// The gateway put together: identity → rate → limits → access → plan → services → tidy answer. Apollo's server and planner stand in the
// middle with everything they offer beyond that turned off (landing page, batching, suggestions, traces to Apollo, stack traces).
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { accessPlugin } from '@customer360/kernel/access';
import { serveHttp } from '@customer360/kernel/http';
import type { Log } from '@customer360/kernel/log';
import { registry } from '@customer360/kernel/telemetry';
import { innerSigner, outerVerifier } from '@customer360/kernel/tokens';
import type { GatewayContext } from './context.ts';
import { createDocumentStore } from './document-store.ts';
import { type GatewayEnv, silenceApollo } from './env.ts';
import { publicError } from './errors.ts';
import { identity } from './identity.ts';
import { type Limits, shapeRule } from './limits.ts';
import { reject } from './metrics.ts';
import { createRateLimiter } from './rate-limit.ts';
import { reportPlugin } from './report.ts';
import { createSubgraphSource, type SubgraphSource } from './subgraph-source.ts';
import { loadSupergraph } from './supergraph.ts';

/** Enough to mend a document by; telling each costs time, and a hostile one has thousands. */
const MAX_ERRORS = 10;

/** What is remembered of operations: characters of their texts, and plans as JSON. Some 200 MB of memory when callers use all of it. */
const DOCUMENTS_LENGTH = 2 * 1_048_576;
const PLANS_MIB = 8;

export interface RunningGateway {
  /** Base URL; the graph is at /graphql. */
  readonly url: string;
  /** Finishes running requests for at most `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

export async function startGateway(env: GatewayEnv, log: Log): Promise<RunningGateway> {
  const supergraph = loadSupergraph(env.SUPERGRAPH_FILE, env.SUBGRAPH_URLS);
  const sign = innerSigner(env.INNER_KEY);
  const sources = new Map<string, SubgraphSource>();
  for (const [name, url] of supergraph.services) {
    const { SUBGRAPH_TIMEOUT_MS: timeoutMs, MUTATION_TIMEOUT_MS: mutationTimeoutMs, SUBGRAPH_CONNECTIONS: connections } = env;
    sources.set(name, createSubgraphSource({ name, url, timeoutMs, mutationTimeoutMs, connections, sign, log }));
  }

  const limits: Limits = {
    depth: env.MAX_DEPTH,
    aliases: env.MAX_ALIASES,
    directives: env.MAX_DIRECTIVES,
    rootFields: env.MAX_ROOT_FIELDS,
    cost: env.MAX_COST,
  };
  const graphql = await startApollo(env, log, limits, supergraph.sdl, supergraph.access, sources);
  const verify = outerVerifier(env.AUTH_ISSUERS, {
    keysMaxAgeMs: env.AUTH_KEYS_MAX_AGE_S * 1_000,
    refused: (reason) => log.debug({ reason }, 'token refused'),
  });
  const rates = createRateLimiter({
    perActor: env.RATE_LIMIT_PER_MINUTE,
    anonymous: env.RATE_LIMIT_ANONYMOUS_PER_MINUTE,
    byRole: env.RATE_LIMITS_BY_ROLE,
  });
  const http = await serveHttp<GatewayContext>({
    port: env.GATEWAY_PORT,
    ...(env.GATEWAY_HOST && { host: env.GATEWAY_HOST }),
    graphql,
    contextOf: identity({ verify, rates, trustedProxies: env.TRUSTED_PROXIES, rejected: reject }),
    registry,
    log,
    maxBodyBytes: env.MAX_BODY_BYTES,
    checks: {
      supergraph: () => ({ services: supergraph.services.size, fields: supergraph.access.fields.size }),
      // Shown, never failing: with one service down the gateway still has most of an answer to give.
      services: () => Object.fromEntries([...sources.values()].map((source) => [source.name, source.state()])),
    },
  });
  return {
    url: http.url,
    async close(graceMs) {
      await http.close(graceMs);
      await graphql.stop();
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  };
}

async function startApollo(
  env: GatewayEnv,
  log: Log,
  limits: Limits,
  sdl: string,
  table: Parameters<typeof accessPlugin>[0]['table'],
  sources: ReadonlyMap<string, SubgraphSource>,
): Promise<ApolloServer<GatewayContext>> {
  silenceApollo();
  const logger = {
    debug: (text: string) => log.debug(text),
    info: (text: string) => log.debug(text),
    warn: (text: string) => log.warn(text),
    error: (text: string) => log.error(text),
  };
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    buildService: ({ name }) => sources.get(name) as SubgraphSource,
    logger,
    __exposeQueryPlanExperimental: false,
    experimental_approximateQueryPlanStoreMiB: PLANS_MIB,
    telemetry: { includeDocument: false, recordExceptions: false },
  });
  const server = new ApolloServer<GatewayContext>({
    gateway,
    logger,
    nodeEnv: 'production',
    introspection: true, // anonymous callers never get this far
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    documentStore: createDocumentStore(DOCUMENTS_LENGTH),
    persistedQueries: false,
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
        table,
        rolesOf: (context) => context.actor.roles,
        refused: (context) => {
          context.rejected = 'access';
        },
      }),
      reportPlugin({ limits, log, exposeStatements: env.EXPOSE_STATEMENTS }),
    ],
  });
  await server.start();
  return server;
}
