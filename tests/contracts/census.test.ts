// No table stays silent: every column of every table in the four databases is in its service's census, and the census names nothing that is
// not there. Merge, erasure, export and retention will be driven by it, so what it forgets would leak. (architecture.md, privacy.md)
import { type Census, columnsOf, directoryCensus, kernelCensus } from '@customer360/customer-data/census';
import { expect, test } from '@jest/globals';
import { database, type ServiceName } from '../support/stack.ts';

const SERVICES: ServiceName[] = ['customer', 'interaction', 'lifecycle', 'compliance'];

const censusOf = async (service: ServiceName): Promise<Census> => {
  const { census } = (await import(`../../services/${service}/src/census.ts`)) as { census: Census };
  return { ...kernelCensus, ...(service === 'customer' ? {} : directoryCensus), ...census };
};

/** Differences between the live schema and a census, as sentences. */
export function differences(live: ReadonlyMap<string, ReadonlySet<string>>, census: Census): string[] {
  const found: string[] = [];
  for (const [table, columns] of live) {
    const entry = census[table];
    if (!entry) found.push(`table ${table} is not in the census`);
    for (const column of columns) if (entry && !entry.columns[column]) found.push(`${table}.${column} is not in the census`);
    if (entry?.customer && !columns.has(entry.customer)) found.push(`${table}: the customer column ${entry.customer} does not exist`);
    if (entry?.customer === null && columns.has('customer_id'))
      found.push(`${table} has a customer_id, but its census says that it holds nothing of a customer`);
  }
  for (const [table, entry] of Object.entries(census)) {
    for (const column of Object.keys(entry.columns))
      if (!live.get(table)?.has(column)) found.push(`the census names ${table}.${column}, which does not exist`);
  }
  return found;
}

async function liveSchema(service: ServiceName): Promise<Map<string, Set<string>>> {
  const client = await database(service);
  const { rows } = await client.query(
    `select table_name, column_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const tables = new Map<string, Set<string>>();
  for (const { table_name, column_name } of rows) tables.set(table_name, (tables.get(table_name) ?? new Set()).add(column_name));
  return tables;
}

test.each(SERVICES)('every column of the %s database is classified', async (service) => {
  const live = await liveSchema(service);
  expect(live.size).toBeGreaterThan(8);
  expect(differences(live, await censusOf(service))).toEqual([]);
});

test('an undeclared table, an undeclared column and a stale entry are each found', () => {
  const live = new Map([
    ['note', new Set(['id', 'customer_id', 'content'])],
    ['diary', new Set(['id'])],
  ]);
  const census: Census = {
    note: {
      customer: null,
      merge: 'repoint',
      retain: 'interaction_data',
      columns: columnsOf({ class: 'none', erase: 'keep', export: false }, 'id', 'customer_id', 'title'),
    },
  };
  expect(differences(live, census)).toEqual([
    'note.content is not in the census',
    'note has a customer_id, but its census says that it holds nothing of a customer',
    'table diary is not in the census',
    'the census names note.title, which does not exist',
  ]);
});

test('personal columns are cleared, redacted or deleted by an erasure, unless somebody wrote why not', async () => {
  const kept: string[] = [];
  for (const service of SERVICES) {
    for (const [table, { columns }] of Object.entries(await censusOf(service))) {
      for (const [column, entry] of Object.entries(columns)) {
        if (['identifier', 'contact', 'content', 'sensitive'].includes(entry.class) && entry.erase === 'keep')
          kept.push(`${service}.${table}.${column}`);
      }
    }
  }
  expect(kept).toEqual([]);
});
