// Where deletion requests live. One open request per customer is also a unique index. All SQL of the room.
import { visibleCustomer } from '@customer360/customer-data/directory';
import { sidesOfParent, sideTree, withSides } from '@customer360/customer-data/sides';
import type { Actor } from '@customer360/kernel/actor';
import type { Database, Reader } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { field } from '@customer360/kernel/filter';
import { type ListArgs, type ListSpec, list, pagesBelow } from '@customer360/kernel/list';
import { keyset } from '@customer360/kernel/paging';
import { columns, raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { type DeletionRequest, OPEN_STATUSES } from './deletion-request.ts';

export const DeletionRequestTable = new EntitySchema<DeletionRequest>({
  name: 'DeletionRequest',
  tableName: 'deletion_request',
  columns: {
    ...rowColumns,
    ...customerColumns,
    requestType: { name: 'request_type', type: 'text' },
    details: { type: 'text', nullable: true },
    requestedAt: { name: 'requested_at', type: 'timestamptz' },
    requestedVia: { name: 'requested_via', type: 'text' },
    verificationMethod: { name: 'verification_method', type: 'text' },
    verifiedAt: { name: 'verified_at', type: 'timestamptz', nullable: true },
    verifiedById: { name: 'verified_by', type: 'uuid', nullable: true },
    status: { type: 'text' },
    rejectionReason: { name: 'rejection_reason', type: 'text', nullable: true },
    deadline: { type: 'timestamptz' },
    deadlineExtendedAt: { name: 'deadline_extended_at', type: 'timestamptz', nullable: true },
    deadlineExtensionReason: { name: 'deadline_extension_reason', type: 'text', nullable: true },
    escalatedAt: { name: 'escalated_at', type: 'timestamptz', nullable: true },
    completedAt: { name: 'completed_at', type: 'timestamptz', nullable: true },
    affectedRecords: { name: 'affected_records', type: 'jsonb', nullable: true },
    processedById: { name: 'processed_by', type: 'uuid', nullable: true },
  },
});

const select = sql`select ${columns(DeletionRequestTable, 'r')}`;
const open = sql`r.status = any(${[...OPEN_STATUSES]}::text[])`;

export const findDeletionRequest = (db: Reader, id: string): Promise<DeletionRequest | undefined> =>
  db.one('findDeletionRequest', sql`${select} from deletion_request r where r.id = ${id}`);

/** Open requests of a customer and of what was merged into it, oldest first. */
export const findOpenRequests = (tx: Tx, customerId: string): Promise<DeletionRequest[]> =>
  tx.query(
    'findOpenRequests',
    sql`with ${sideTree([customerId])} ${select} from deletion_request r
        where r.customer_id in (select id from side) and ${open} order by r.created_at, r.id limit 100`,
  );

/** Overdue, open and not yet escalated, the most overdue first. [DeletionRequest AC-2] */
export const findOverdue = (db: Reader, now: Date, limit: number): Promise<DeletionRequest[]> =>
  db.query(
    'findOverdue',
    sql`${select} from deletion_request r where r.escalated_at is null and r.deadline < ${now} and ${open} order by r.deadline limit ${limit}`,
  );

const deletionRequestList: ListSpec<DeletionRequest> = {
  name: 'listDeletionRequests',
  select: columns(DeletionRequestTable, 'r'),
  from: raw('deletion_request r'),
  filter: {
    id: field('r.id', 'uuid'),
    customerId: field('r.customer_id', 'uuid'),
    requestType: field('r.request_type', 'enum'),
    status: field('r.status', 'enum'),
    requestedVia: field('r.requested_via', 'enum'),
    requestedAt: field('r.requested_at', 'timestamptz'),
    deadline: field('r.deadline', 'timestamptz'),
    overdue: { column: sql`(${open} and r.deadline < now())`, type: 'bool' },
    escalatedAt: field('r.escalated_at', 'timestamptz'),
    createdAt: field('r.created_at', 'timestamptz'),
  },
  order: keyset({
    fields: {
      REQUESTED_AT: { column: sql`r.requested_at`, type: 'timestamptz' },
      DEADLINE: { column: sql`r.deadline`, type: 'timestamptz' },
      STATUS: { column: sql`r.status`, type: 'text' },
      CREATED_AT: { column: sql`r.created_at`, type: 'timestamptz' },
    },
    id: sql`r.id`,
    default: [{ field: 'REQUESTED_AT', direction: 'DESC' }],
  }),
};

/** A page of all requests that the asker may see. */
export const listDeletionRequests = (db: Reader, actor: Actor, args: ListArgs) =>
  list(db, deletionRequestList, visibleCustomer(actor, raw('r.customer_id')), args);

export const deletionRequestLoaders = (db: Database) => ({
  ofCustomer: pagesBelow(db, deletionRequestList, raw('true'), sql`r.customer_id in ${sidesOfParent}`, withSides),
});
