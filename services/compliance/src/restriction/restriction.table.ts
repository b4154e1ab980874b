// Where restrictions and objections live: one row per change, the newest per identity counts. All SQL of the room.

import { sideTree } from '@customer360/customer-data/sides';
import type { Database, Reader } from '@customer360/kernel/database';
import { manyByKey } from '@customer360/kernel/loader';
import { columns, sql } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import type { RestrictionRecord } from './restriction.ts';

export const RestrictionRecordTable = new EntitySchema<RestrictionRecord>({
  name: 'RestrictionRecord',
  tableName: 'restriction_record',
  columns: {
    id: { type: 'uuid', primary: true },
    customerId: { name: 'customer_id', type: 'uuid' },
    originCustomerId: { name: 'origin_customer_id', type: 'uuid' },
    covers: { type: 'uuid', array: true },
    version: { type: 'int' },
    processingRestricted: { name: 'processing_restricted', type: 'boolean' },
    processingRestrictedSince: { name: 'processing_restricted_since', type: 'timestamptz', nullable: true },
    processingRestrictedReason: { name: 'processing_restricted_reason', type: 'text', nullable: true },
    doNotProcess: { name: 'do_not_process', type: 'boolean' },
    doNotProcessSince: { name: 'do_not_process_since', type: 'timestamptz', nullable: true },
    doNotProcessReason: { name: 'do_not_process_reason', type: 'text', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdByKind: { name: 'created_by_kind', type: 'text' },
    createdById: { name: 'created_by_id', type: 'text' },
  },
});

export type SidedRestriction = RestrictionRecord & { root: string };

/** The newest row of every side of these customers, as of `at`. */
export function findRestrictions(db: Reader, customerIds: readonly string[], at: Date | null = null): Promise<SidedRestriction[]> {
  return db.query<SidedRestriction>(
    'findRestrictions',
    sql`with ${sideTree(customerIds)}
        select side.root, newest.* from side cross join lateral (
          select ${columns(RestrictionRecordTable, 'r')} from restriction_record r
          where r.covers @> array[side.id] and (${at}::timestamptz is null or r.created_at <= ${at}::timestamptz)
          order by r.created_at desc, r.version desc limit 1) newest`,
  );
}

export const restrictionLoaders = (db: Database) => ({
  ofCustomer: manyByKey<string, SidedRestriction>(
    (ids) => findRestrictions(db, ids),
    ({ root }) => root,
  ),
});
