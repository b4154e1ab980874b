// `npm run bench -- duplicates [--base 1000000]`: what matching costs a save. A base is bulk-loaded past the doors (rows by SQL, keys by the product's own
// normalisers and statement), then the check is timed on its own, and creations with the check and the index against the same creations without.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SYSTEM } from '@customer360/kernel/actor';
import { createNews, type RequestContext } from '@customer360/kernel/context';
import { loadContracts } from '@customer360/kernel/contracts';
import { type Database, openDatabase } from '@customer360/kernel/database';
import { createLog } from '@customer360/kernel/log';
import { insertRow } from '@customer360/kernel/rows';
import { raw, sql } from '@customer360/kernel/sql';
import { transact } from '@customer360/kernel/transact';
import { createCustomer } from '../../services/customer/src/customer/create-customer.ts';
import { CustomerTable } from '../../services/customer/src/customer/customer.table.ts';
import { publishCustomerState } from '../../services/customer/src/customer/customer-state.ts';
import { customerCreated, newCustomer } from '../../services/customer/src/customer/new-customer.ts';
import { phoneE164 } from '../../services/customer/src/customer/phone.ts';
import { findCandidates } from '../../services/customer/src/duplicate/find-candidates.ts';
import { enteredProfile } from '../../services/customer/src/duplicate/find-duplicates.ts';
import { countStatistics } from '../../services/customer/src/duplicate/look-for-duplicates.ts';
import { writeMatchKeys } from '../../services/customer/src/duplicate/match-key.table.ts';
import { matchingOf } from '../../services/customer/src/duplicate/matching-model.table.ts';
import { profileOf } from '../../services/customer/src/duplicate/profile.ts';
import { loaders } from '../../services/customer/src/loaders.ts';
import type { BenchmarkRun } from './benchmark.ts';
import { fixed, machine, median, percentile, table } from './figures.ts';
import { type MadeUp, people } from './made-up-people.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
const BATCH = 2_000;

export async function run({ stack, seed, quick, base: asked, log, signal }: BenchmarkRun): Promise<void> {
  const base = asked ?? (quick ? 5_000 : 1_000_000);
  for (const name of ['gateway', 'customer', 'interaction', 'lifecycle', 'compliance']) await stack.kill(name, 'SIGTERM');
  const { databases } = JSON.parse(readFileSync(stack.secrets, 'utf8'));
  const logger = createLog('bench', 'error');
  const options = { migrations: [], poolMax: 4, statementTimeoutMs: 600_000, name: 'bench', log: logger };
  const db = await openDatabase({ ...options, url: databases.customer.superuser, entities: [CustomerTable] });
  try {
    const maker = people(seed);
    const loading = performance.now();
    await loadBase(db, maker, base, log, signal);
    log(`${base} customers with their keys are loaded in ${fixed((performance.now() - loading) / 1_000, 0)} s`);
    const ctx = contextOf(db);
    await countStatistics(ctx);
    const sizes = await db.one<{ keys: number; bytes: string }>(
      'sizeOfIndex',
      sql`select (select sum(cardinality(keys))::int from match_state) as keys, pg_size_pretty(pg_total_relation_size('match_key')) as bytes`,
    );
    log(`Duplicates, ${machine(seed)}${quick ? ' (quick: a smoke test, not a measurement)' : ''}`);
    log(
      `${matchingOf(db).statistics.customers} customers, ${fixed(sizes!.keys / base, 1)} keys each, match_key ${sizes!.bytes} with its index`,
    );
    await check(db, maker, quick ? 200 : 5_000, log);
    await upkeep(ctx, maker, quick ? 2 : 9, quick ? 20 : 200, log);
  } finally {
    await db.close();
  }
}

function contextOf(db: Database): RequestContext<ReturnType<typeof loaders>> {
  const log = createLog('bench', 'error');
  const service = {
    name: 'customer',
    db,
    log,
    contracts: loadContracts(SCHEMAS),
    env: { DUPLICATE_THRESHOLD: 80 },
    wake: () => {},
    news: createNews(),
  };
  const ctx = { ...service, actor: { ...SYSTEM, roles: ['integration'] as const }, requestId: 'bench', loaders: undefined as never };
  return { ...ctx, loaders: loaders(ctx) };
}

/** Loads a base of made-up customers, with the keys by which they are found. */
export async function loadBase(
  db: Database,
  maker: ReturnType<typeof people>,
  count: number,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const now = new Date();
  for (let from = 0; from < count && !signal.aborted; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, () => ({ id: randomUUID(), ...maker.next() }));
    if (process.argv[4] === 'skip') continue;
    const column = <K extends keyof MadeUp>(name: K) => batch.map((row) => row[name]);
    await db.query(
      'loadCustomers',
      sql`with c as (
            insert into customer (id, type, display_name, status, email, phone, phone_e164, created_at, created_by_kind, created_by_id, updated_at)
            select id, type, name, 'prospect', email, phone, e164, ${now}, 'SYSTEM', 'bench', ${now}
            from unnest(${batch.map(({ id }) => id)}::uuid[], ${column('type')}::text[], ${column('name')}::text[], ${column('email')}::text[],
              ${column('phone')}::text[], ${batch.map(({ phone }) => phoneE164(phone, 'DE'))}::text[]) as made(id, type, name, email, phone, e164)
          )
          insert into address (id, created_by_kind, created_by_id, customer_id, origin_customer_id, address_type, is_default, street_line_1, city, postal_code, country)
          select gen_random_uuid(), 'SYSTEM', 'bench', id, id, 'billing', true, street, city, postcode, 'DE'
          from unnest(${batch.map(({ id }) => id)}::uuid[], ${column('street')}::text[], ${column('city')}::text[], ${column('postcode')}::text[]) as made(id, street, city, postcode)`,
    );
    await writeMatchKeys(db, new Map(batch.map((row) => [row.id, profileOfMadeUp(row)])));
    if (from % 100_000 === 0 && from > 0) log(`${from} …`);
  }
  if (process.argv[4] !== 'skip') await db.query('settle', raw('update match_state set checked = changes'));
  if (process.argv[4] !== 'skip') for (const name of ['customer', 'address', 'match_key', 'match_state']) await db.pool.query(`vacuum analyze ${name}`);
}

const profileOfMadeUp = ({ type, name, email, phone, street, city, postcode }: MadeUp) =>
  profileOf({
    type,
    names: [name],
    emails: [email],
    phones: [{ entered: phone, e164: phoneE164(phone, 'DE') }],
    addresses: [{ street, city, postcode, country: 'DE' }],
  });

/** The check alone: normalise, look up, judge. Half of those entered are in the base, with a mistake or two. */
async function check(db: Database, maker: ReturnType<typeof people>, count: number, log: (line: string) => void): Promise<void> {
  const times: number[] = [];
  let found = 0;
  let repeats = 0;
  for (let n = -100; n < count; n++) {
    const repeat = n % 2 === 0;
    const entered = repeat ? maker.again() : maker.next();
    const began = performance.now();
    const profile = enteredProfile(
      { type: entered.type, displayName: entered.name, email: entered.email, phone: entered.phone },
      phoneE164(entered.phone, 'DE'),
    );
    const [candidates] = await findCandidates(db, db, [{ customerId: null, profile }], { actor: SYSTEM, above: 80, most: 10 });
    if (n < 0) continue; // warms up
    times.push(performance.now() - began);
    if (repeat) repeats++;
    if (repeat && candidates!.length > 0) found++;
  }
  log(`\ncheck on create, ${count} of them, one after the other; of ${repeats} repeats with mistakes ${found} were found`);
  log(
    table(
      ['', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
      [['check', ...[0.5, 0.95, 0.99, 1].map((share) => fixed(percentile(times, share), 2))]],
    ),
  );
}

/** Creations by the product's use-case against the same without check and index, in alternating rounds. */
async function upkeep(
  ctx: ReturnType<typeof contextOf>,
  maker: ReturnType<typeof people>,
  rounds: number,
  count: number,
  log: (line: string) => void,
): Promise<void> {
  const inputs = () =>
    Array.from({ length: count }, () => {
      const { type, name, email, phone } = maker.next();
      return { type, displayName: name, email, phone, phoneRegion: 'DE', ownerId: null };
    });
  const timed = async (create: (input: ReturnType<typeof inputs>[number]) => Promise<unknown>) => {
    const list = inputs();
    const began = performance.now();
    for (const input of list) await create(input);
    return (performance.now() - began) / count;
  };
  const whole = () => timed((input) => createCustomer(ctx, input));
  const bare = () =>
    timed((input) =>
      transact(ctx, { lock: [input.email ?? input.displayName] }, async (tx) => {
        const row = newCustomer(tx, { ...input, ownerId: null, parentId: null, phoneE164: phoneE164(input.phone, 'DE') });
        const customer = await insertRow(tx, CustomerTable, row);
        tx.emit(customerCreated(customer));
        await publishCustomerState(tx, [customer.id]);
        return customer;
      }),
    );
  const ratios: number[] = [];
  const [with_, without]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const first = round % 2 === 0 ? await whole() : await bare();
    const second = round % 2 === 0 ? await bare() : await whole();
    const [a, b] = round % 2 === 0 ? [first, second] : [second, first];
    if (round < 0) continue; // warms up
    with_.push(a);
    without.push(b);
    ratios.push(a / b);
  }
  log(`\ncreation, ${rounds} × ${count} a side, alternating; medians, ratio of paired rounds`);
  const rows = [
    ['createCustomer: check, rows, keys, events', fixed(median(with_), 2), fixed(median(ratios), 2)],
    ['the same rows and events, no check, no keys', fixed(median(without), 2), '1.00'],
  ];
  log(table(['', 'ms each', 'ratio'], rows));
}
