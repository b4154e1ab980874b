// The compliance service: consent and decisions, restrictions, deletion requests, legal holds, the audit trail (README.md).
// Composition root, and the only reader of the environment. `main.ts migrate` brings the database up to date and exits.
import { standingOf } from '@customer360/customer-data/directory';
import { directoryFeed } from '@customer360/customer-data/directory-feed';
import { DirectoryTables1730000001000 } from '@customer360/customer-data/directory-tables';
import { readEnv } from '@customer360/kernel/env';
import { runService } from '@customer360/kernel/service';
import { AuditEntryTable } from './audit/audit.table.ts';
import { census } from './census.ts';
import { ConsentOriginTable, ConsentRecordTable } from './consent/consent.table.ts';
import { DeletionRequestTable } from './deletion-request/deletion-request.table.ts';
import { escalateOverdueDeletions } from './deletion-request/escalate-overdue-deletions.ts';
import { complianceEnv } from './env.ts';
import { afterMoves } from './identity/after-moves.ts';
import { LegalHoldTable } from './legal-hold/legal-hold.table.ts';
import { loaders } from './loaders.ts';
import { ComplianceTables1730000002000 } from './migrations/compliance-tables.ts';
import { resolvers } from './resolvers.ts';
import { RestrictionRecordTable } from './restriction/restriction.table.ts';

const env = readEnv(complianceEnv);

await runService(
  {
    name: 'compliance',
    resolvers,
    entities: [AuditEntryTable, ConsentOriginTable, ConsentRecordTable, DeletionRequestTable, LegalHoldTable, RestrictionRecordTable],
    migrations: [DirectoryTables1730000001000, ComplianceTables1730000002000],
    subscriptions: directoryFeed(census, afterMoves),
    loaders,
    standingOf,
    background: [{ name: 'escalate overdue deletions', everyMs: env.OVERDUE_CHECK_MS, run: escalateOverdueDeletions }],
    schemas: new URL('../../../schemas/', import.meta.url),
  },
  env,
);
