// The stock gateway: Apollo's standalone server and gateway as their documentation starts them, but for the token, since our services answer
// signed callers only. Takes its job from the environment like Hive's (bench/hive/gateway.config.js).
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { innerSigner } from '@customer360/kernel/tokens';

const { innerKey, actor } = JSON.parse(process.env.BENCH_INNER!);
const sign = innerSigner(innerKey);

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.env.SUPERGRAPH_FILE!, 'utf8'),
  buildService: ({ name, url }) =>
    new RemoteGraphQLDataSource({
      url,
      willSendRequest: async ({ request }) => request.http?.headers.set('authorization', `Bearer ${await sign(actor, name)}`),
    }),
});
await startStandaloneServer(new ApolloServer({ gateway }), { listen: { port: Number(process.env.PORT), host: '127.0.0.1' } });
process.stdin.on('end', () => process.exit(0)).resume();
