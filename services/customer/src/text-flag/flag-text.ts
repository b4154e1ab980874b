// With every save of a free text: flag it when it holds a card, a social security number or an IBAN, and close the flag when it no longer does
// [PII in notes field]. It warns and never blocks; a reviewed text is flagged again only when it was changed. The census says which columns are free
// text, and the kernel tells of every row that is written, one or ten thousand, so that no noun and no way of writing can forget it.
import { randomUUID } from 'node:crypto';
import { findPersonalData } from '@customer360/customer-data/personal-data';
import { sql } from '@customer360/kernel/sql';
import type { RowChange, Tx } from '@customer360/kernel/transact';
import { census } from '../census.ts';
import { fact } from '../write.ts';

/** A table with free texts: what it is called in the graph, and the properties of its rows. */
interface FreeTexts {
  readonly noun: string;
  /** Of the customer's id; null where no customer stands behind the row. */
  readonly customer: string | null;
  readonly fields: readonly string[];
}

const camel = (column: string): string => column.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const OTHER_NOUNS: Readonly<Record<string, string>> = { duplicate_candidate: 'DuplicatePair' };
const nounOf = (table: string): string => OTHER_NOUNS[table] ?? camel(`_${table}`);

/** By table. */
export const FREE_TEXTS: Readonly<Record<string, FreeTexts>> = Object.fromEntries(
  Object.entries(census).flatMap(([table, { customer, columns }]): Array<[string, FreeTexts]> => {
    const fields = Object.keys(columns).filter((column) => columns[column]!.freeText);
    return fields.length > 0 ? [[table, { noun: nounOf(table), customer: customer && camel(customer), fields: fields.map(camel) }]] : [];
  }),
);

/** The texts of a row by field; those of a JSON column by key, the personal custom values under the name that the graph has for them all. */
function textsOf(row: object | null, { fields }: FreeTexts): Map<string, string> {
  const texts = new Map<string, string>();
  for (const field of fields) {
    const value: unknown = row?.[field as keyof typeof row];
    const name = field === 'customPersonal' ? 'custom' : field;
    if (typeof value === 'string') texts.set(name, value);
    else if (value) for (const [key, inner] of Object.entries(value)) texts.set(`${name}.${key}`, plain(inner));
  }
  return texts;
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** In the transaction that writes the rows: flags and closes what their changed texts ask for; nothing to do costs no statement. */
export async function flagTexts<R extends { readonly id: string }>(
  tx: Tx,
  table: string,
  changes: ReadonlyArray<RowChange<R>>,
): Promise<void> {
  const free = FREE_TEXTS[table];
  if (!free) return;
  const found: Array<{ id: string; customerId: string | null; rowId: string; field: string; kinds: string[] }> = [];
  const gone: Array<{ rowId: string; field: string }> = [];
  for (const { before, after } of changes) {
    const [was, is] = [textsOf(before, free), textsOf(after, free)];
    const customerId = free.customer && (after[free.customer as keyof R] as string);
    for (const field of new Set([...was.keys(), ...is.keys()])) {
      if (was.get(field) === is.get(field)) continue;
      const kinds = findPersonalData(is.get(field));
      if (kinds.length > 0) found.push({ id: randomUUID(), customerId, rowId: after.id, field, kinds });
      else if (findPersonalData(was.get(field)).length > 0) gone.push({ rowId: after.id, field });
    }
  }
  if (gone.length > 0)
    await tx.query(
      'closeTextFlags',
      sql`update text_flag f set state = 'gone' from jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as g("rowId" uuid, field text)
          where f.row_id = g."rowId" and f.field = g.field and f.state = 'open'`,
    );
  if (found.length === 0) return;
  const flags = await tx.query<{ id: string; rowId: string; field: string }>(
    'flagTexts',
    sql`insert into text_flag (id, customer_id, origin_customer_id, noun, row_id, field, kinds, found_at)
        select id, "customerId", "customerId", ${free.noun}, "rowId", field, kinds, ${tx.now}
        from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as r(id uuid, "customerId" uuid, "rowId" uuid, field text, kinds text[])
        on conflict (row_id, field) where state = 'open' do update set kinds = excluded.kinds, found_at = excluded.found_at
        returning id, row_id as "rowId", field`,
  );
  const idOf = new Map(flags.map((flag) => [`${flag.rowId} ${flag.field}`, flag.id]));
  for (const { customerId, rowId, field, kinds } of found)
    tx.emit(
      fact('text-flagged', customerId ?? rowId, {
        textFlagId: idOf.get(`${rowId} ${field}`)!,
        customerId,
        noun: free.noun,
        rowId,
        field,
        kinds,
      }),
    );
}
