// External ids live in a table of their own, (system, external id) unique over live and retired customers, so that a merge can keep them all;
// `customer.externalId` shows the main one. A deleted customer frees its ids (partial unique), a restore asks for them back.
import type { Reader } from '@customer360/kernel/database';
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

/** Makes this the customer's main external id in place of the previous one; null removes it. What a merge brought along stays its own. */
export async function setMainExternalId(tx: Tx, customerId: string, previous: string | null, externalId: string | null): Promise<void> {
  await tx.query(
    'dropExternalId',
    sql`delete from external_id where customer_id = ${customerId} and origin_customer_id = ${customerId} and system = ${MAIN_SYSTEM}
          and external_id = ${previous} and deleted_at is null`,
  );
  if (externalId !== null) await addExternalId(tx, customerId, externalId);
}

/** Nothing to do for one that the customer has already, from a merge. */
const addExternalId = (tx: Tx, customerId: string, externalId: string): Promise<unknown> =>
  tx.query(
    'addExternalId',
    sql`insert into external_id (id, system, external_id, customer_id, origin_customer_id, created_at)
        values (gen_random_uuid(), ${MAIN_SYSTEM}, ${externalId}, ${customerId}, ${customerId}, ${tx.now})
        on conflict (system, external_id) where deleted_at is null do nothing`,
  );

/**
 * A customer comes back from a merge with its main external id; false where another one has it by now, and then it comes back without. Its ids were
 * re-pointed before. [WF-CM-002]
 */
export async function returnExternalId(tx: Tx, customerId: string, externalId: string | null): Promise<boolean> {
  if (externalId === null) return true;
  const holder = await tx.one<{ id: string }>(
    'findExternalIdHolder',
    sql`select id from customer where external_id = ${externalId} and deleted_at is null and id <> ${customerId}`,
  );
  if (holder) {
    await tx.query(
      'handOverExternalId',
      sql`delete from external_id where system = ${MAIN_SYSTEM} and external_id = ${externalId} and customer_id = ${customerId} and deleted_at is null`,
    );
  }
  await addExternalId(tx, holder?.id ?? customerId, externalId);
  const mapped = await tx.one<{ customerId: string }>(
    'findExternalIdMapping',
    sql`select customer_id as "customerId" from external_id where system = ${MAIN_SYSTEM} and external_id = ${externalId} and deleted_at is null`,
  );
  if (!holder && mapped?.customerId === customerId) return true;
  await tx.query('returnWithoutExternalId', sql`update customer set external_id = null where id = ${customerId}`);
  return false;
}

/** All external ids of many customers. */
export const externalIdsOf = (reader: Reader, ids: readonly string[]): Promise<ExternalId[]> =>
  reader.query(
    'findExternalIds',
    sql`select system, external_id as "externalId", customer_id as "customerId", origin_customer_id as "originCustomerId" from external_id
        where customer_id = any(${[...ids]}::uuid[]) and deleted_at is null order by created_at, id`,
  );

export interface ExternalId {
  readonly system: string;
  readonly externalId: string;
  readonly customerId: string;
  readonly originCustomerId: string;
}

/** Takes back the external ids of a customer that one deletion freed. */
export async function restoreExternalIds(tx: Tx, customerId: string, deletionId: string): Promise<void> {
  await tx.query(
    'restoreExternalIds',
    sql`update external_id set deleted_at = null, deletion_id = null where customer_id = ${customerId} and deletion_id = ${deletionId}`,
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
