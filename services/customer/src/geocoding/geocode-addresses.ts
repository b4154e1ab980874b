// Geocoding on save [Address AC-3]: a save only marks the address as due, and these tasks fill the coordinates in. First the offline tables, which answer for
// every address within about a second; then, where one is configured, a provider that may know better. What was looked up is dropped where the address
// changed meanwhile. The row's version stays: nobody's `expectedVersion` goes stale because of a machine (docs/decisions/0020-geocoding.md).
import { SYSTEM } from '@customer360/kernel/actor';
import type { ServiceContext } from '@customer360/kernel/context';
import { isTransient } from '@customer360/kernel/database';
import type { BackgroundTask } from '@customer360/kernel/service';
import { raw, sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Address } from '../address/address.ts';
import { COORDINATE_PRECISIONS, type CoordinatePrecision, type Place } from '../address/coordinates.ts';
import { publishCustomerState } from '../customer/customer-state.ts';
import type { CustomerEnv } from '../env.ts';
import { fact } from '../write.ts';
import type { Answer, Geocoder } from './geocoder.ts';
import { offlinePlaces } from './places.ts';
import { openProvider } from './provider.ts';

const BATCH = 200;
/** A run ends after so many batches, so that an import's addresses leave room for people. */
const BATCHES_PER_RUN = 5;
const MAX_ATTEMPTS = 8;
/** Longer than a run of the provider can take; nobody else asks for these addresses meanwhile. */
const LEASE_S = 300;

type Due = Pick<Address, 'id' | 'customerId' | 'version' | 'coordinatePrecision' | 'geocodeAttempts' | keyof Place>;

const DUE =
  raw(`t.id, t.customer_id as "customerId", t.version, t.coordinate_precision as "coordinatePrecision", t.geocode_attempts as "geocodeAttempts",
  t.street_line_1 as "streetLine1", t.city, t.state_province as "stateProvince", t.postal_code as "postalCode", t.country`);

/** The tasks; without a provider there is one. */
export function geocodeAddresses(env: CustomerEnv): BackgroundTask[] {
  const { GEOCODER_URL: url, GEOCODER_KEY: key, GEOCODER_TIMEOUT_MS: timeoutMs, GEOCODER_PER_SECOND: perSecond } = env;
  const provider = url === undefined ? undefined : openProvider({ url, key, timeoutMs });
  const locate: BackgroundTask = {
    name: 'locate addresses',
    everyMs: 1_000,
    async run(ctx) {
      for (let n = 0; n < BATCHES_PER_RUN && (await locateBatch(ctx, provider !== undefined)) === BATCH; n++);
    },
  };
  if (!provider) return [locate];
  return [locate, { name: 'refine addresses', everyMs: 1_000, run: (ctx) => refineBatch(ctx, provider, perSecond) }];
}

/** Looks the addresses up offline that wait longest; answers how many there were. Customers whose processing is restricted wait until it is lifted. */
export async function locateBatch(ctx: ServiceContext, refineLater: boolean): Promise<number> {
  const due = await ctx.db.query<Due>(
    'findAddressesToLocate',
    sql`select ${DUE} from address t join customer c on c.id = t.customer_id
        where t.geocode_due_at <= now() and t.coordinate_precision is null and t.latitude is null and t.deleted_at is null and not c.processing_restricted
        order by t.geocode_due_at limit ${BATCH}`,
  );
  if (due.length === 0) return 0;
  const answers = await offlinePlaces.geocode(due);
  try {
    await writeAnswers(ctx, offlinePlaces, due, answers, refineLater);
  } catch (error) {
    if (isTransient(error)) throw error;
    ctx.log.warn({ err: error }, 'a batch of addresses could not be located; each is tried on its own');
    for (const [at, address] of due.entries())
      await writeAnswers(ctx, offlinePlaces, [address], [answers[at]!], refineLater).catch((err) => {
        ctx.log.error({ err, addressId: address.id }, 'an address could not be located');
        return tryLater(ctx, [{ ...address, geocodeAttempts: address.geocodeAttempts + 1 }]);
      });
  }
  return due.length;
}

/** Asks the provider about located addresses: not about those of customers who objected, or whose processing is restricted. */
async function refineBatch(ctx: ServiceContext, provider: Geocoder, most: number): Promise<void> {
  const due = await ctx.db.query<Due>(
    'takeAddressesToRefine',
    sql`update address t set geocode_attempts = t.geocode_attempts + 1, geocode_due_at = now() + make_interval(secs => ${LEASE_S})
        where t.id in (
          select a.id from address a join customer c on c.id = a.customer_id
          where a.geocode_due_at <= now() and a.coordinate_precision is not null and a.geocode_due_at is not null and a.deleted_at is null
            and not c.processing_restricted and not c.do_not_process
          order by a.geocode_due_at limit ${most} for update of a skip locked)
        returning ${DUE}`,
  );
  if (due.length === 0) return;
  const answers = await provider.geocode(due);
  const answered = due.flatMap((address, at) => (answers[at] === 'failed' ? [] : [{ address, answer: answers[at]! }]));
  await writeAnswers(
    ctx,
    provider,
    answered.map(({ address }) => address),
    answered.map(({ answer }) => answer),
    false,
  );
  const failed = due.filter((_, at) => answers[at] === 'failed');
  if (failed.length === 0) return;
  ctx.log.warn({ provider: provider.source, failed: failed.length, asked: due.length }, 'the geocoding provider did not answer');
  await tryLater(ctx, failed);
}

/** Half a minute, a minute, … up to half a day; then what is known stays. */
const tryLater = (ctx: ServiceContext, failed: readonly Due[]): Promise<unknown> =>
  ctx.db.query(
    'geocodeLater',
    sql`update address t set geocode_attempts = f.attempts,
          geocode_due_at = case when f.attempts < ${MAX_ATTEMPTS} then now() + make_interval(secs => least(30 * power(2, f.attempts - 1), 43200)) end
        from unnest(${failed.map(({ id }) => id)}::uuid[], ${failed.map(({ version }) => version)}::int[],
          ${failed.map(({ geocodeAttempts }) => geocodeAttempts)}::int[]) as f(id, version, attempts)
        where t.id = f.id and t.version = f.version and t.geocode_due_at is not null`,
  );

const rank = (precision: CoordinatePrecision | null): number =>
  precision === null ? COORDINATE_PRECISIONS.length : COORDINATE_PRECISIONS.indexOf(precision);

/** Writes what was found where it is more exact than what is known, and tells of it: a few statements whatever the number. */
async function writeAnswers(
  ctx: ServiceContext,
  geocoder: Geocoder,
  asked: readonly Due[],
  answers: readonly Answer[],
  refineLater: boolean,
): Promise<void> {
  if (asked.length === 0) return;
  const found = asked.map(({ id, version, coordinatePrecision: before }, at) => {
    const answer = answers[at]!;
    return { id, version, before, ...(typeof answer === 'object' ? answer : { precision: 'not_found' as const }) };
  });
  const better = found.filter(({ precision, before }) => rank(precision) < rank(before));
  const rest = found.filter((each) => !better.includes(each));
  const lock = [...new Set(asked.map(({ customerId }) => customerId))];
  await transact<void>({ ...ctx, actor: SYSTEM }, { lock }, async (tx) => {
    if (rest.length > 0) await settle(tx, rest);
    if (better.length > 0) await write(tx, geocoder.source, better, refineLater);
  });
}

interface Found {
  readonly id: string;
  readonly version: number;
  readonly before: CoordinatePrecision | null;
  readonly precision: CoordinatePrecision;
  readonly latitude?: string;
  readonly longitude?: string;
}

/** Nothing better is known: the address is not due any more. */
const settle = (tx: Tx, found: readonly Found[]): Promise<unknown> =>
  tx.query(
    'settleCoordinates',
    sql`update address t set geocode_due_at = null, geocode_attempts = 0
        from unnest(${found.map(({ id }) => id)}::uuid[], ${found.map(({ version }) => version)}::int[]) as f(id, version)
        where t.id = f.id and t.version = f.version`,
  );

async function write(tx: Tx, source: string, found: readonly Found[], refineLater: boolean): Promise<void> {
  const written = await tx.query<Pick<Address, 'id' | 'customerId' | 'version' | 'isDefault'> & { precision: CoordinatePrecision }>(
    'writeCoordinates',
    sql`update address t set latitude = f.latitude, longitude = f.longitude, coordinate_precision = f.precision, coordinates_at = ${tx.now},
          coordinate_source = case when f.precision <> 'not_found' then ${source} end,
          geocode_due_at = case when ${refineLater}::boolean then ${tx.now}::timestamptz end, geocode_attempts = 0
        from jsonb_to_recordset(${JSON.stringify(found)}::jsonb)
          as f(id uuid, version int, before text, precision text, latitude numeric, longitude numeric)
        where t.id = f.id and t.version = f.version and t.coordinate_precision is not distinct from f.before
          and t.geocode_due_at is not null and t.deleted_at is null
        returning t.id, t.customer_id as "customerId", t.version, t.is_default as "isDefault", t.coordinate_precision as precision`,
  );
  for (const { id, customerId, version, precision } of written)
    tx.emit(fact('address-geocoded', customerId, { addressId: id, customerId, version, precision }));
  // Only default addresses stand in the state record.
  const shown = new Set(written.filter(({ isDefault }) => isDefault).map(({ customerId }) => customerId));
  if (shown.size > 0) await publishCustomerState(tx, [...shown]);
}
