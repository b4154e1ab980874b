// Imports in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { list } from '../list.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { cancelImport, confirmImport, importReport, undoImport } from './change-import.ts';
import { decideImportRows } from './decide-rows.ts';
import { IMPORT_FIELDS } from './fields.ts';
import { importList, requireImport } from './import.table.ts';
import { allCounts, DECISIONS, FILE_FORMATS, FILE_REFUSALS, IMPORT_STATUSES, OUTCOMES, progressOf, VERDICTS } from './import.ts';
import { deleteImportTemplate, importTemplateList } from './import-template.ts';
import { mapImport, previewImport } from './map-import.ts';
import { startImport } from './start-import.ts';

export const importResolvers: Resolvers = {
  ImportStatus: enumOf(IMPORT_STATUSES),
  ImportFormat: enumOf(FILE_FORMATS),
  ImportFileRefusalCode: enumOf(FILE_REFUSALS),
  ImportVerdict: enumOf(VERDICTS),
  ImportDecision: enumOf(DECISIONS),
  ImportOutcome: enumOf(OUTCOMES),
  ImportField: enumOf(IMPORT_FIELDS),
  Query: {
    import: (_, { id }, ctx) => requireImport(ctx, id),
    imports: (_, args, ctx) => list(ctx, importList, args),
    previewImport: (_, { id, mapping, first }, ctx) => previewImport(ctx, id, mapping, first),
    importTemplates: (_, args, ctx) => list(ctx, importTemplateList, args),
  },
  Mutation: {
    startImport: (_, { input }, ctx) => startImport(ctx, input),
    mapImport: (_, { id, expectedVersion, input }, ctx) => mapImport(ctx, id, expectedVersion, input),
    decideImportRows: (_, { id, expectedVersion, rule, decision }, ctx) => decideImportRows(ctx, id, expectedVersion, rule, decision),
    confirmImport: (_, { id, expectedVersion }, ctx) => confirmImport(ctx, id, expectedVersion),
    cancelImport: (_, { id, expectedVersion }, ctx) => cancelImport(ctx, id, expectedVersion),
    undoImport: (_, { id, expectedVersion }, ctx) => undoImport(ctx, id, expectedVersion),
    requestImportReport: (_, { id }, ctx) => importReport(ctx, id),
    deleteImportTemplate: (_, { id, expectedVersion }, ctx) => deleteImportTemplate(ctx, id, expectedVersion),
  },
  Import: {
    externalSystem: ({ options }) => options.externalSystem,
    progress: (row) => progressOf(row, new Date()),
    counts: ({ counts }) => allCounts(counts),
    rows: (row, args, ctx) => ctx.loaders.importRows(row.id, args),
    createdBy,
  },
  ImportRow: {
    errors: ({ errors }) => errors ?? [],
    match: (row) => (row.matchId === null && row.matchRow === null ? null : row),
    customer: ({ customerId }, _, ctx) => (customerId === null ? null : ctx.loaders.customer.load(customerId)),
  },
  ImportMatch: {
    row: ({ matchRow }) => matchRow,
    score: ({ matchScore }) => matchScore,
    reasons: ({ matchReasons }) => matchReasons ?? [],
    customer: ({ matchId }, _, ctx) => (matchId === null ? null : ctx.loaders.customer.load(matchId)),
  },
  ImportPreviewRow: {
    customer: ({ input }) => input.customer,
    account: ({ input }) => input.account ?? null,
    contact: ({ input }) => input.contact ?? null,
    addresses: ({ input }) => input.addresses.map((address) => ({ ...address })),
    owner: ({ input }) => input.owner ?? null,
  },
  ImportTemplate: {
    textFlags,
    createdBy,
  },
  StartImportResult: memberOf('ImportStarted'),
  MapImportResult: memberOf('Import'),
  DecideImportRowsResult: memberOf('Import'),
  ConfirmImportResult: memberOf('Import'),
  CancelImportResult: memberOf('Import'),
  UndoImportResult: memberOf('Import'),
  RequestImportReportResult: memberOf('ImportReport'),
};
