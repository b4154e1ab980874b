// Configuration of the interaction service: what every service reads, and what customers see of their own interactions.
import { serviceEnv } from '@customer360/kernel/env';
import { z } from 'zod';
import { INTERACTION_TYPES } from './interaction/interaction.ts';

export const env = serviceEnv.extend({
  PORTAL_INTERACTIONS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((kind) => kind.trim() || []))
    .pipe(z.array(z.enum(INTERACTION_TYPES)))
    .describe(
      `Which of their own interactions customers see in the portal, comma-separated; none when empty. Known: ${INTERACTION_TYPES.join(', ')}.`,
    ),
});
export type InteractionEnv = z.infer<typeof env>;
