// What the customer service reads from its environment.
import { serviceEnv } from '@customer360/kernel/env';
import { z } from 'zod';

const admin = z.object({ id: z.uuid().toLowerCase(), name: z.string().min(1).max(200), email: z.email().max(254) });

export const customerEnv = serviceEnv.extend({
  BOOTSTRAP_ADMIN: z
    .string()
    .transform((text, issues) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        issues.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(admin)
    .optional()
    .describe('The first administrator, as JSON {"id","name","email"}; added at the start unless known.'),
});
export type CustomerEnv = z.infer<typeof customerEnv>;
