// External ids live in a table of their own, (system, external id) unique over live and retired customers, so that a merge can keep them all;
// `customer.externalId` shows the main one. A deleted customer frees its ids (partial unique), a restore asks for them back.
import { type Problem, problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { visibleCustomer } from '../scope.ts';

/** The system of `customer.externalId`. */
export const MAIN_SYSTEM = 'main';

/** Names the lock that keeps two callers from taking one external id at once. */
export const externalIdLock = (externalId: string | null | undefined): string[] =>
  externalId == null ? [] : [`external-id:${MAIN_SYSTEM}:${externalId}`];

type Taken = Problem<'ExternalIdTaken', { takenById: string | null }>;

/** Refuses an external id that another live customer has; the caller holds `externalIdLock`. */
export async function refuseTakenExternalId(tx: Tx, externalId: string, customerId: string): Promise<Taken | undefined> {
  const other = await tx.one<{ id: string; visible: boolean }>(
    'findExternalId',
    sql`select c.id, ${visibleCustomer(tx.actor, 'c')} as visible from external_id x join customer c on c.id = x.customer_id
        where x.system = ${MAIN_SYSTEM} and x.external_id = ${externalId} and x.deleted_at is null and x.customer_id <> ${customerId}`,
  );
  if (!other) return undefined;
  return problem('ExternalIdTaken', 'Another customer has this external id.', { takenById: other.visible ? other.id : null });
}

/** Makes this the customer's main external id; null removes it. */
export async function setMainExternalId(tx: Tx, customerId: string, externalId: string | null): Promise<void> {
  await tx.query(
    'dropExternalId',
    sql`delete from external_id where customer_id = ${customerId} and system = ${MAIN_SYSTEM} and deleted_at is null`,
  );
  if (externalId === null) return;
  await tx.query(
    'addExternalId',
    sql`insert into external_id (id, system, external_id, customer_id, origin_customer_id, created_at)
        values (gen_random_uuid(), ${MAIN_SYSTEM}, ${externalId}, ${customerId}, ${customerId}, ${tx.now})`,
  );
}

/** Frees or takes back all external ids of a customer with one deletion. */
export async function markExternalIds(tx: Tx, customerId: string, deletionId: string, deleted: boolean): Promise<void> {
  await tx.query(
    'markExternalIds',
    deleted
      ? sql`update external_id set deleted_at = ${tx.now}, deletion_id = ${deletionId} where customer_id = ${customerId} and deleted_at is null`
      : sql`update external_id set deleted_at = null, deletion_id = null where customer_id = ${customerId} and deletion_id = ${deletionId}`,
  );
}

/** Was one of the ids that this deletion freed taken meanwhile? */
export async function externalIdTakenMeanwhile(tx: Tx, deletionId: string): Promise<boolean> {
  const taken = await tx.one(
    'findTakenExternalId',
    sql`select 1 from external_id mine join external_id other on other.system = mine.system and other.external_id = mine.external_id
        where mine.deletion_id = ${deletionId} and other.deleted_at is null limit 1`,
  );
  return taken !== undefined;
}
