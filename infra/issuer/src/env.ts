// The development issuer's configuration.
import { commonEnv } from '@customer360/kernel/env';
import { z } from 'zod';

export const issuerEnv = commonEnv.extend({
  ISSUER_PORT: z.coerce.number().int().min(0).max(65_535).default(4009).describe('HTTP port of the development issuer.'),
  ISSUER_HOST: z.string().default('127.0.0.1').describe('Address that it listens on.'),
  ISSUER_URL: z.string().url().optional().describe('Base of the issuer names (`<base>/staff` …); http://127.0.0.1:<port> when unset.'),
  ISSUER_KEYS_FILE: z.string().min(1).describe('File (mode 0600) in which the signing keys are kept; made when absent.'),
  ISSUER_GRAPH_URL: z
    .url()
    .optional()
    .describe('The graph, to which the issuer turns with mailed links of customers and staff; no sign-in by mail when unset.'),
  ISSUER_SECRET: z.string().min(16).describe('Bearer secret of the token endpoints; made per stack, never shared.'),
});
export type IssuerEnv = z.infer<typeof issuerEnv>;
