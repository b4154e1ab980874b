// A geocoding provider that knows houses, stays silent, or fails [Address AC-3]: saves do not feel it, the offline result is there at once and stays where
// nothing better comes. And a kill in between loses nothing and tells nothing twice.
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnCustomerService, ownCustomerService } from '../support/own-customer-service.ts';
import { eventually } from '../support/stack.ts';

const asked: URL[] = [];
let reply: (response: ServerResponse, city: string) => void = () => {};
const provider = createServer((request, response) => {
  const url = new URL(request.url!, 'http://provider');
  asked.push(url);
  reply(response, url.searchParams.get('city')!);
});
const house = (response: ServerResponse) => void response.end(JSON.stringify([{ lat: '50.9384', lon: '6.9599', place_rank: 30 }]));
const silence = () => {};

let service: OwnCustomerService;
let host: string;
beforeAll(async () => {
  await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(provider.address() as AddressInfo).port}`;
  service = await ownCustomerService({
    ...{ GEOCODER_URL: `http://${host}/search`, GEOCODER_KEY: 'k', GEOCODER_TIMEOUT_MS: '1000', GEOCODER_PER_SECOND: '50' },
  });
}, 60_000);
afterAll(async () => {
  provider.closeAllConnections();
  provider.close();
  await service.close();
});

const CUSTOMER = `mutation($name: String!) { result: createCustomer(input: { type: INDIVIDUAL, displayName: $name, ownerId: null }) { __typename ... on Customer { id } } }`;
const ADDRESS = `mutation($input: CreateAddressInput!) { result: createAddress(input: $input) { ... on Address { id version latitude coordinatePrecision } } }`;

async function customer(): Promise<string> {
  return (await service.must(CUSTOMER, { name: `Person ${randomUUID()}` })).result.id;
}
const address = async (customerId: string, city: string): Promise<any> =>
  (
    await service.must(ADDRESS, {
      input: { customerId, addressType: 'BILLING', isDefault: true, streetLine1: 'Weg 1', city, country: 'DE' },
    })
  ).result;
const now = async (id: string): Promise<any> =>
  (
    await service.must('query($id: ID!) { customer(id: $id) { addresses { version latitude coordinatePrecision coordinateSource } } }', {
      id,
    })
  ).customer.addresses[0];
const becomes = (id: string, expected: object): Promise<unknown> =>
  eventually(async () => expect(await now(id)).toMatchObject(expected), { withinMs: 30_000 });
/** What was told of the look-ups of a customer, oldest first. */
const told = async (id: string): Promise<string[]> =>
  (
    await service.pool.query(
      `select payload::jsonb ->> 'precision' as precision from outbox where key = $1 and headers ->> 'ce_type' = 'crm.customer.address-geocoded.v1' order by position`,
      [id],
    )
  ).rows.map(({ precision }) => precision);
const due = async (id: string): Promise<{ attempts: number; due: Date | null }> =>
  (await service.pool.query('select geocode_attempts as attempts, geocode_due_at as due from address where customer_id = $1', [id]))
    .rows[0];

test('[Address AC-3] a provider makes the offline result more exact, and learns the place and nothing else', async () => {
  reply = house;
  const id = await customer();
  expect(await address(id, 'Köln')).toMatchObject({ version: 1, latitude: null, coordinatePrecision: null });
  await becomes(id, { version: 1, latitude: '50.938400', coordinatePrecision: 'ADDRESS', coordinateSource: host });
  expect(await told(id)).toEqual(['city', 'address']);
  expect(await due(id)).toEqual({ attempts: 0, due: null });
  const question = Object.fromEntries(asked.at(-1)!.searchParams);
  expect(question).toEqual({ format: 'jsonv2', limit: '1', street: 'Weg 1', city: 'Köln', countrycodes: 'de', key: 'k' });
});

test('[Address AC-3] while it is silent saves are answered and the offline result is there; it is asked again later', async () => {
  reply = silence;
  const id = await customer();
  await address(id, 'Hamburg');
  await becomes(id, { coordinatePrecision: 'CITY', coordinateSource: 'GeoNames' });
  const questions = asked.length;
  await eventually(() => expect(asked.length).toBeGreaterThan(questions), { withinMs: 30_000 });
  // The provider holds a question of ours, and people work on.
  for (const city of ['Bonn', 'Bremen']) expect(await address(await customer(), city)).toMatchObject({ version: 1 });
  await eventually(async () => expect((await due(id)).attempts).toBe(1), { withinMs: 30_000 });
  expect(await now(id)).toMatchObject({ version: 1, coordinatePrecision: 'CITY' });
});

test.each([
  ['refuses', (response: ServerResponse) => void response.writeHead(500).end('busy')],
  ['talks nonsense', (response: ServerResponse) => void response.end('<html>')],
  ['knows nothing', (response: ServerResponse) => void response.end('[]')],
])('[Address AC-3] where it %s the offline result stays', async (how, says) => {
  const questions = asked.length;
  reply = says;
  const id = await customer();
  await address(id, 'Dresden');
  await becomes(id, { coordinatePrecision: 'CITY' });
  await eventually(() => expect(asked.slice(questions).some((url) => url.searchParams.get('city') === 'Dresden')).toBe(true), {
    withinMs: 30_000,
  });
  await eventually(
    async () => {
      const { attempts, due: at } = await due(id);
      if (how === 'knows nothing') expect([attempts, at]).toEqual([0, null]);
      else expect([attempts, at !== null && at.getTime() > Date.now() - 60_000]).toEqual([1, true]);
    },
    { withinMs: 30_000 },
  );
  expect(await now(id)).toMatchObject({ coordinatePrecision: 'CITY', coordinateSource: 'GeoNames' });
  expect(await told(id)).toEqual(['city']);
});

test('[Address AC-3] [Right to Restriction] it never hears of who objected', async () => {
  reply = house;
  const id = await customer();
  // Compliance, which says so, is not part of this test's service.
  await service.pool.query('update customer set do_not_process = true where id = $1', [id]);
  await address(id, 'Rostock');
  await becomes(id, { coordinatePrecision: 'CITY' });
  const other = await customer();
  await address(other, 'Potsdam');
  await becomes(other, { coordinatePrecision: 'ADDRESS' });
  expect(asked.filter((url) => url.searchParams.get('city') === 'Rostock')).toEqual([]);
  expect(await now(id)).toMatchObject({ coordinatePrecision: 'CITY' });
});

test('[Address AC-3] what changed while it was asked is dropped, and looked up again', async () => {
  const id = await customer();
  let answer = () => {};
  reply = (response, city) => {
    if (city === 'Essen') answer = () => house(response);
    else response.end(JSON.stringify([{ lat: '51.5', lon: '7.4', place_rank: 30 }]));
  };
  const { id: addressId } = await address(id, 'Essen');
  await eventually(() => expect(asked.some((url) => url.searchParams.get('city') === 'Essen')).toBe(true), { withinMs: 30_000 });
  await service.must(
    'mutation($id: ID!) { updateAddress(id: $id, expectedVersion: 1, input: { city: "Dortmund" }) { ... on Address { id } } }',
    { id: addressId },
  );
  answer();
  await becomes(id, { version: 2, latitude: '51.500000', coordinatePrecision: 'ADDRESS' });
  expect((await told(id)).filter((precision) => precision === 'address')).toHaveLength(1);
});

test('[Address AC-3] a kill right after the save loses no look-up, and none is told twice', async () => {
  reply = house;
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    const id = await customer();
    await address(id, 'Kiel');
    ids.push(id);
  }
  await service.killAndStart();
  for (const id of ids) await becomes(id, { coordinatePrecision: 'ADDRESS' });
  for (const id of ids) expect(await told(id)).toEqual(['city', 'address']);
}, 60_000);
