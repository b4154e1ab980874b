// Configuration: one zod schema per process, read once in main.ts. A missing or malformed variable is one sentence, and exit code 78 (EX_CONFIG).
// The README's configuration table is generated from these schemas (scripts/docs.ts): write a `.describe()` on each.
import { z } from 'zod';

/** A boolean variable: true/1/yes or false/0/no. */
export const flag = z
  .string()
  .transform((text) => /^(1|true|yes)$/i.test(text))
  .or(z.boolean());

/** What every process reads. */
export const commonEnv = z.object({
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info').describe('How much is logged.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().url().optional().describe('Where OpenTelemetry traces go; none are made when unset.'),
  EXIT_WITH_PARENT: flag.default(false).describe('Exit when the parent process goes away (local stack).'),
  EXPOSE_STATEMENTS: flag.default(false).describe('Answer the number of SQL statements in the header x-statements (tests).'),
  DRAIN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .describe(
      'How long SIGTERM keeps serving with /readyz at 503, before it drains: until load balancers have noticed. 5000 in Kubernetes.',
    ),
  SHUTDOWN_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(120_000)
    .default(10_000)
    .describe('How long SIGTERM may drain requests and batches.'),
});

/** What every service reads. */
export const serviceEnv = commonEnv.extend({
  SERVICE_PORT: z.coerce.number().int().min(0).max(65_535).default(4000).describe('HTTP port of /graphql, /healthz, /readyz and /metrics.'),
  SERVICE_HOST: z.string().optional().describe('Address that it listens on; all when unset.'),
  DATABASE_URL: z.string().min(1).describe("Postgres URL of this service's own database; the role needs DML only."),
  MIGRATION_DATABASE_URL: z.string().optional().describe('Postgres URL of the owner role; used by `main.ts migrate` only.'),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).max(200).default(10).describe('Connections of the pool.'),
  STATEMENT_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(15_000).describe('Limit of one SQL statement.'),
  KAFKA_BROKERS: z.string().min(1).describe('Comma-separated host:port list.'),
  TOPIC_PREFIX: z.string().default('').describe('Put before every topic and group name; lets several stacks share a cluster.'),
  INNER_JWKS: z.string().min(1).describe("JWKS (JSON) of the gateway's public inner keys; two keys while rotating."),
});
export type ServiceEnv = z.infer<typeof serviceEnv>;

/** Parses the environment; on a mistake prints one sentence per variable and exits with 78. */
export function readEnv<S extends z.ZodType>(schema: S, env: Record<string, string | undefined> = process.env): z.infer<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  for (const issue of result.error.issues) process.stderr.write(`configuration: ${issue.path.join('.')}: ${issue.message}\n`);
  process.exit(78);
}
