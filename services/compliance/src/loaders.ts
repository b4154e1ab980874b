// All loaders of a request, by room.
import { recordsLoader } from '@customer360/customer-data/merge';
import type { RequestContext } from '@customer360/kernel/context';
import { auditLoaders } from './audit/audit.table.ts';
import { census } from './census.ts';
import { consentLoaders } from './consent/consent.table.ts';
import { deletionRequestLoaders } from './deletion-request/deletion-request.table.ts';
import { legalHoldLoaders } from './legal-hold/legal-hold.table.ts';
import { restrictionLoaders } from './restriction/restriction.table.ts';

export const loaders = ({ db }: RequestContext) => ({
  records: recordsLoader(db, census),
  audit: auditLoaders(db),
  consent: consentLoaders(db),
  restriction: restrictionLoaders(db),
  deletionRequest: deletionRequestLoaders(db),
  legalHold: legalHoldLoaders(db),
});
export type Loaders = ReturnType<typeof loaders>;
