// A customer's choices become immutable records, all of one call or none [WF-PRIV-001] [ConsentRecord AC-1]. In the same transaction: the
// audit entries [ConsentRecord AC-3], one fact per choice (a withdrawal reaches senders this way) and the state record.
import { requireCustomer, requireStillLeads } from '@customer360/customer-data/directory';
import type { ProcessingRestricted } from '@customer360/customer-data/restriction';
import { hasRole } from '@customer360/kernel/actor';
import { isProblem, problem } from '@customer360/kernel/problem';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Deed } from '../audit/audit.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { findRestrictions } from '../restriction/restriction.table.ts';
import { combine } from '../restriction/restriction.ts';
import { publishState } from '../state/publish-state.ts';
import { ConsentOriginTable, ConsentRecordTable, findCoverage, findStatement } from './consent.table.ts';
import {
  type ConsentChoice,
  type ConsentEvidence,
  type ConsentRecord,
  checkChoices,
  checkEvidence,
  consentFields,
  effectiveAt,
  recordedAt,
} from './consent.ts';

export interface RecordConsents extends ConsentEvidence {
  customerId: string;
  choices: ConsentChoice[];
  idempotencyKey?: string | null;
}

/** What was recorded; `id` names the call. */
export interface RecordedConsents {
  id: string;
  records: ConsentRecord[];
}

export async function recordConsents(ctx: Context, input: RecordConsents) {
  const fromPortal = ctx.actor.kind === 'CUSTOMER';
  checkEvidence(input, new Date(), fromPortal);
  checkChoices(input.choices, input);
  const customer = await requireCustomer(ctx, input.customerId, 'input.customerId');
  if (isProblem(customer)) return customer;
  const replay = async (tx: Tx, id: string): Promise<RecordedConsents> => ({ id, records: await findStatement(tx, id) });
  const once = { key: input.idempotencyKey, operation: 'recordConsents', input, replay };
  return transact<RecordedConsents, ProcessingRestricted>(ctx, { lock: [customer.id], once }, async (tx) => {
    await requireStillLeads(tx, customer.id, customer.id);
    if (input.choices.some(({ granted }) => granted) && !hasRole(tx.actor, 'customer', 'dpo', 'admin')) {
      const { processingRestricted } = combine(customer.id, await findRestrictions(tx, [customer.id]));
      if (processingRestricted) {
        return problem('ProcessingRestricted', 'processing is restricted: a grant is accepted from the customer, a dpo or an admin only', {
          customerId: customer.id,
        });
      }
    }
    const records = await newRecords(tx, customer, input);
    await tx.manager.getRepository(ConsentRecordTable).insert(records);
    const ipAddress = fromPortal ? tx.actor.ip : input.ipAddress;
    if (ipAddress) {
      const origins = records.map(({ id }) => ({ consentRecordId: id, customerId: customer.id, ipAddress }));
      await tx.manager.getRepository(ConsentOriginTable).insert(origins);
    }
    await writeAudit(tx, ctx.requestId, records.map(deedOf));
    tx.emit(...records.map(factOf));
    await publishState(tx, customer.id);
    return { id: records[0]!.statementId, records };
  });
}

async function newRecords(tx: Tx, customer: { id: string; country: string | null }, input: RecordConsents): Promise<ConsentRecord[]> {
  const { covers, lastRecordedAt } = await findCoverage(tx, customer.id);
  const statementId = crypto.randomUUID();
  const evidence = { ...input, jurisdiction: input.jurisdiction ?? customer.country };
  return input.choices.map((choice, place) => {
    const recorded = recordedAt(choice.granted, tx.now, lastRecordedAt);
    return {
      id: crypto.randomUUID(),
      statementId,
      place,
      customerId: customer.id,
      originCustomerId: customer.id,
      covers,
      ...consentFields(choice, evidence, recorded),
      createdAt: recorded,
      createdByKind: tx.actor.kind,
      createdById: tx.actor.id,
    };
  });
}

const deedOf = (record: ConsentRecord): Deed => ({
  customerId: record.customerId,
  action: record.granted ? 'consent-granted' : 'consent-revoked',
  subjectType: 'consent_record',
  subjectId: record.id,
  details: {
    consentType: record.consentType,
    granted: record.granted,
    occurredAt: effectiveAt(record).toISOString(),
    validUntil: record.validUntil?.toISOString() ?? null,
    noticeHash: record.noticeHash,
  },
  why: `${record.source}:${record.legalBasis}`,
});

const factOf = (record: ConsentRecord) => {
  const { id, consentType, legalBasis, granted } = record;
  const told = { consentRecordId: id, consentType, legalBasis, occurredAt: effectiveAt(record).toISOString() };
  return granted
    ? {
        type: 'crm.compliance.consent-granted.v1',
        key: record.customerId,
        data: { ...told, validUntil: record.validUntil?.toISOString() ?? null },
      }
    : { type: 'crm.compliance.consent-revoked.v1', key: record.customerId, data: told };
};
