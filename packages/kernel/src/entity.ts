// Columns that every table of ours has, as EntitySchema mixins. Types are always stated: TypeORM would otherwise guess, and drift.
import type { EntitySchemaColumnOptions } from 'typeorm';
import type { Actor, ActorKind } from './actor.ts';

/** What every row carries. */
export interface Row {
  id: string;
  /** 1 on creation, +1 with every change. */
  version: number;
  createdAt: Date;
  createdByKind: ActorKind;
  createdById: string;
  updatedAt: Date;
  /** Soft delete; null while the row lives. */
  deletedAt: Date | null;
}

const column = (options: EntitySchemaColumnOptions): EntitySchemaColumnOptions => options;

/** The columns of `Row`. SQL for migrations: `ROW_COLUMNS`. */
export const rowColumns = {
  id: column({ type: 'uuid', primary: true }),
  version: column({ type: 'int' }),
  createdAt: column({ name: 'created_at', type: 'timestamptz' }),
  createdByKind: column({ name: 'created_by_kind', type: 'text' }),
  createdById: column({ name: 'created_by_id', type: 'text' }),
  updatedAt: column({ name: 'updated_at', type: 'timestamptz' }),
  deletedAt: column({ name: 'deleted_at', type: 'timestamptz', nullable: true }),
} as const;

/** DDL of `Row`, for migrations. */
export const ROW_COLUMNS = `
  id uuid primary key,
  version int not null default 1 check (version > 0),
  created_at timestamptz not null default now(),
  created_by_kind text not null check (created_by_kind in ('STAFF','CUSTOMER','IMPORT','EMAIL_SYNC','API','SYSTEM')),
  created_by_id text not null,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz`;

/** A child row of a customer: where it belongs now, and where it was born (a merge re-points the first, never the second). */
export interface CustomerChild {
  customerId: string;
  originCustomerId: string;
}

/** The columns of `CustomerChild`. SQL for migrations: `CUSTOMER_COLUMNS`. */
export const customerColumns = {
  customerId: column({ name: 'customer_id', type: 'uuid' }),
  originCustomerId: column({ name: 'origin_customer_id', type: 'uuid', update: false }),
} as const;

/** DDL of `CustomerChild`, for migrations. */
export const CUSTOMER_COLUMNS = `
  customer_id uuid not null,
  origin_customer_id uuid not null`;

/** The values of a new row. */
export function newRow(actor: Actor, now: Date, id: string = crypto.randomUUID()): Row {
  return {
    id,
    version: 1,
    createdAt: now,
    createdByKind: actor.kind,
    createdById: actor.id,
    updatedAt: now,
    deletedAt: null,
  };
}

/** GraphQL `createdBy` of a row. */
export const createdBy = (row: Pick<Row, 'createdByKind' | 'createdById'>): { kind: ActorKind; id: string } => ({
  kind: row.createdByKind,
  id: row.createdById,
});

/** A reference to the member of staff who made a row; null for everybody else. */
export const createdByStaff = (row: Pick<Row, 'createdByKind' | 'createdById'>): { id: string } | null =>
  row.createdByKind === 'STAFF' ? { id: row.createdById } : null;
