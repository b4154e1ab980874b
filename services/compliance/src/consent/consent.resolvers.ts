// Consent in the graph: translation only.
import { customerReference } from '@customer360/customer-data/directory';
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { ListArgs } from '@customer360/kernel/list';
import type { Context } from '../context.ts';
import { asStatement, listConsents } from './consent.table.ts';
import { CONSENT_SOURCES, CONSENT_TYPES, type ConsentRecord, type ConsentType, LEGAL_BASES, missingEvidence } from './consent.ts';
import { type ConsentStatus, currentConsents, presentOf } from './consent-decision.ts';
import { type ConsentAnswer, type ConsentQuestion, decideConsentOf, decideConsentsOf } from './decide-consent.ts';
import { type RecordConsent, recordConsent } from './record-consent.ts';
import { type RecordConsents, recordConsents } from './record-consents.ts';

/** A record the asker may see, else null. */
async function visibleRecord(id: string, ctx: Context): Promise<ConsentRecord | null> {
  const record = await ctx.loaders.consent.record.load(id);
  return record && (await customerReference(ctx, record.customerId)) ? record : null;
}

/** What holds for one purpose, and the record that says so. */
export type CurrentConsent = Pick<ConsentRecord, 'consentType' | 'granted' | 'legalBasis' | 'source' | 'validUntil'> & {
  status: ConsentStatus;
  since: Date;
  record: ConsentRecord;
};

export const consentResolvers = {
  ConsentType: enumOf(CONSENT_TYPES),
  ConsentSource: enumOf(CONSENT_SOURCES),
  LegalBasis: enumOf(LEGAL_BASES),
  RecordConsentResult: memberOf('ConsentRecord'),
  RecordConsentsResult: memberOf('RecordedConsents'),
  Query: {
    consentDecision: (_: unknown, args: ConsentQuestion, ctx: Context) => decideConsentOf(ctx, args),
    consentDecisions: (_: unknown, args: { customerIds: string[]; purpose: ConsentType }, ctx: Context) =>
      decideConsentsOf(ctx, args.customerIds, args.purpose),
    consentRecord: (_: unknown, { id }: { id: string }, ctx: Context) => visibleRecord(id, ctx),
    consentRecords: (_: unknown, args: ListArgs, { db, actor }: Context) => listConsents(db, actor, args),
  },
  Mutation: {
    recordConsent: (_: unknown, { input }: { input: RecordConsent }, ctx: Context) => recordConsent(ctx, input),
    recordConsents: (_: unknown, { input }: { input: RecordConsents }, ctx: Context) => recordConsents(ctx, input),
  },
  Customer: {
    async consents({ id }: { id: string }, _: unknown, { loaders }: Context): Promise<CurrentConsent[]> {
      const records = await loaders.consent.ofCustomer.load(id);
      const byId = new Map(records.map((record) => [record.id, record]));
      const statements = records.map(asStatement);
      return currentConsents(statements, presentOf(statements, new Date())).map(({ consentType, status, decidedBy: [decisive] }) => ({
        consentType,
        status,
        granted: status === 'GRANTED',
        since: decisive.effectiveAt,
        legalBasis: decisive.legalBasis,
        source: byId.get(decisive.id)!.source,
        validUntil: decisive.validUntil,
        record: byId.get(decisive.id)!,
      }));
    },
    consentHistory: ({ id }: { id: string }, args: ListArgs, { loaders }: Context) => loaders.consent.history(id, args),
  },
  ConsentDecision: {
    evidence: ({ evidence }: ConsentAnswer, _: unknown, { loaders }: Context) =>
      Promise.all(evidence.map(async ({ id }) => (await loaders.consent.record.load(id))!)),
  },
  ConsentRecord: {
    customer: ({ customerId }: ConsentRecord, _: unknown, ctx: Context) => customerReference(ctx, customerId),
    ipAddress: async ({ id }: ConsentRecord, _: unknown, { loaders }: Context) =>
      (await loaders.consent.ipAddress.load(id))?.ipAddress ?? null,
    missingEvidence,
    createdBy,
  },
};
