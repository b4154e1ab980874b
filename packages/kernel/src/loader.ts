// DataLoaders over one `= ANY($1)` statement: the only way a resolver reads other rows, so that a list costs what one row costs.
import DataLoader from 'dataloader';

const MAX_BATCH = 1_000;

/** One row per key; undefined where there is none. */
export function byKey<K extends string, V>(
  load: (keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
): DataLoader<K, V | undefined> {
  return new DataLoader<K, V | undefined>(
    async (keys) => {
      const rows = new Map((await load(keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => rows.get(key));
    },
    { maxBatchSize: MAX_BATCH },
  );
}

/** Many rows per key, in the order they came. */
export function manyByKey<K extends string, V>(
  load: (keys: readonly K[]) => Promise<readonly V[]>,
  keyOf: (row: V) => K,
): DataLoader<K, V[]> {
  return new DataLoader<K, V[]>(
    async (keys) => {
      const rows = new Map<K, V[]>(keys.map((key) => [key, []]));
      for (const row of await load(keys)) rows.get(keyOf(row))?.push(row);
      return keys.map((key) => rows.get(key)!);
    },
    { maxBatchSize: MAX_BATCH },
  );
}

/** A family of loaders, one for each distinct arguments (a page size, an order), so that siblings with equal arguments share one statement. */
export function byArguments<A, L>(make: (args: A) => L): (args: A) => L {
  const family = new Map<string, L>();
  return (args) => {
    const key = JSON.stringify(args);
    const known = family.get(key);
    if (known) return known;
    const made = make(args);
    family.set(key, made);
    return made;
  };
}
