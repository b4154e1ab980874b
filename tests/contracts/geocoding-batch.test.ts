// An import's addresses are looked up in batches, each with the same few statements whatever its size [Address AC-3]; and one that cannot be told of does not
// hold the others up. The task runs in this process, on a real database that nobody else works on, so that its statements can be counted.
import { createNews, type ServiceContext } from '@customer360/kernel/context';
import { loadContracts } from '@customer360/kernel/contracts';
import { openDatabase, statementCount } from '@customer360/kernel/database';
import { createLog } from '@customer360/kernel/log';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EmptyDatabase } from '../support/empty-database.ts';
import { customerDatabase } from '../support/own-customer-service.ts';

let database: EmptyDatabase;
let ctx: ServiceContext;
let locateBatch: (ctx: ServiceContext, refineLater: boolean) => Promise<number>;
beforeAll(async () => {
  database = await customerDatabase();
  const log = createLog('geocoding-test', 'silent');
  const options = { url: database.url, entities: [], migrations: [], poolMax: 4, statementTimeoutMs: 20_000, name: 'customer', log };
  const contracts = loadContracts(new URL('../../schemas/', import.meta.url));
  ctx = { name: 'customer', db: await openDatabase(options), log, contracts, env: {}, wake() {}, news: createNews() };
  ({ locateBatch } = await import('../../services/customer/src/geocoding/geocode-addresses.ts'));
}, 60_000);
afterAll(async () => {
  await ctx.db.close();
  await database.close();
});

/** So many customers with a default address each, as an import leaves them. */
async function addresses(count: number): Promise<void> {
  await database.pool.query(
    `with added as (
       insert into customer (id, type, status, display_name, created_by_kind, created_by_id)
       select gen_random_uuid(), 'individual', 'prospect', 'Person ' || n, 'IMPORT', 'test' from generate_series(1, $1) n returning id)
     insert into address (id, customer_id, origin_customer_id, address_type, is_default, street_line_1, city, country, created_by_kind, created_by_id)
     select gen_random_uuid(), id, id, 'billing', true, 'Weg 1', 'Bonn', 'DE', 'IMPORT', 'test' from added`,
    [count],
  );
}
const located = async (): Promise<number> =>
  (await database.pool.query("select count(*)::int as count from address where coordinate_precision = 'city'")).rows[0].count;

async function counted(): Promise<{ addresses: number; statements: number }> {
  const count = { statements: 0 };
  const done = await statementCount.run(count, () => locateBatch(ctx, false));
  return { addresses: done, statements: count.statements };
}

test('[Address AC-3] 1,000 addresses take five batches, each with as many statements as a single address', async () => {
  await addresses(1);
  const single = await counted();
  expect(single.addresses).toBe(1);
  expect(single.statements).toBeLessThanOrEqual(8);
  await addresses(1_000);
  const batches = [];
  for (let n = 0; n < 5; n++) batches.push(await counted());
  expect(batches).toEqual(Array(5).fill({ addresses: 200, statements: single.statements }));
  expect(await located()).toBe(1_001);
  expect(await counted()).toEqual({ addresses: 0, statements: 1 });
});

test('[Address AC-3] two instances on the same addresses tell of each once', async () => {
  await addresses(50);
  await Promise.all([locateBatch(ctx, false), locateBatch(ctx, false)]);
  const { rows } = await database.pool.query(
    `select count(*)::int as told, count(distinct payload::jsonb ->> 'addressId')::int as addresses from outbox
     where headers ->> 'ce_type' = 'crm.customer.address-geocoded.v1'`,
  );
  expect(rows[0].told).toBe(rows[0].addresses);
  expect(await located()).toBe(rows[0].told);
});

test('[Address AC-3] an address that cannot be told of is tried again later, and holds no other up', async () => {
  const before = await located();
  await addresses(3);
  // A state record that its contract refuses.
  await database.pool.query(
    `update customer set custom = '[]' where id = (select customer_id from address where coordinate_precision is null limit 1)`,
  );
  await locateBatch(ctx, false);
  expect(await located()).toBe(before + 2);
  const left = 'select geocode_attempts as attempts, geocode_due_at > now() as later from address where coordinate_precision is null';
  expect((await database.pool.query(left)).rows).toEqual([{ attempts: 1, later: true }]);
  expect(await locateBatch(ctx, false)).toBe(0);
});
