// The audit trail's table: append-only by trigger and grants, numbered and hash-linked per customer. All SQL of the room.

import { sidesOfParent, withSides } from '@customer360/customer-data/sides';
import type { Database } from '@customer360/kernel/database';
import { field } from '@customer360/kernel/filter';
import { type ListSpec, pagesBelow } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import type { AuditEntry } from './audit.ts';

export const AuditEntryTable = new EntitySchema<AuditEntry>({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  columns: {
    id: { type: 'uuid', primary: true },
    customerId: { name: 'customer_id', type: 'uuid' },
    sequence: { type: 'int' },
    at: { type: 'timestamptz' },
    actorKind: { name: 'actor_kind', type: 'text' },
    actorId: { name: 'actor_id', type: 'text' },
    actorRoles: { name: 'actor_roles', type: 'text', array: true },
    action: { type: 'text' },
    subjectType: { name: 'subject_type', type: 'text' },
    subjectId: { name: 'subject_id', type: 'uuid' },
    details: { type: 'jsonb' },
    door: { type: 'text' },
    requestId: { name: 'request_id', type: 'text' },
    why: { type: 'text' },
    previousHash: { name: 'previous_hash', type: 'text' },
    hash: { type: 'text' },
  },
});

/** The last entry of each customer's chain. */
export const findChainEnds = (
  tx: Tx,
  customerIds: readonly string[],
): Promise<Array<Pick<AuditEntry, 'customerId' | 'sequence' | 'hash'>>> =>
  tx.query(
    'findChainEnds',
    sql`select chain_end.* from unnest(${[...customerIds]}::uuid[]) as asked(id) cross join lateral (
          select a.customer_id as "customerId", a.sequence, a.hash from audit_entry a
          where a.customer_id = asked.id order by a.sequence desc limit 1) chain_end`,
  );

/** A chain from its beginning, at most `limit` entries. */
export const findChain = (db: Database, customerId: string, limit: number): Promise<AuditEntry[]> =>
  db.query(
    'findChain',
    sql`select ${columns(AuditEntryTable, 'a')} from audit_entry a where a.customer_id = ${customerId} order by a.sequence limit ${limit}`,
  );

const auditList: ListSpec<AuditEntry> = {
  name: 'listAuditEntries',
  select: columns(AuditEntryTable, 'a'),
  from: raw('audit_entry a'),
  filter: {
    action: field('a.action', 'text'),
    subjectType: field('a.subject_type', 'text'),
    subjectId: field('a.subject_id', 'uuid'),
    actorId: field('a.actor_id', 'text'),
    at: field('a.at', 'timestamptz'),
  },
  order: keyset({
    fields: {
      AT: { column: sql`a.at`, type: 'timestamptz' },
      SEQUENCE: { column: sql`a.sequence`, type: 'int' },
    },
    id: sql`a.id`,
    default: [
      { field: 'AT', direction: 'DESC' },
      { field: 'SEQUENCE', direction: 'DESC' },
    ],
  }),
};

/** Pages of a customer's trail, its merged ids included. */
export const auditLoaders = (db: Database) => ({
  ofCustomer: pagesBelow(db, auditList, raw('true'), sql`a.customer_id in ${sidesOfParent}`, withSides),
});
