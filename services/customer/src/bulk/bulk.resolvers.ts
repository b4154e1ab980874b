// Bulk jobs in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { bulkJobList, requireBulkJob } from './bulk-job.table.ts';
import { BULK_ACTIONS, BULK_OUTCOMES, BULK_REASONS, BULK_STATUSES, EXPORT_FORMATS, progressOf } from './bulk-job.ts';
import { approveBulkJob, cancelBulkJob, rejectBulkJob } from './decide-bulk-job.ts';
import { requestBulkFile } from './export-file.ts';
import { startBulkJob } from './start-bulk-job.ts';

export const bulkResolvers: Resolvers = {
  BulkAction: enumOf(BULK_ACTIONS),
  BulkStatus: enumOf(BULK_STATUSES),
  BulkOutcome: enumOf(BULK_OUTCOMES),
  BulkReason: enumOf(BULK_REASONS),
  ExportFormat: enumOf(EXPORT_FORMATS),
  Query: {
    bulkJob: (_, { id }, ctx) => requireBulkJob(ctx, id),
    bulkJobs: (_, args, ctx) => list(ctx, bulkJobList, args),
  },
  Mutation: {
    startBulkJob: (_, { input, dryRun }, ctx) => startBulkJob(ctx, input, dryRun ?? false),
    approveBulkJob: (_, { id, expectedVersion }, ctx) => approveBulkJob(ctx, id, expectedVersion),
    rejectBulkJob: (_, { id, expectedVersion, reason }, ctx) => rejectBulkJob(ctx, id, expectedVersion, reason),
    cancelBulkJob: (_, { id, expectedVersion }, ctx) => cancelBulkJob(ctx, id, expectedVersion),
    requestBulkFile: (_, { id }, ctx) => requestBulkFile(ctx, id),
  },
  BulkJob: {
    textFlags,
    progress: (job) => progressOf(job, new Date()),
    decidedBy: ({ decidedByKind: kind, decidedById: id }) => (kind && id ? { kind, id } : null),
    items: (job, args, ctx) => ctx.loaders.bulkItems(job.id, args),
    createdBy,
  },
  BulkItem: { customer: ({ customerId }, _, ctx) => ctx.loaders.customer.load(customerId) },
  StartBulkJobResult: memberOf('BulkJob'),
  ApproveBulkJobResult: memberOf('BulkJob'),
  RejectBulkJobResult: memberOf('BulkJob'),
  CancelBulkJobResult: memberOf('BulkJob'),
  RequestBulkFileResult: memberOf('BulkFile'),
};
