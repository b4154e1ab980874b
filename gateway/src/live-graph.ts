// Which generation of the graph serves now, and how the next one takes over without a request noticing: the candidate is read, checked and built
// whole while the present one serves, then one assignment swaps them. A candidate that is refused changes nothing but the log and the metrics.
// [issue 5, section 4]
import type { Log } from '@customer360/kernel/log';
import { createTextStore } from './document-store.ts';
import type { GatewayEnv } from './env.ts';
import { watchFiles } from './file-watch.ts';
import { buildGraph, type Graph } from './graph.ts';
import { supergraphInfo, supergraphRefused, supergraphReloads } from './metrics.ts';
import { signatureFile } from './signature.ts';
import type { SubgraphSources } from './subgraph-source.ts';
import { loadSupergraph, type Refusal, SupergraphRefused } from './supergraph.ts';

/** Characters of the operations that clients registered by hash; they mean the same to every generation, which validates them anew. */
const REGISTERED_LENGTH = 4 * 1_048_576;

export interface LiveGraph {
  readonly execute: Graph['execute'];
  /** Looks at the file now, as it does by itself when the file changes. Never throws. */
  reload(why: string): Promise<void>;
  /** URL of each service's /graphql, now. */
  services(): ReadonlyMap<string, string>;
  /** For /readyz. */
  state(): { id: string; services: number; fields: number; refused?: Refusal };
  close(): Promise<void>;
}

/** Serves SUPERGRAPH_FILE and follows it. Throws SupergraphRefused when there is nothing to begin with. */
export async function openLiveGraph(env: GatewayEnv, sources: SubgraphSources, log: Log): Promise<LiveGraph> {
  const { SUPERGRAPH_FILE: file, SUPERGRAPH_ENVIRONMENT: environment, SUPERGRAPH_JWKS: jwks } = env;
  const trust = environment && jwks ? { environment, jwks } : undefined;
  const load = () => loadSupergraph({ file, urls: env.SUBGRAPH_URLS, trust });

  const registered = createTextStore(REGISTERED_LENGTH);
  let current = await buildGraph(await load(), sources, registered, env, log);
  let refused: Refusal | undefined;
  const retiring = new Set<Promise<void>>();
  showState();

  function showState(): void {
    supergraphInfo.reset();
    supergraphInfo.set({ id: current.supergraph.id }, 1);
    supergraphRefused.set(refused ? 1 : 0);
  }

  async function consider(why: string): Promise<void> {
    try {
      const candidate = await load();
      if (candidate.id !== current.supergraph.id) {
        const old = current;
        current = await buildGraph(candidate, sources, registered, env, log);
        supergraphReloads.inc({ outcome: 'applied' });
        log.info({ why, from: old.supergraph.id, to: candidate.id }, 'supergraph applied');
        const gone = old.retire().catch((err) => log.error({ err }, 'the old supergraph could not be freed'));
        retiring.add(gone);
        gone.finally(() => retiring.delete(gone));
      } else log.debug({ why, id: candidate.id }, 'supergraph unchanged');
      refused = undefined;
    } catch (error) {
      refused = error instanceof SupergraphRefused ? error.reason : 'composition';
      supergraphReloads.inc({ outcome: `refused_${refused}` });
      log.error({ why, reason: refused, detail: (error as Error).message, serving: current.supergraph.id }, 'supergraph refused');
    }
    showState();
  }

  let last = Promise.resolve();
  const inTurn = (why: string): Promise<void> => {
    last = last.then(() => consider(why));
    return last;
  };
  const watch = watchFiles(trust ? [file, signatureFile(file)] : [file], () => inTurn('the file changed'));

  return {
    execute: (request) => current.execute(request),
    reload(why) {
      watch.again();
      return inTurn(why);
    },
    services: () => current.supergraph.services,
    state: () => {
      const { id, services, access } = current.supergraph;
      return { id, services: services.size, fields: access.fields.size, ...(refused && { refused }) };
    },
    async close() {
      watch.close();
      await last;
      await current.retire();
      await Promise.all(retiring);
    },
  };
}
