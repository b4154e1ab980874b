// With every save of a free text: flag it when it holds a card, a social security number or an IBAN, and close the flag when it no longer does
// [PII in notes field]. It warns and never blocks; a reviewed text is flagged again only when it was changed.
import { randomUUID } from 'node:crypto';
import { findPersonalData } from '@customer360/customer-data/personal-data';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { fact } from '../write.ts';

/** Where a text stands. */
export interface FreeText {
  customerId: string;
  noun: 'Relationship';
  rowId: string;
  field: string;
  text: string | null;
}

/** In the transaction that writes the text, and only if it changed. */
export async function flagText(tx: Tx, { customerId, noun, rowId, field, text }: FreeText): Promise<void> {
  const kinds = findPersonalData(text);
  if (kinds.length === 0) {
    await tx.query(
      'closeTextFlag',
      sql`update text_flag set state = 'gone' where row_id = ${rowId} and field = ${field} and state = 'open'`,
    );
    return;
  }
  const [flag] = await tx.query<{ id: string }>(
    'flagText',
    sql`insert into text_flag (id, customer_id, origin_customer_id, noun, row_id, field, kinds, found_at)
        values (${randomUUID()}, ${customerId}, ${customerId}, ${noun}, ${rowId}, ${field}, ${kinds}, ${tx.now})
        on conflict (row_id, field) where state = 'open' do update set kinds = excluded.kinds, found_at = excluded.found_at returning id`,
  );
  tx.emit(fact('text-flagged', customerId, { textFlagId: flag!.id, customerId, noun, rowId, field, kinds }));
}
