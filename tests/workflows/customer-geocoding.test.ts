// Geocoding on save [Address AC-3]: a save never waits for coordinates, they come by themselves within seconds, with how exactly they are known; and they
// are looked up again when the place changes, and only then.
import { expect, test } from '@jest/globals';
import { create, facts, organisation, person, read, remove, restore, state, update, word } from '../support/customers.ts';
import { confirm, map, until, upload } from '../support/imports.ts';
import { merged, unmerged } from '../support/merges.ts';
import { eventually, must } from '../support/stack.ts';

const WHERE = 'id version updatedAt city latitude longitude coordinatePrecision coordinateSource coordinatesAt';

const addAddress = (customerId: string, input: object = {}): Promise<any> =>
  create('admin', 'Address', { customerId, addressType: 'BILLING', streetLine1: 'Weg 1', city: 'Köln', country: 'DE', ...input });
const addressesOf = async (id: string): Promise<any[]> => (await read(id, `addresses { ${WHERE} }`)).addresses;
const onlyAddress = async (id: string): Promise<any> => (await addressesOf(id))[0];
/** The one address of the customer, once it was looked up. */
const looked = (id: string, precision?: string): Promise<any> =>
  eventually(
    async () => {
      const address = await onlyAddress(id);
      expect(address.coordinatePrecision).toEqual(precision ?? expect.any(String));
      return address;
    },
    { withinMs: 30_000 },
  );

test('[Address AC-3] a save answers before anything is looked up; the coordinates come by themselves, and the version stays', async () => {
  const { id } = await person();
  const saved = await addAddress(id, { isDefault: true });
  expect(saved).toMatchObject({ version: 1, latitude: null, longitude: null });
  const address = await looked(id);
  expect(address).toMatchObject({
    ...{ id: saved.id, version: 1, updatedAt: saved.updatedAt, coordinatePrecision: 'CITY', coordinateSource: 'GeoNames' },
    ...{ latitude: '50.933330', longitude: '6.950000', coordinatesAt: expect.any(String) },
  });
  // Facts name no place; the state record does.
  const told = (await facts(id, 3)).at(-1)!;
  expect(told.type).toBe('address-geocoded');
  expect(told.data).toEqual({ addressId: saved.id, customerId: id, version: 1, precision: 'city' });
  await state('crm.customer.state.v1', id, (data) =>
    expect(data.defaultAddresses).toEqual([
      expect.objectContaining({ latitude: '50.933330', longitude: '6.950000', coordinatePrecision: 'city' }),
    ]),
  );
  // Who read the address before it was looked up can still change it.
  expect(await update('admin', 'Address', saved, { streetLine2: 'Floor 2' })).toMatchObject({ version: 2, latitude: '50.933330' });
});

test('[Address AC-3] another place is looked up anew and loses the old coordinates at once; any other change keeps them', async () => {
  const { id } = await person();
  await addAddress(id);
  const first = await looked(id);
  await update('admin', 'Address', first, { addressType: 'SHIPPING', isDefault: true, streetLine2: 'Floor 2' });
  const kept = await onlyAddress(id);
  expect(kept).toMatchObject({ version: 2, latitude: first.latitude, coordinatesAt: first.coordinatesAt });
  expect(await update('admin', 'Address', kept, { city: 'Bonn' })).toMatchObject({ version: 3, latitude: null, longitude: null });
  expect(await looked(id)).toMatchObject({ version: 3, latitude: '50.734380', coordinatePrecision: 'CITY' });
});

test('[Address AC-3] provided coordinates are kept whatever changes, and looked up once they are cleared', async () => {
  const { id } = await person();
  const provided = { latitude: '1.500000', longitude: '-2.250000', coordinatePrecision: 'PROVIDED', coordinateSource: null };
  await addAddress(id, { latitude: '1.5', longitude: '-2.25' });
  const first = await onlyAddress(id);
  expect(first).toMatchObject(provided);
  await update('admin', 'Address', first, { city: 'Bonn' });
  const later = await person();
  await addAddress(later.id);
  await looked(later.id); // whoever was due before has had its turn
  expect(await onlyAddress(id)).toMatchObject({ ...provided, version: 2, city: 'Bonn' });
  await update('admin', 'Address', { id: first.id, version: 2 }, { latitude: null, longitude: null });
  expect(await looked(id, 'CITY')).toMatchObject({ latitude: '50.734380', coordinateSource: 'GeoNames' });
});

test('[Address AC-3] a guess and an unknown place are told as such, and can be listed', async () => {
  const { id } = await person();
  await addAddress(id, { city: 'Springfield', country: 'US' });
  await addAddress(id, { city: 'Springfield', country: 'US', stateProvince: 'IL', addressType: 'SHIPPING' });
  await addAddress(id, { city: 'Beverly Hills', country: 'US', postalCode: '90210', addressType: 'SERVICE' });
  await addAddress(id, { city: `Nowhere ${word()}`, addressType: 'OTHER' });
  await eventually(async () => expect((await addressesOf(id)).every((a) => a.coordinatePrecision)).toBe(true), { withinMs: 30_000 });
  const { addresses } = await must(
    'admin',
    `query($id: ID!) { addresses(filter: { customerId: { eq: $id } }, orderBy: [{ field: CREATED_AT }]) { nodes { ${WHERE} } } }`,
    { id },
  );
  expect(addresses.nodes.map((a: any) => a.coordinatePrecision)).toEqual(['LARGEST_CITY', 'CITY', 'POSTAL_CODE', 'NOT_FOUND']);
  expect(addresses.nodes.at(-1)).toMatchObject({ latitude: null, coordinateSource: null, coordinatesAt: expect.any(String) });
  const { addresses: unknown } = await must(
    'admin',
    'query($id: ID!) { addresses(filter: { all: [{ customerId: { eq: $id } }, { coordinatePrecision: { eq: NOT_FOUND } }] }) { totalCount } }',
    { id },
  );
  expect(unknown.totalCount).toBe(1);
});

test('[Address AC-3] an address that was deleted before it was looked up is looked up once it is restored', async () => {
  const { id } = await person();
  const address = await addAddress(id);
  await remove('admin', 'Address', address.id);
  const { id: other } = await person();
  await addAddress(other);
  await looked(other);
  await restore('admin', 'Address', address.id);
  expect(await looked(id)).toMatchObject({ coordinatePrecision: expect.stringMatching(/CITY/) });
});

test('[Address AC-3] nothing is looked up while the processing of the customer is restricted', async () => {
  const { id } = await person();
  const restrict = (restricted: boolean) =>
    must(
      'dpo',
      `mutation($id: ID!, $restricted: Boolean!) { setProcessingRestriction(customerId: $id, restricted: $restricted, reason: "accuracy is disputed") { __typename } }`,
      { id, restricted },
    );
  await restrict(true);
  await eventually(async () => expect((await read(id, 'processingRestricted')).processingRestricted).toBe(true));
  await addAddress(id);
  const { id: other } = await person();
  await addAddress(other);
  await looked(other);
  expect(await onlyAddress(id)).toMatchObject({ latitude: null, coordinatePrecision: null });
  await restrict(false);
  expect(await looked(id)).toMatchObject({ coordinatePrecision: 'CITY' });
});

test('[Address AC-3] imported addresses are looked up too', async () => {
  const name = `Import ${word()}`;
  const job = await upload(`name,type,street,city,country\n${name},INDIVIDUAL,Weg 1,Wien,AT\n`);
  const mapped = await map(job, { mapping: job.columns.map(({ column, proposed }: any) => ({ column, field: proposed })) });
  const ready = await until(mapped.id, 'PREVIEWED');
  await confirm(ready);
  await until(ready.id, 'DONE');
  const { customers } = await must(
    'admin',
    'query($name: String!) { customers(filter: { displayName: { eq: $name } }) { nodes { id } } }',
    { name },
  );
  expect(await looked(customers.nodes[0].id)).toMatchObject({ city: 'Wien', latitude: '48.208490', coordinatePrecision: 'CITY' });
});

test('[Address AC-3] [WF-CM-002] a merge moves coordinates as they are, and an un-merge gives them back', async () => {
  const [survivor, retired] = [await organisation(), await organisation()];
  await addAddress(retired.id, { city: 'Hamburg' });
  const before = await looked(retired.id);
  const where = ({ latitude, longitude, coordinatePrecision, coordinateSource, coordinatesAt }: any) => ({
    ...{ latitude, longitude, coordinatePrecision, coordinateSource, coordinatesAt },
  });
  const merge = await merged(survivor.id, [retired.id]);
  expect(where(await onlyAddress(survivor.id))).toEqual(where(before));
  await unmerged(merge);
  expect(where(await onlyAddress(retired.id))).toEqual(where(before));
});
