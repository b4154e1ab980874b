// Configuration of the compliance service; the README's table is generated from it.
import { serviceEnv } from '@customer360/kernel/env';
import { z } from 'zod';

export const complianceEnv = serviceEnv.extend({
  OVERDUE_CHECK_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(86_400_000)
    .default(5_000)
    .describe('How often overdue deletion requests are looked for and escalated, in milliseconds.'),
});
