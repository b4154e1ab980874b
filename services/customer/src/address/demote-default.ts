// One default address per type and customer [Address AC-1]: before another becomes the default, the present one steps back, in the same
// transaction and with its own fact.
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';
import type { Address } from './address.ts';

/** Takes the default flag of this type from whichever has it; the caller holds the customer's lock. */
export async function demoteDefault(
  tx: Tx,
  customerId: string,
  addressType: Address['addressType'],
  exceptId: string | null,
): Promise<void> {
  const demoted = await tx.query<{ id: string; version: number }>(
    'demoteDefault',
    sql`update address set is_default = false, version = version + 1, updated_at = ${tx.now}
        where customer_id = ${customerId} and address_type = ${addressType} and is_default and deleted_at is null and id is distinct from ${exceptId}::uuid
        returning id, version`,
  );
  for (const { id, version } of demoted)
    tx.emit(fact('address-updated', customerId, { addressId: id, customerId, version, changed: ['isDefault'] }));
}

/** Has this type a default? */
export const hasDefault = async (tx: Tx, customerId: string, addressType: Address['addressType']): Promise<boolean> =>
  (await tx.one(
    'findDefault',
    sql`select 1 from address where customer_id = ${customerId} and address_type = ${addressType} and is_default and deleted_at is null`,
  )) !== undefined;
