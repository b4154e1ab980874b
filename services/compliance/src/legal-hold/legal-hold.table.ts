// Where legal holds live. All SQL of the room.

import { sideTree } from '@customer360/customer-data/sides';
import type { Database, Reader } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { manyByKey } from '@customer360/kernel/loader';
import { columns, sql } from '@customer360/kernel/sql';
import { EntitySchema } from 'typeorm';
import type { LegalHold } from './legal-hold.ts';

export const LegalHoldTable = new EntitySchema<LegalHold>({
  name: 'LegalHold',
  tableName: 'legal_hold',
  columns: {
    ...rowColumns,
    ...customerColumns,
    reference: { type: 'text' },
    reason: { type: 'text' },
    placedAt: { name: 'placed_at', type: 'timestamptz' },
    liftedAt: { name: 'lifted_at', type: 'timestamptz', nullable: true },
    liftedReason: { name: 'lifted_reason', type: 'text', nullable: true },
  },
});

export const findLegalHold = (db: Reader, id: string): Promise<LegalHold | undefined> =>
  db.one('findLegalHold', sql`select ${columns(LegalHoldTable, 'h')} from legal_hold h where h.id = ${id}`);

/** Holds in force, the oldest first, at most 200 a customer; merged ids count for their survivor. */
export const findActiveHolds = (db: Reader, customerIds: readonly string[]): Promise<Array<LegalHold & { root: string }>> =>
  db.query(
    'findActiveHolds',
    sql`with ${sideTree(customerIds)}
        select parent.id as root, held.* from unnest(${[...customerIds]}::uuid[]) as parent(id) cross join lateral (
          select ${columns(LegalHoldTable, 'h')} from legal_hold h
          where h.lifted_at is null and h.customer_id in (select side.id from side where side.root = parent.id)
          order by h.placed_at, h.id limit 200) held`,
  );

export const legalHoldLoaders = (db: Database) => ({
  activeOfCustomer: manyByKey<string, LegalHold & { root: string }>(
    (ids) => findActiveHolds(db, ids),
    ({ root }) => root,
  ),
});
