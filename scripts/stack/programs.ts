// How each of our own processes is started from source: entry file, environment, readiness. The environment is written out here and not
// inherited, so that what a developer's shell happens to hold never changes a stack; a few variables are passed on by name.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from './processes.ts';
import type { ServiceDatabase } from './provision.ts';
import { inRoot } from './root.ts';
import { publicJwks, type Secrets, type ServiceName } from './secrets.ts';
import { Sentence } from './sentence.ts';
import { bootstrapAdmin } from './staff.ts';

const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'NODE_EXTRA_CA_CERTS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'LOG_LEVEL',
  'REPORTING_CURRENCY',
  'TIME_ZONE',
];

export const nodeArgs = ['--conditions=customer360-source', '--disable-warning=ExperimentalWarning'];

export interface Surroundings {
  dir: string;
  secrets: Secrets;
  kafka: string;
  topicPrefix: string;
  databases: Record<ServiceName, ServiceDatabase>;
  /** Port by process name. */
  ports: Record<string, number>;
  /** The folder of GraphiQL, where the gateway shall serve it. */
  graphiql?: string | undefined;
  /** Put over everything, for all our processes. */
  env: Record<string, string>;
}

export const urlOf = (around: Pick<Surroundings, 'ports'>, name: string) => `http://127.0.0.1:${around.ports[name]}`;
export const logOf = (dir: string, name: string) => join(dir, 'logs', `${name}.log`);

function common(): Record<string, string | undefined> {
  const passed = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
  return {
    ...passed,
    NODE_ENV: 'development',
    NODE_COMPILE_CACHE: inRoot('.cache', 'node-compile'),
    EXIT_WITH_PARENT: 'true',
    MALLOC_ARENA_MAX: '2',
  };
}

/** `name`: the service's, or `<service>@2` for its second instance. */
export function serviceEnv(around: Surroundings, name: string): Record<string, string | undefined> {
  const service = serviceOf(name);
  const { url, migrationUrl } = around.databases[service];
  return {
    ...common(),
    SERVICE_HOST: '127.0.0.1',
    SERVICE_PORT: String(around.ports[name] ?? 0),
    DATABASE_URL: url,
    MIGRATION_DATABASE_URL: migrationUrl,
    KAFKA_BROKERS: around.kafka,
    TOPIC_PREFIX: around.topicPrefix,
    INNER_JWKS: publicJwks(around.secrets),
    ...(service === 'customer' ? customerEnv(around) : {}),
    ...around.env,
  };
}

/** Mail and geocoding go where the developer's shell says; its links lead to the development issuer, which stands for the portal too. */
const customerEnv = (around: Surroundings): Record<string, string | undefined> => ({
  BOOTSTRAP_ADMIN: bootstrapAdmin,
  SMTP_URL: process.env.SMTP_URL,
  MAIL_FROM: process.env.MAIL_FROM,
  GEOCODER_URL: process.env.GEOCODER_URL,
  GEOCODER_KEY: process.env.GEOCODER_KEY,
  PORTAL_URL: `http://127.0.0.1:${around.ports.issuer ?? 0}/portal`,
  STAFF_URL: `http://127.0.0.1:${around.ports.issuer ?? 0}/staff`,
});

export function gatewayEnv(around: Surroundings): Record<string, string | undefined> {
  const issuers = ['staff', 'portal', 'service'].map((kind) => {
    const issuer = `${urlOf(around, 'issuer')}/${kind}`;
    return { issuer, jwksUri: `${issuer}/.well-known/jwks.json`, audience: 'customer360', kind };
  });
  return {
    ...common(),
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: String(around.ports.gateway ?? 0),
    SUPERGRAPH_FILE: inRoot('schemas', 'graphql', 'supergraph.graphql'),
    SUBGRAPH_URLS: JSON.stringify(
      Object.fromEntries(Object.keys(around.databases).map((name) => [name, `${urlOf(around, name)}/graphql`])),
    ),
    INNER_KEY: JSON.stringify(around.secrets.innerKey),
    AUTH_ISSUERS: JSON.stringify(issuers),
    GRAPHIQL_DIR: around.graphiql,
    // One token seeds the demo data, another feeds a benchmark: on a developer's machine nobody has to share.
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...around.env,
  };
}

export function issuerEnv(around: Pick<Surroundings, 'dir' | 'secrets' | 'ports'>): Record<string, string | undefined> {
  return {
    ...common(),
    ISSUER_PORT: String(around.ports.issuer ?? 0),
    ISSUER_GRAPH_URL: `http://127.0.0.1:${around.ports.gateway ?? 0}/graphql`,
    ISSUER_KEYS_FILE: join(around.dir, 'issuer-keys.json'),
    ISSUER_SECRET: around.secrets.issuer,
  };
}

const FOLDERS: Record<string, string> = { gateway: 'gateway', issuer: 'infra/issuer' };
const serviceOf = (name: string) => name.split('@')[0] as ServiceName;
export const entryOf = (name: string) => inRoot(FOLDERS[name] ?? join('services', serviceOf(name)), 'src', 'main.ts');

/** The process of one of our programs. */
export function program(around: Pick<Surroundings, 'dir' | 'ports'>, name: string, env: Record<string, string | undefined>): ProcessSpec {
  const entry = entryOf(name);
  if (!existsSync(entry)) throw new Sentence(`${entry} is missing: this clone is not whole.`);
  return {
    name,
    command: process.execPath,
    args: [...nodeArgs, entry],
    env,
    cwd: inRoot(),
    log: logOf(around.dir, name),
    marker: entry,
    ready: async () => (await fetch(`${urlOf(around, name)}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok,
    readyWithinMs: 120_000,
    stopWithinMs: 15_000,
  };
}
