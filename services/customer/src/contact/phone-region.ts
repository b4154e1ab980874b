// The country in which a customer's national phone numbers are read: the account's, else that of the default or any address
// [International phone format].
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

/** ISO 3166-1 alpha-2, or null when nothing says. */
export async function regionOf(tx: Tx, customerId: string): Promise<string | null> {
  const row = await tx.one<{ country: string }>(
    'findPhoneRegion',
    sql`select country from (
          select country, 0 as rank, created_at from account where customer_id = ${customerId} and deleted_at is null and country is not null
          union all
          select country, case when is_default then 1 else 2 end, created_at from address where customer_id = ${customerId} and deleted_at is null
        ) known order by rank, created_at limit 1`,
  );
  return row?.country ?? null;
}
