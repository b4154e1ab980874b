// Give many customers the same values, set-based [Customer AC-1]: one statement for the rows, and for each that changes the facts and the state record that
// one change makes. Used by bulk jobs; what one customer is given is `update-customer.ts`.
import { changesOf } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { customFields } from '../custom-field/custom-field.table.ts';
import { type Values, withValues } from '../custom-field/custom-field.ts';
import { type Customer, refuseStatus } from './customer.ts';
import { publishCustomerState } from './customer-state.ts';
import { customerUpdated } from './save-customer.ts';

/** Values that many customers can share; absent stays, and null clears a custom one. */
export interface SharedValues {
  readonly status?: Customer['status'];
  readonly source?: Customer['source'];
  readonly custom?: Values;
}

/** Changes these living customers; answers whose status follows the stage instead, and who changed. The caller holds their locks. */
export async function updateCustomers(
  tx: Tx,
  customers: readonly Customer[],
  { status, source, custom }: SharedValues,
): Promise<{ changed: string[]; wrongStatus: string[] }> {
  const wrongStatus = status === undefined ? [] : customers.filter((customer) => refuseStatus(customer, status)).map(({ id }) => id);
  const fields = custom ? await customFields(tx) : [];
  const changed = customers
    .filter(({ id }) => !wrongStatus.includes(id))
    .map((before) => {
      const wanted: Partial<Customer> = { status, source, ...(custom && withValues(fields, before, custom, 'custom')) };
      const changes = changesOf(before, wanted);
      return { before, changes, after: { ...before, ...changes, version: before.version + 1 } };
    })
    .filter(({ changes }) => Object.keys(changes).length > 0);
  if (changed.length === 0) return { changed: [], wrongStatus };
  const json = (values: Values | null) => values && JSON.stringify(values);
  await tx.query(
    'updateCustomers',
    sql`update customer c set version = c.version + 1, updated_at = ${tx.now}, status = new.status, source = new.source, custom = new.custom::jsonb,
          custom_personal = new.personal::jsonb
        from unnest(${changed.map(({ after }) => after.id)}::uuid[], ${changed.map(({ after }) => after.status)}::text[],
          ${changed.map(({ after }) => after.source)}::text[], ${changed.map(({ after }) => json(after.custom))}::text[],
          ${changed.map(({ after }) => json(after.customPersonal))}::text[]) as new(id, status, source, custom, personal) where c.id = new.id`,
  );
  await tx.written('customer', changed);
  for (const { before, after, changes } of changed) tx.emit(...customerUpdated(before, after, changes));
  const ids = changed.map(({ after }) => after.id);
  await publishCustomerState(tx, ids);
  return { changed: ids, wrongStatus };
}
