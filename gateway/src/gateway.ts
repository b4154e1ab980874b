// The gateway put together: identity → rate → limits → access → plan → services → tidy answer. What follows from the supergraph is in graph.ts
// and changes with it (live-graph.ts); what is here lives as long as the process.
import { serveHttp } from '@customer360/kernel/http';
import type { Log } from '@customer360/kernel/log';
import { registry } from '@customer360/kernel/telemetry';
import { innerSigner, outerVerifier } from '@customer360/kernel/tokens';
import type { GatewayContext } from './context.ts';
import type { GatewayEnv } from './env.ts';
import { fileDoors } from './file-doors.ts';
import { graphiqlRoutes } from './graphiql.ts';
import { addressOf, identity } from './identity.ts';
import { openLiveGraph } from './live-graph.ts';
import { reject } from './metrics.ts';
import { createRateLimiter } from './rate-limit.ts';
import { openSafelist } from './safelist.ts';
import { createSubgraphSources } from './subgraph-source.ts';
import { inTurns } from './turns.ts';

export interface RunningGateway {
  /** Base URL; the graph is at /graphql. */
  readonly url: string;
  /** Looks for a new supergraph now; without asking, a change of the file is seen within about a second. */
  reload(why: string): Promise<void>;
  /** Keeps serving for DRAIN_DELAY_MS, finishes running requests for at most SHUTDOWN_GRACE_MS, then closes everything. */
  close(): Promise<void>;
}

export async function startGateway(env: GatewayEnv, log: Log): Promise<RunningGateway> {
  const sources = createSubgraphSources({
    timeoutMs: env.SUBGRAPH_TIMEOUT_MS,
    mutationTimeoutMs: env.MUTATION_TIMEOUT_MS,
    connections: env.SUBGRAPH_CONNECTIONS,
    sign: innerSigner(env.INNER_KEY),
    log,
  });
  const graph = await openLiveGraph(env, sources, log);
  const execute = inTurns(env.MAX_IN_FLIGHT, graph.execute, reject);
  const safelist = env.SAFELIST_FILE
    ? await openSafelist({ file: env.SAFELIST_FILE, mode: env.SAFELIST_MODE, maxTokens: env.MAX_TOKENS, execute, log })
    : undefined;
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
    graphql: { executeHTTPGraphQLRequest: safelist?.execute ?? execute },
    contextOf: identity({ verify, rates, trustedProxies: env.TRUSTED_PROXIES, rejected: reject }),
    registry,
    log,
    maxBodyBytes: env.MAX_BODY_BYTES,
    routes: {
      ...fileDoors({ services: graph.services, take: (caller) => rates.takeAnonymous(addressOf(caller, env.TRUSTED_PROXIES)) }),
      ...(env.GRAPHIQL_DIR && graphiqlRoutes(env.GRAPHIQL_DIR)),
    },
    checks: {
      // A refused supergraph is shown: the older one is served as well as before.
      supergraph: graph.state,
      ...(safelist && { safelist: safelist.state }),
      // Shown, never failing: with one service down the gateway still has most of an answer to give.
      services: sources.states,
    },
  });
  return {
    url: http.url,
    reload: graph.reload,
    async close() {
      await http.close(env.SHUTDOWN_GRACE_MS, env.DRAIN_DELAY_MS);
      safelist?.close();
      await graph.close();
    },
  };
}
