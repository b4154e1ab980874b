// Single rows, written through their EntitySchema: inserted once, then only ever changed to their next version, by what really differs.
import type { EntitySchema } from 'typeorm';
import type { Row } from './entity.ts';
import type { Tx } from './transact.ts';

/** Those of the given values that are present and differ from the row's: absent = untouched, null = clear. */
export function changesOf<R extends object>(row: R, given: Partial<R>): Partial<R> {
  const changed = Object.entries(given).filter(
    ([field, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(row[field as keyof R]),
  );
  return Object.fromEntries(changed) as Partial<R>;
}

/** Inserts a row. */
export async function insertRow<R extends { id: string }>(tx: Tx, table: EntitySchema<R>, row: R): Promise<R> {
  await tx.manager.getRepository(table).insert(row as never);
  await tx.written(table.options.name, [{ before: null, after: row }]);
  return row;
}

/** Writes changes as the next version of the row; answers the row as it is now. */
export async function updateRow<R extends Row, S extends R>(
  tx: Tx,
  table: EntitySchema<R>,
  row: S,
  changes: Partial<NoInfer<R>>,
): Promise<S> {
  const written = { ...changes, version: row.version + 1, updatedAt: tx.now };
  await tx.manager.getRepository(table).update({ id: row.id } as never, written as never);
  const after = { ...row, ...written };
  await tx.written(table.options.name, [{ before: row, after }]);
  return after;
}
