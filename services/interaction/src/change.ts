// How every row of this service is changed: found within the caller's rows, its customer fit for writing, locked, read again, its version
// compared, and only then worked on, all of it one transaction. Written once, because a verb that forgets a step is a leak or a lost update.
import { requireUnrestricted } from '@customer360/customer-data/directory';
import type { RequestContext } from '@customer360/kernel/context';
import type { Reader } from '@customer360/kernel/database';
import type { Row } from '@customer360/kernel/entity';
import { expectVersion, isProblem, movedMeanwhile, notFound, type Problem } from '@customer360/kernel/problem';
import { type Tx, transact } from '@customer360/kernel/transact';

type Owned = Row & { customerId: string | null };

export interface Change<R extends Owned> {
  readonly noun: string;
  readonly id: string;
  readonly expectedVersion?: number | null;
  /** Finds the row within the caller's rows. */
  find(reader: Reader): Promise<R | undefined>;
  /** Checks that ask the directory; run before the transaction, which therefore never waits for another service's news. */
  before?(row: R): Promise<void>;
  work(tx: Tx, row: R): Promise<R | Problem>;
}

/** Runs the change; a missing or out-of-scope row is NOT_FOUND, a changed one CONFLICT, a restricted customer ProcessingRestricted. */
export async function change<R extends Owned>(ctx: RequestContext, asked: Change<R>): Promise<R | Problem> {
  const seen = await asked.find(ctx.db);
  if (!seen) throw notFound(asked.noun, asked.id);
  expectVersion(asked.noun, seen, asked.expectedVersion);
  if (seen.customerId) {
    const customer = await requireUnrestricted(ctx, seen.customerId, 'id');
    if (isProblem(customer)) {
      if (customer.__typename === 'UnknownCustomer') throw notFound(asked.noun, asked.id);
      return customer;
    }
  }
  await asked.before?.(seen);
  return transact(ctx, { lock: [keyOf(seen)] }, async (tx) => {
    const row = await asked.find(tx);
    if (!row) throw notFound(asked.noun, asked.id);
    if (keyOf(row) !== keyOf(seen)) throw movedMeanwhile(asked.noun, asked.id);
    expectVersion(asked.noun, row, asked.expectedVersion);
    return asked.work(tx, row);
  });
}

/** The key of a row's facts: its customer's id, or its own where no customer stands behind it. */
export const keyOf = (row: { id: string; customerId: string | null }): string => row.customerId ?? row.id;
