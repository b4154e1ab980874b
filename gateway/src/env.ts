// The gateway's configuration, read once in main.ts. JSON values are parsed here, so that a mistake is one sentence at start.
import { commonEnv } from '@customer360/kernel/env';
import { z } from 'zod';

const count = (fallback: number, most: number) => z.coerce.number().int().min(1).max(most).default(fallback);

/** A variable that holds JSON of this shape. */
const json = <S extends z.ZodType>(shape: S) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not valid JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);

const issuer = z.object({
  issuer: z.string().min(1),
  jwksUri: z.url(),
  audience: z.string().min(1),
  kind: z.enum(['staff', 'portal', 'service']),
});

const publicKey = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), kid: z.string().min(1), x: z.string().min(1) });

const roleLimit = z.object({ actor: z.number().int().min(1).optional(), total: z.number().int().min(1).optional() });

const variables = commonEnv.extend({
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(4000).describe('HTTP port of /graphql, /healthz, /readyz and /metrics.'),
  GATEWAY_HOST: z.string().optional().describe('Address that it listens on; all when unset.'),
  SUPERGRAPH_FILE: z.string().min(1).describe('The composed supergraph, schemas/graphql/supergraph.graphql.'),
  SUPERGRAPH_ENVIRONMENT: z
    .string()
    .min(1)
    .optional()
    .describe('Only a supergraph that was signed for this environment (`npm run sign`) is served; unsigned ones too when unset.'),
  SUPERGRAPH_JWKS: json(z.object({ keys: z.array(publicKey).min(1) }))
    .optional()
    .describe('JWKS (JSON) of the public Ed25519 keys that may sign it; two keys while rotating.'),
  GRAPHIQL_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of the console at `/`, which `npm start` fills; for development only: refused with NODE_ENV=production.'),
  SAFELIST_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('A persisted query manifest (`npm run safelist`): only its operations run. All when unset.'),
  SAFELIST_MODE: z
    .enum(['enforce', 'warn'])
    .default('enforce')
    .describe('Whether operations that are not in SAFELIST_FILE are refused (enforce), or run, logged and counted (warn).'),
  SUBGRAPH_URLS: json(z.record(z.string(), z.url()))
    .default({})
    .describe("JSON {service: url of its /graphql}; overrides the supergraph's own URLs."),
  SUBGRAPH_TIMEOUT_MS: count(2_000, 60_000).describe('Deadline of one query to one service; afterwards its sections are null.'),
  MUTATION_TIMEOUT_MS: count(10_000, 60_000).describe(
    'Deadline of one mutation to one service. Longer, since it may wait 2 s for a customer of a moment ago, and giving up leaves its outcome unknown.',
  ),
  SUBGRAPH_CONNECTIONS: count(64, 1_024).describe('Most connections to one service.'),
  INNER_KEY: json(
    z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), kid: z.string().min(1), d: z.string().min(1), x: z.string().min(1) }),
  ).describe('Private Ed25519 JWK (JSON, with kid) that signs the tokens for the services; its public half is their INNER_JWKS.'),
  AUTH_ISSUERS: json(z.array(issuer).min(1)).describe(
    'JSON [{issuer, jwksUri, audience, kind}]: who may sign callers in. kind is staff, portal or service and decides what a token may claim.',
  ),
  AUTH_KEYS_MAX_AGE_S: count(300, 86_400).describe(
    "Seconds for which an issuer's keys are believed; a key that it withdrew is refused then.",
  ),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('How many proxies in front may be believed about X-Forwarded-For.'),
  MAX_BODY_BYTES: count(1_048_576, 64 * 1_048_576).describe('Largest request body.'),
  MAX_TOKENS: count(4_000, 100_000).describe('Most lexical tokens of a document.'),
  MAX_DEPTH: count(12, 100).describe('Deepest nesting of an operation, introspection aside.'),
  MAX_ALIASES: count(15, 1_000).describe('Most aliases of an operation.'),
  MAX_DIRECTIVES: count(5, 1_000).describe('Most directives of an operation.'),
  MAX_ROOT_FIELDS: count(20, 1_000).describe('Most fields at the root of an operation.'),
  MAX_COST: count(20_000, 100_000_000).describe('Most objects that an operation may ask for (product of the list sizes).'),
  MAX_IN_FLIGHT: count(16, 10_000).describe('Operations of one actor that run at once; its next ones wait in line.'),
  RATE_LIMIT_PER_MINUTE: count(6_000, 10_000_000).describe('Requests of one actor per minute.'),
  RATE_LIMIT_ANONYMOUS_PER_MINUTE: count(600, 10_000_000).describe('Requests without a valid token, per address and minute.'),
  RATE_LIMITS_BY_ROLE: json(z.record(z.string(), roleLimit))
    .default({})
    .describe('JSON {role: {actor, total}}: requests per minute of one actor of a role, and of all its actors together.'),
});

export const gatewayEnv = variables.refine((env) => !env.SUPERGRAPH_ENVIRONMENT === !env.SUPERGRAPH_JWKS, {
  path: ['SUPERGRAPH_ENVIRONMENT'],
  message: 'goes together with SUPERGRAPH_JWKS: set both or neither',
});
export type GatewayEnv = z.infer<typeof gatewayEnv>;

/** @apollo/gateway reports to its maker unless this variable is set; it takes no option for it. Call before making one. */
export function silenceApollo(): void {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
}
