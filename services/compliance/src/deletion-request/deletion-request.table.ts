// Where deletion requests live. One open request per customer is also a unique index. All SQL of the room.
import { visibleCustomer } from '@customer360/customer-data/directory';
import type { Actor } from '@customer360/kernel/actor';
import type { Database } from '@customer360/kernel/database';
import { customerColumns, rowColumns } from '@customer360/kernel/entity';
import { compileFilter } from '@customer360/kernel/filter';
import { byArguments, byKey, manyByKey } from '@customer360/kernel/loader';
import { type Connection, connection, keyset, type PageArgs } from '@customer360/kernel/paging';
import { columns, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { EntitySchema } from 'typeorm';
import { sideTree } from '../identity/sides.table.ts';
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

export const findDeletionRequest = (db: Pick<Database | Tx, 'one'>, id: string): Promise<DeletionRequest | undefined> =>
  db.one('findDeletionRequest', sql`${select} from deletion_request r where r.id = ${id}`);

/** Open requests of a customer and of what was merged into it, oldest first. */
export const findOpenRequests = (tx: Tx, customerId: string): Promise<DeletionRequest[]> =>
  tx.query(
    'findOpenRequests',
    sql`with ${sideTree([customerId])} ${select} from deletion_request r
        where r.customer_id in (select id from side) and ${open} order by r.created_at, r.id limit 100`,
  );

/** Overdue, open and not yet escalated, the most overdue first. [DeletionRequest AC-2] */
export const findOverdue = (db: Pick<Database | Tx, 'query'>, now: Date, limit: number): Promise<DeletionRequest[]> =>
  db.query(
    'findOverdue',
    sql`${select} from deletion_request r where r.escalated_at is null and r.deadline < ${now} and ${open} order by r.deadline limit ${limit}`,
  );

const FILTER = {
  id: { column: sql`r.id`, type: 'uuid' },
  customerId: { column: sql`r.customer_id`, type: 'uuid' },
  requestType: { column: sql`r.request_type`, type: 'enum' },
  status: { column: sql`r.status`, type: 'enum' },
  requestedVia: { column: sql`r.requested_via`, type: 'enum' },
  requestedAt: { column: sql`r.requested_at`, type: 'timestamptz' },
  deadline: { column: sql`r.deadline`, type: 'timestamptz' },
  overdue: { column: sql`(${open} and r.deadline < now())`, type: 'bool' },
  escalatedAt: { column: sql`r.escalated_at`, type: 'timestamptz' },
  createdAt: { column: sql`r.created_at`, type: 'timestamptz' },
} as const;

const pages = keyset({
  fields: {
    REQUESTED_AT: { column: sql`r.requested_at`, type: 'timestamptz' },
    DEADLINE: { column: sql`r.deadline`, type: 'timestamptz' },
    STATUS: { column: sql`r.status`, type: 'text' },
    CREATED_AT: { column: sql`r.created_at`, type: 'timestamptz' },
  },
  id: sql`r.id`,
  default: [{ field: 'REQUESTED_AT', direction: 'DESC' }],
});

export type DeletionListArgs = PageArgs<'REQUESTED_AT' | 'DEADLINE' | 'STATUS' | 'CREATED_AT'> & { filter?: object | null };

export type DeletionRequestPage = Connection<DeletionRequest & { cursor: string }>;

/** A page of all requests that the asker may see. */
export async function pageDeletionRequests(db: Database, actor: Actor, args: DeletionListArgs) {
  const plan = pages.plan(args);
  const where = sql`${visibleCustomer(actor, sql`r.customer_id`)} and ${compileFilter(args.filter, FILTER)}`;
  const rows = await db.query<DeletionRequest & { cursor: string }>(
    'pageDeletionRequests',
    sql`${select}, ${plan.cursor} from deletion_request r where ${where} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}`,
  );
  return connection(rows, plan, async () => {
    const counted = await db.one<{ count: number }>(
      'countDeletionRequests',
      sql`select count(*)::int as count from deletion_request r where ${where}`,
    );
    return counted!.count;
  });
}

export const deletionRequestLoaders = (db: Database) => ({
  ofCustomer: byArguments((args: DeletionListArgs) => {
    const plan = pages.plan(args);
    const within = sql`r.customer_id in (select side.id from side where side.root = parent.id) and ${compileFilter(args.filter, FILTER)}`;
    const rows = manyByKey<string, DeletionRequest & { cursor: string; root: string }>(
      (ids) =>
        db.query(
          'pageDeletionRequestsOf',
          sql`with ${sideTree(ids)}
              select parent.id as root, page.* from unnest(${[...ids]}::uuid[]) as parent(id) cross join lateral (
                ${select}, ${plan.cursor} from deletion_request r
                where ${within} and ${plan.where} order by ${plan.orderBy} limit ${plan.limit}) page`,
        ),
      ({ root }) => root,
    );
    const counts = byKey<string, { root: string; count: number }>(
      (ids) =>
        db.query(
          'countDeletionRequestsOf',
          sql`with ${sideTree(ids)}
              select parent.id as root, (select count(*)::int from deletion_request r where ${within}) as count
              from unnest(${[...ids]}::uuid[]) as parent(id)`,
        ),
      ({ root }) => root,
    );
    return async (customerId: string) =>
      connection(await rows.load(customerId), plan, async () => (await counts.load(customerId))?.count ?? 0);
  }),
});
