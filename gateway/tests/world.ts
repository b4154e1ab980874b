// A small world around one real gateway: two throwaway subgraphs on the kernel's own HTTP front with real inner tokens and access checks,
// an issuer with real keys, and a supergraph composed from their SDL. Everything listens on chosen ports of this machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { accessPlugin, accessTable } from '@customer360/kernel/access';
import type { Actor } from '@customer360/kernel/actor';
import { type Caller, type HttpServer, serveHttp } from '@customer360/kernel/http';
import { createLog } from '@customer360/kernel/log';
import { badInput, notFound } from '@customer360/kernel/problem';
import { registry } from '@customer360/kernel/telemetry';
import { innerVerifier, publicJwks } from '@customer360/kernel/tokens';
import { parse } from 'graphql';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { gatewayEnv } from '../src/env.ts';
import { type RunningGateway, startGateway } from '../src/gateway.ts';

const PREAMBLE = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
    @link(url: "https://customer360.dev/access/v1.0", import: ["@access"]) @composeDirective(name: "@access")
  directive @access(roles: [String!]!) on OBJECT | INTERFACE | FIELD_DEFINITION
`;
export const SDL = {
  people: `${PREAMBLE}
    type Query {
      person(id: ID!): Person @access(roles: ["any"])
      people(first: Int = 20, ids: [ID!]): PersonConnection! @access(roles: ["any"])
      fails(how: String!): String @access(roles: ["any"])
      whoami: String @access(roles: ["any"])
    }
    type Mutation { rename(id: ID!, name: String!): Renamed! @access(roles: ["admin", "sales_rep"]) }
    interface Problem @access(roles: ["any"]) { message: String! }
    type NameTaken implements Problem @access(roles: ["any"]) { message: String! }
    union Renamed = Person | NameTaken
    type PersonConnection @access(roles: ["any"]) { nodes: [Person!]! totalCount: Int }
    type Person @key(fields: "id") {
      id: ID! @access(roles: ["any"])
      name: String! @access(roles: ["any"])
      salary: Int @access(roles: ["admin"])
      friends(first: Int = 20): PersonConnection! @access(roles: ["any"])
    }`,
  deals: `${PREAMBLE}
    type Query { dealCount: Int @access(roles: ["any"]) }
    type Person @key(fields: "id") {
      id: ID! @access(roles: ["any"])
      deals: [Deal!] @access(roles: ["any"])
      best: Deal @access(roles: ["any"])
    }
    type Deal @access(roles: ["any"]) { title: String! }`,
} as const;
export type Name = keyof typeof SDL;

interface Context extends Caller {
  actor: Actor;
}

export interface World {
  readonly gateway: RunningGateway;
  readonly subgraphs: Record<Name, HttpServer>;
  readonly innerKey: JWK;
  /** Requests that reached a subgraph's GraphQL, with their headers. */
  readonly seen: Array<{ name: Name; caller: Context }>;
  token(claims?: object, options?: { issuer?: string; audience?: string; key?: 'staff' | 'portal' }): Promise<string>;
  ask(query: string | object, options?: { token?: string | null; variables?: object; headers?: Record<string, string> }): Promise<any>;
  startSubgraph(name: Name, port: number): Promise<void>;
  readonly supergraphFile: string;
  close(): Promise<void>;
}

const log = createLog('test', 'silent');

/** Starts it. `env` overrides the gateway's environment, `urls` where it believes a subgraph to be. */
export async function startWorld(env: Record<string, string> = {}, urls: Partial<Record<Name, string>> = {}): Promise<World> {
  const inner = { ...(await exportJWK((await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })).privateKey)), kid: 'inner' };
  const seen: World['seen'] = [];
  const subgraphs = {} as World['subgraphs'];
  const startSubgraph = async (name: Name, port: number) => {
    subgraphs[name] = await serveSubgraph(name, port, inner, seen);
  };
  await startSubgraph('people', 0);
  await startSubgraph('deals', 0);

  const issuer = await startIssuer();
  const supergraph = composeServices(
    (Object.keys(SDL) as Name[]).map((name) => ({ name, typeDefs: parse(SDL[name]), url: 'http://127.0.0.1:1/graphql' })),
  );
  if (supergraph.errors) throw new Error(supergraph.errors.join('\n'));
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph.supergraphSdl);

  const gateway = await startGateway(
    gatewayEnv.parse({
      GATEWAY_PORT: '0',
      GATEWAY_HOST: '127.0.0.1',
      SUPERGRAPH_FILE: file,
      SUBGRAPH_URLS: JSON.stringify({ people: `${subgraphs.people.url}/graphql`, deals: `${subgraphs.deals.url}/graphql`, ...urls }),
      SUBGRAPH_TIMEOUT_MS: '1000',
      INNER_KEY: JSON.stringify(inner),
      AUTH_ISSUERS: JSON.stringify(
        ['staff', 'portal'].map((kind) => ({ issuer: kind, jwksUri: `${issuer.url}/${kind}`, audience: 'customer360', kind })),
      ),
      EXPOSE_STATEMENTS: 'true',
      ...env,
    }),
    log,
  );
  const admin = await issuer.token({ roles: ['admin'] });
  return {
    gateway,
    subgraphs,
    innerKey: inner,
    seen,
    token: issuer.token,
    startSubgraph,
    supergraphFile: file,
    async ask(query, { token = admin, variables, headers = {} } = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        body: JSON.stringify(typeof query === 'string' ? { query, variables } : query),
      });
      return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
    },
    async close() {
      await gateway.close();
      await Promise.all(Object.values(subgraphs).map((subgraph) => subgraph.close(0)));
      rmSync(folder, { recursive: true });
      issuer.server.closeAllConnections();
      issuer.server.close();
    },
  };
}

async function serveSubgraph(name: Name, port: number, inner: JWK, seen: World['seen']): Promise<HttpServer> {
  const verify = innerVerifier({ jwks: publicJwks(inner), audience: name });
  const typeDefs = parse(SDL[name]);
  const graphql = new ApolloServer<Context>({
    schema: buildSubgraphSchema([{ typeDefs, resolvers: resolvers[name] as never }]),
    includeStacktraceInErrorResponses: true, // on purpose: the gateway must not let them through
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      accessPlugin<Context>({ table: accessTable(typeDefs), rolesOf: (context) => context.actor.roles }),
      {
        requestDidStart: async () => ({
          willSendResponse: async ({ response }) => void response.http.headers.set('x-statements', '2'),
        }),
      },
    ],
  });
  await graphql.start();
  return serveHttp<Context>({
    port,
    host: '127.0.0.1',
    graphql,
    registry,
    log,
    checks: {},
    contextOf: async (caller) => {
      const context = { ...caller, actor: await verify(caller.headers.authorization) };
      seen.push({ name, caller: context });
      return context;
    },
  });
}

let counting = Promise.resolve();
/** Lets `dealCount` wait for a promise. */
export const countAfter = (promise: Promise<void>): void => {
  counting = promise;
};

const person = (id: string) => ({ __typename: 'Person', id, name: `person ${id}`, salary: 7 });
const page = (first: number) => ({ nodes: Array.from({ length: Math.min(first, 200) }, (_, i) => person(String(i))) });
const resolvers: Record<Name, object> = {
  people: {
    Query: {
      person: (_: unknown, { id }: { id: string }) => {
        if (id === 'nobody') throw notFound('Person', id);
        return person(id);
      },
      people: (_: unknown, { first }: { first: number }) => {
        if (first > 200) throw badInput('first', 'must be from 1 to 200', { limit: 'first', max: 200, asked: first });
        return page(first);
      },
      whoami: (_: unknown, __: unknown, { actor }: Context) => JSON.stringify(actor),
      fails: (_: unknown, { how }: { how: string }) => {
        if (how === 'input') throw badInput('input.name', 'is bad', { secret: 'select * from t' });
        throw new Error('select secret from person where url = http://10.0.0.1/graphql');
      },
    },
    Mutation: {
      rename: (_: unknown, { id, name }: { id: string; name: string }) =>
        name === 'taken' ? { __typename: 'NameTaken', message: 'taken' } : person(id),
    },
    Person: {
      friends: (_: unknown, { first }: { first: number }) => page(first),
      __resolveReference: ({ id }: { id: string }) => person(id),
    },
    Renamed: { __resolveType: (value: { __typename: string }) => value.__typename },
    Problem: { __resolveType: (value: { __typename: string }) => value.__typename },
  },
  deals: {
    Query: { dealCount: () => counting.then(() => 3) },
    Person: { deals: ({ id }: { id: string }) => [{ title: `deal of ${id}` }], best: () => ({ title: 'best' }) },
  },
};

async function startIssuer(): Promise<{ url: string; server: Server; token: World['token'] }> {
  const keys = { staff: await generateKeyPair('ES256'), portal: await generateKeyPair('ES256') };
  const published = Object.fromEntries(
    await Promise.all(
      Object.entries(keys).map(async ([name, pair]) => [`/${name}`, { keys: [{ ...(await exportJWK(pair.publicKey)), kid: name }] }]),
    ),
  );
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(published[request.url ?? '']));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const token: World['token'] = (claims = {}, { key = 'staff', issuer = key, audience = 'customer360' } = {}) =>
    new SignJWT({ sub: 'somebody', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('10 minutes')
      .sign(keys[key].privateKey);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, token };
}
