// What the customer service reads from its environment.
import { serviceEnv } from '@customer360/kernel/env';
import { z } from 'zod';
import { DEFAULT_PROFILE_FIELDS, PROFILE_FIELDS } from './self-service/self-service.ts';

const admin = z.object({ id: z.uuid().toLowerCase(), name: z.string().min(1).max(200), email: z.email().max(254) });

export const customerEnv = serviceEnv.extend({
  DUPLICATE_THRESHOLD: z.coerce
    .number()
    .min(50)
    .max(100)
    .default(80)
    .describe('Score (0 to 100) above which a new customer is shown as a duplicate before it is saved; from 50 on it is a hint.'),
  IMPORT_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(2_000_000_000)
    .default(268_435_456)
    .describe('Largest file that may be imported, in bytes.'),
  IMPORT_MAX_UNPACKED_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(8_000_000_000)
    .default(1_073_741_824)
    .describe('Largest XLSX file once unpacked, in bytes; what unpacks to more is a zip bomb, or belongs into CSV.'),
  IMPORT_MAX_ROWS: z.coerce.number().int().min(1).max(10_000_000).default(1_000_000).describe('Most lines of a file that is imported.'),
  IMPORT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Days after its end for which an import can be undone and its report fetched; then its lines and journal are erased.'),
  BULK_DELETE_APPROVAL_ABOVE: z.coerce
    .number()
    .int()
    .min(0)
    .default(100)
    .describe('A bulk deletion of more customers than this waits until an administrator who did not ask for it approves it.'),
  MERGE_APPROVAL_ABOVE: z.coerce
    .number()
    .int()
    .min(0)
    .default(500)
    .describe('A merge that moves more rows of this service than this needs a second person to approve it.'),
  MERGE_DEADLINE_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(15)
    .describe('Minutes after which a merge that a service has not followed raises an alarm.'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('The mail server, smtp://user:password@host:port or smtps://…; without one whatever needs a mail is refused.'),
  MAIL_FROM: z.email().default('no-reply@localhost.localdomain').describe('The address that mails come from.'),
  PORTAL_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:3000')
    .describe('The customer portal; mailed links are <PORTAL_URL>/sign-in#token=… and <PORTAL_URL>/confirm-email#token=…'),
  STAFF_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:3001')
    .describe('The application of staff; the link of an invitation is <STAFF_URL>/sign-in#token=…'),
  PORTAL_FIELDS: z
    .string()
    .default(DEFAULT_PROFILE_FIELDS.join(','))
    .transform((text) => text.split(',').flatMap((field) => field.trim() || []))
    .pipe(z.array(z.enum(PROFILE_FIELDS)))
    .describe(
      `Which fields customers may edit themselves, comma-separated; legalName, taxId and e-mail addresses always wait for a yes. Known: ${PROFILE_FIELDS.join(', ')}.`,
    ),
  GEOCODER_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Search endpoint of a geocoding provider that speaks as Nominatim does (`…/search`); the offline tables alone when unset.'),
  GEOCODER_KEY: z.string().min(1).optional().describe('Sent to the provider as the parameter `key`.'),
  GEOCODER_TIMEOUT_MS: z.coerce.number().int().min(100).max(10_000).default(3_000).describe('Deadline of one call to the provider.'),
  GEOCODER_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Most calls to the provider per second, of one instance.'),
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
