// Where consent records live: an append-only table (trigger and grants, see the migration) and, apart from it, the IP addresses, which are
// personal and which an erasure must be able to remove. All SQL of the room.

import { visibleCustomer } from '@customer360/customer-data/directory';
import { sidesOfParent, sideTree, withSides } from '@customer360/customer-data/sides';
import type { Actor } from '@customer360/kernel/actor';
import type { Database, Reader } from '@customer360/kernel/database';
import { field } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list, pagesBelow } from '@customer360/kernel/list';
import { byKey, manyByKey } from '@customer360/kernel/loader';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type ConsentRecord, effectiveAt } from './consent.ts';
import type { Statement } from './consent-decision.ts';

export const ConsentRecordTable = new EntitySchema<ConsentRecord>({
  name: 'ConsentRecord',
  tableName: 'consent_record',
  columns: {
    id: { type: 'uuid', primary: true },
    statementId: { name: 'statement_id', type: 'uuid' },
    customerId: { name: 'customer_id', type: 'uuid' },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid' },
    place: { type: 'int' },
    covers: { type: 'uuid', array: true },
    consentType: { name: 'consent_type', type: 'text' },
    granted: { type: 'boolean' },
    grantedAt: { name: 'granted_at', type: 'timestamptz', nullable: true },
    revokedAt: { name: 'revoked_at', type: 'timestamptz', nullable: true },
    source: { type: 'text' },
    legalBasis: { name: 'legal_basis', type: 'text' },
    privacyPolicyVersion: { name: 'privacy_policy_version', type: 'text', nullable: true },
    noticeVersion: { name: 'notice_version', type: 'text', nullable: true },
    noticeHash: { name: 'notice_hash', type: 'text', nullable: true },
    language: { type: 'text' },
    validUntil: { name: 'valid_until', type: 'timestamptz', nullable: true },
    recipients: { type: 'text', array: true },
    withdrawalMethod: { name: 'withdrawal_method', type: 'text' },
    retention: { type: 'text' },
    jurisdiction: { type: 'text', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdByKind: { name: 'created_by_kind', type: 'text' },
    createdById: { name: 'created_by_id', type: 'text' },
  },
});

/** The address a record came from; the one personal value of a consent, kept where it can be erased. */
export interface ConsentOrigin {
  consentRecordId: string;
  customerId: string;
  ipAddress: string;
}

export const ConsentOriginTable = new EntitySchema<ConsentOrigin>({
  name: 'ConsentOrigin',
  tableName: 'consent_origin',
  columns: {
    consentRecordId: { name: 'consent_record_id', type: 'uuid', primary: true },
    customerId: { name: 'customer_id', type: 'uuid' },
    ipAddress: { name: 'ip_address', type: 'text' },
  },
});

/** A record in the stream of one side of the customer that was asked for. */
export type SidedRecord = ConsentRecord & { root: string; side: string };

export const asStatement = (record: SidedRecord): Statement => ({
  id: record.id,
  side: record.side,
  consentType: record.consentType,
  granted: record.granted,
  effectiveAt: effectiveAt(record),
  recordedAt: record.createdAt,
  validUntil: record.validUntil,
  legalBasis: record.legalBasis,
});

/** All records of these customers, once for every side that they speak for. */
export function findConsents(db: Reader, customerIds: readonly string[]): Promise<SidedRecord[]> {
  return db.query<SidedRecord>(
    'findConsents',
    sql`with ${sideTree(customerIds)}
        select side.root, side.id as side, ${columns(ConsentRecordTable, 'r')}
        from side join consent_record r on r.covers @> array[side.id]`,
  );
}

/**
 * Whom a statement made now speaks for, and when the last one was recorded. `offset 0`: without it Postgres looks for the maximum from the newest record
 * of all customers downwards.
 */
export async function findCoverage(tx: Tx, customerId: string): Promise<{ covers: string[]; lastRecordedAt: Date | null }> {
  const found = await tx.one<{ covers: string[]; lastRecordedAt: Date | null }>(
    'findCoverage',
    sql`with ${sideTree([customerId])}, sides as (select array_agg(id order by id) as covers from side)
        select sides.covers, (select max(own.created_at) from (
            select r.created_at from consent_record r where r.covers && sides.covers offset 0) own) as "lastRecordedAt" from sides`,
  );
  return found!;
}

export const findStatement = (tx: Tx, statementId: string): Promise<ConsentRecord[]> =>
  tx.query(
    'findStatement',
    sql`select ${columns(ConsentRecordTable, 'r')} from consent_record r where r.statement_id = ${statementId} order by r.place`,
  );

const consentList: ListSpec<ConsentRecord> = {
  name: 'listConsents',
  select: columns(ConsentRecordTable, 'r'),
  from: raw('consent_record r'),
  filter: {
    id: field('r.id', 'uuid'),
    customerId: field('r.customer_id', 'uuid'),
    consentType: field('r.consent_type', 'enum'),
    granted: field('r.granted', 'bool'),
    grantedAt: field('r.granted_at', 'timestamptz'),
    revokedAt: field('r.revoked_at', 'timestamptz'),
    source: field('r.source', 'enum'),
    legalBasis: field('r.legal_basis', 'enum'),
    privacyPolicyVersion: field('r.privacy_policy_version', 'text'),
    validUntil: field('r.valid_until', 'timestamptz'),
    createdAt: field('r.created_at', 'timestamptz'),
  },
  order: keyset({
    fields: {
      CREATED_AT: { column: sql`r.created_at`, type: 'timestamptz' },
      GRANTED_AT: { column: sql`r.granted_at`, type: 'timestamptz', nullable: true },
      REVOKED_AT: { column: sql`r.revoked_at`, type: 'timestamptz', nullable: true },
      CONSENT_TYPE: { column: sql`r.consent_type`, type: 'text' },
      VALID_UNTIL: { column: sql`r.valid_until`, type: 'timestamptz', nullable: true },
    },
    id: sql`r.id`,
    default: [{ field: 'CREATED_AT', direction: 'DESC' }],
  }),
};

/** A page of all records that the asker may see. */
export const listConsents = (db: Reader, actor: Actor, args: ListArgs) =>
  list(db, consentList, visibleCustomer(actor, raw('r.customer_id')), args);

/** The room's loaders: one statement for however many customers a request touches. */
export function consentLoaders(db: Database) {
  const ofCustomer = manyByKey<string, SidedRecord>(
    (ids) => findConsents(db, ids),
    ({ root }) => root,
  );
  const record = byKey<string, ConsentRecord>(
    (ids) =>
      db.query(
        'findConsentRecords',
        sql`select ${columns(ConsentRecordTable, 'r')} from consent_record r where r.id = any(${[...ids]}::uuid[])`,
      ),
    ({ id }) => id,
  );
  const ipAddress = byKey<string, ConsentOrigin>(
    (ids) =>
      db.query(
        'findConsentOrigins',
        sql`select ${columns(ConsentOriginTable, 'o')} from consent_origin o where o.consent_record_id = any(${[...ids]}::uuid[])`,
      ),
    ({ consentRecordId }) => consentRecordId,
  );
  // `offset 0`: first the customer's own few, then their order; else Postgres reads the newest of all customers until a page is full.
  const own = sql`(select r.* from consent_record r where r.covers && array${sidesOfParent} offset 0) r`;
  const history = pagesBelow(db, { ...consentList, from: own }, raw('true'), raw('true'), withSides);
  return { ofCustomer, record, ipAddress, history };
}
