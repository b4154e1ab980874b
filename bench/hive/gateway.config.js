// Hive Gateway as its documentation starts it, but for the token: our services answer signed callers only. The measured Hive therefore signs
// like ours and like the stock gateway does (one token an actor, service and half minute).
import { defineConfig } from '@graphql-hive/gateway';
import { innerSigner } from '../../packages/kernel/src/tokens.ts';

const { innerKey, actor } = JSON.parse(process.env.BENCH_INNER);
const sign = innerSigner(innerKey);

export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs: async ({ subgraphName }) => ({ authorization: `Bearer ${await sign(actor, subgraphName)}` }),
  },
});
